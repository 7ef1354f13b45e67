import { writeFile } from "node:fs/promises";
import { readArguments, wrongUse as wrongUseOf } from "../arguments.ts";
import { type Exit, exits, type Io } from "../command.ts";
import { isUnreachable } from "../doctor/examine.ts";
import { paintOf } from "../replay/report.ts";
import { agree } from "./agree.ts";
import { createCleaning } from "./cleaning.ts";
import { compare } from "./compare.ts";
import { type Found, toJson, type VersionFound } from "./found.ts";
import { help } from "./help.ts";
import { measure } from "./measure.ts";
import { toHtml } from "./page.ts";
import { options, readOptions } from "./options.ts";
import { report } from "./report.ts";
import { replayBoth } from "./replay-both.ts";
import type { Result } from "./result.ts";
import { versionsOf } from "./version.ts";

/**
 * Replays a history with two versions of the bot and says where they differ.
 *
 * Each version runs in a process of its own, with its own code. Nothing in any account is changed.
 */
export async function backtest(args: readonly string[], io: Io, env: NodeJS.ProcessEnv = process.env): Promise<Exit> {
  const { values, positionals } = readArguments("backtest", options, args);
  if (values.help) {
    io.out(help);
    return exits.ok;
  }
  const cleaning = createCleaning();
  try {
    const asked = await readOptions(values, positionals, env, io);
    const versions = await versionsOf(values, cleaning, (text) => io.err(text));
    const history = await replayBoth(asked.sources, versions, cleaning, io);
    if (history.records === 0) throw wrongUseOf("backtest", "there is nothing in the history");

    if (asked.loose.size > 0) io.err(wayToConnect(asked.loose));
    const deeds = asked.people || history.deeds.length > 0 ? [...(asked.people ?? []), ...history.deeds] : undefined;
    const about = (name: string, result: Result): VersionFound => {
      const agreement = deeds && agree(result, deeds, asked.withinMs);
      return { name, measured: measure(result), ...(agreement && { agreement }) };
    };
    const found: Found = {
      history: {
        sources: asked.sources.length,
        records: history.records,
        from: new Date(history.from).toISOString(),
        to: new Date(history.to).toISOString(),
        unreadable: history.unreadable,
        late: history.late,
      },
      old: about(versions.old.name, history.old),
      new: about(versions.new.name, history.new),
      comparison: compare(history.old, history.new),
      ...(deeds && { people: deeds.length }),
    };
    const { differences } = found.comparison;
    const failed =
      asked.failOn === "any" ? differences.length > 0 : asked.failOn === "more" && differences.some(({ more }) => more);
    io.out(values.json ? `${JSON.stringify(toJson(found, failed), null, 2)}\n` : report(found, paintOf(io.colours)));
    if (values.report !== undefined) await writePage(values.report, toHtml(found));
    if (history.wrong.length > 0) return exits.wrong;
    return failed ? exits.different : exits.ok;
  } catch (error) {
    if (!isUnreachable(error) || values.from === undefined) throw error;
    io.err(`backtest: ${env["AWS_ENDPOINT_URL"] ?? "the account"} cannot be reached: ${String(error)}\n`);
    return exits.unreachable;
  } finally {
    cleaning.end();
  }
}

function wayToConnect(loose: ReadonlySet<string>): string {
  const [first = ""] = loose;
  const more = loose.size > 1 ? ` and ${loose.size - 1} more` : "";
  return `backtest: ${first}${more} belongs to no service, so no runbook answers to it.\n  Say --series SERVICE=FILE if it is the latency of a service.\n`;
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw wrongUseOf("backtest", `--report ${file} cannot be written: ${String(error)}`, error);
  }
}
