import { execFile } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import { serveHttp, startDynamo } from "../../local/servers.ts";
import { pressed } from "../../local/slack-request.ts";
import settings from "../../paramedic.config.ts";
import { bundle } from "./bundles.ts";
import { env } from "./functions.ts";
import { percentile, rounded } from "./figures.ts";

/** A click that meets the Slack function cold: medians and maxima over new processes. Slack gives up after 3,000 ms. */
export interface FirstClick {
  /** From the beginning of the import to the answer. */
  readonly p50Ms: number;
  readonly maxMs: number;
  readonly clicks: number;
}

const secret = "bench";
const answered = z.object({ ms: z.number(), status: z.literal(200) });

/**
 * Imports the bundled Slack function in new processes and lets each answer one signed click, on a question that is not there.
 * The table is dynalite and Slack answers at once, both over HTTP; not in it are the start of Node, the network, and the
 * slower CPU of a small Lambda function.
 */
export async function measureFirstClick({ clicks }: { clicks: number }): Promise<FirstClick> {
  const folder = await mkdtemp(join(tmpdir(), "paramedic-bench-"));
  const [dynamo, slack] = await Promise.all([startDynamo("bench"), serveHttp(anyMethod)]);
  try {
    await symlink(fileURLToPath(new URL("../../node_modules", import.meta.url)), join(folder, "node_modules"));
    const { lean } = await bundle("slack", folder);
    const places = { AWS_ENDPOINT_URL_DYNAMODB: dynamo.url, SLACK_API_URL: `${slack.url}/api/` };
    const times: number[] = [];
    for (let i = 0; i < clicks; i++) times.push(await timeToAnswer(lean.file, places));
    return { p50Ms: percentile(times, 0.5), maxMs: Math.max(...times), clicks };
  } finally {
    await Promise.all([dynamo.close(), slack.close(), rm(folder, { recursive: true, force: true })]);
  }
}

/** Slack's Web API, as far as a click needs it. */
const anyMethod: Parameters<typeof serveHttp>[0] = (request, response) => {
  request.resume();
  const said = { ok: true, team_id: settings.team, user_id: "U0BOT", bot_id: "B0BOT", channel: "C", ts: "1.1" };
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(said));
};

/** Runs in the new process. */
const script = `
  const from = performance.now();
  const { handler } = await import(process.argv[1]);
  const { statusCode: status } = await handler(JSON.parse(process.argv[2]), {}, () => {});
  process.stdout.write(JSON.stringify({ ms: performance.now() - from, status }), () => process.exit(0));`;

async function timeToAnswer(file: string, places: Readonly<Record<string, string>>): Promise<number> {
  const click = { button: "approve", value: "none", user: "U0ALEX", team: settings.team, channel: "C", ts: "1.1" };
  const request = JSON.stringify(pressed({ ...click, responseUrl: `${places["SLACK_API_URL"]}answer` }, { secret }));
  const words = ["--input-type=module", "-e", script, file, request];
  const { stdout } = await promisify(execFile)(process.execPath, words, {
    env: { ...env, SLACK_SIGNING_SECRET: secret, ...places },
  });
  return rounded(answered.parse(JSON.parse(stdout)).ms);
}
