import { readArguments, wrongUse } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { packageFolder, readPackaged } from "../packaged.ts";
import { billOf, type Line } from "./bill.ts";
import { priceList } from "./prices.ts";
import { optionOf, rateNames, type Rates, readRates } from "./rates.ts";

const help = `paramedic cost: what the bot costs in a month, from what happens and from the packaged template

Usage
  paramedic cost [--series N] [--samples-per-hour N] … [--json]

Options
  --interruptions N     spot instances that EC2 takes back in a month (60)
  --incidents N         incidents of other kinds (30)
  --events N            alarms and other events that open no incident (3000)
  --series N            series of metric samples that workloads send (40)
  --samples-per-hour N  how often each is sent (60)
  --series-per-event N  how many of them one event carries (4)
  --clicks N            clicks and commands in Slack (200)
  --package FOLDER      where npm run package has left the template (${packageFolder})
  --json                one JSON object on standard output

Prices are those of ${priceList}.

Examples
  paramedic cost
  paramedic cost --interruptions 500 --series 200 --samples-per-hour 60 --json

Exit codes
  0  computed
  1  a bug
  2  wrong use, or nothing is packaged
`;

/** Computes the bill of a month and tells it, the largest line first. */
export async function cost(args: readonly string[], io: Io): Promise<Exit> {
  const options = Object.fromEntries(rateNames.map((name) => [optionOf(name), { type: "string" } as const]));
  const { values, positionals } = readArguments(
    "cost",
    { ...options, package: { type: "string", default: packageFolder }, json: { type: "boolean", default: false } },
    args,
  );
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  if (positionals.length > 0) throw wrongUse("cost", `${positionals[0]} is no option`);
  const rates = readRates(values);
  const lines = billOf(readPackaged(values.package), rates).toSorted((a, b) => b.usd - a.usd);
  const usdPerMonth = Math.round(lines.reduce((sum, { usd }) => sum + usd, 0) * 100) / 100;
  if (values.json) io.out(`${JSON.stringify({ priceList, rates, usdPerMonth, lines }, null, 2)}\n`);
  else io.out(report(rates, usdPerMonth, lines));
  return exits.ok;
}

const dollars = (usd: number): string => `$${usd.toFixed(2)}`;

function report(rates: Rates, usdPerMonth: number, lines: readonly Line[]): string {
  const rows = lines.map(
    ({ what, amount, unit, usd, grows }) =>
      `${dollars(usd).padStart(10)}  ${what}: ${amount.toLocaleString("en-US")} ${unit}\n            grows ${grows}`,
  );
  const given = Object.entries(rates).map(([name, value]) => `--${optionOf(name)} ${value}`);
  return `${given.join(" ")}\n\n${rows.join("\n")}\n\n${dollars(usdPerMonth).padStart(10)}  a month (${priceList})\n`;
}
