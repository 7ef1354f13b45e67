export const help = `paramedic backtest: what two versions of the runbooks would have decided about your history, and where they differ

Usage
  paramedic backtest HISTORY… [--against REV|FOLDER] [--fail-on any|more] [--report FILE] [--json]
  paramedic backtest HISTORY… --against-config FILE [--config FILE]
  paramedic backtest --from TIME [--to TIME] [--service NAME]… …

HISTORY is files, or folders of files, packed by gzip or not: what paramedic replay reads (events as JSON, in arrays, on lines or
behind each other as Firehose writes them; metric streams; get-metric-data; CSV timestamp,value). What CloudTrail recorded may stand
among it: it is taken for what people did.

The new version is this checkout as it stands, the old one its last commit. Each runs with its own code in a process of its own.

The old version
  --against REV|FOLDER     a revision of this repository, or another checkout
  --against-config FILE    this checkout with other settings
  --against-runbooks PATH  this checkout with another list of runbooks, or a folder with one

The new version
  --config FILE            settings in the place of paramedic.config.ts
  --runbooks PATH          a list of runbooks, or a folder with one, in the place of runbooks/index.ts

The history
  --series SERVICE=FILE    the series of this file is the latency of this service; FILE:ID for one result of get-metric-data
  --unit s|ms              what the values of those series are in; ms by default
  --from TIME --to TIME    reads from CloudWatch what the settings of the services name; nothing in the account is changed
  --service NAME           of this service only; may be said several times

What people did
  --people FILE            CloudTrail as JSON, or time,action,resource as CSV or JSON lines; may be said several times
  --within LENGTH          so long after an incident began, it is about it; 1h by default

The answer
  --fail-on any|more       ends with 6 if any decision differs, or if the new version would change more by itself
  --report FILE            writes a page with a chart of actions a day
  --json                   one JSON object on standard output

Examples
  paramedic backtest history/ --against main --fail-on more
  paramedic backtest events.jsonl.gz --against-config paramedic.config.ts --config stricter.config.ts
  paramedic backtest latency.csv --series chat=latency.csv --people cloudtrail.json --report backtest.html
  paramedic backtest --from 2026-03-01 --to 2026-03-08 --service chat

Exit codes
  0  compared; nothing differs, or nothing that --fail-on asks about
  1  a bug
  2  wrong use, a file that cannot be read, or a version that cannot be run
  4  the account cannot be reached
  6  decisions differ, and --fail-on asked for it
`;
