import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/**
 * `npm run bench:backtest [-- --days 30]`: how long `paramedic backtest` takes for twenty metrics of a minute and three thousand
 * events a day, two hundred of them interruptions a month. `/usr/bin/time -v` beside it says how much memory the largest process took.
 */
const { values } = parseArgs({ options: { days: { type: "string", default: "30" } } });
const minutes = Math.round(1_440 * Number(values.days));
const begin = Date.UTC(2026, 2, 1);
const iso = (minute: number): string => new Date(begin + minute * 60_000).toISOString();

const folder = mkdtempSync(join(tmpdir(), "paramedic-bench-"));
try {
  for (let series = 0; series < 20; series++) writeFileSync(join(folder, `series${series}.csv`), csvOf(series));
  const events = Math.round(minutes * 2.3);
  await writeEvents(join(folder, "events.jsonl"), events);
  const began = performance.now();
  const root = fileURLToPath(new URL("..", import.meta.url));
  const config = join(root, "paramedic.config.ts");
  const words = ["backtest", folder, "--series", "chat=series0.csv", "--against-config", config, "--json"];
  const child = spawn(process.execPath, [join(root, "cli/paramedic.ts"), ...words], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [exit]: unknown[] = await once(child, "exit");
  const seconds = Math.round(performance.now() - began) / 1_000;
  process.stdout.write(`${JSON.stringify({ exit, days: minutes / 1_440, records: 20 * minutes + events, seconds })}\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Calm, with half an hour of trouble every five days in the first. */
function csvOf(series: number): string {
  const rows = Array.from({ length: minutes }, (_, minute) => {
    const calm = 700 + 100 * Math.sin(minute / 229 + series) + 10 * Math.cos(minute * 2.3);
    return `${iso(minute)},${(series === 0 && minute % 7_200 >= 7_000 && minute % 7_200 < 7_030 ? 2_400 : calm).toFixed(2)}`;
  });
  return `timestamp,value\n${rows.join("\n")}\n`;
}

async function writeEvents(file: string, count: number): Promise<void> {
  const out = createWriteStream(file);
  for (let i = 0; i < count; i++) {
    const isWarning = i % 500 === 0;
    const event = {
      version: "0",
      id: `e${i}`,
      "detail-type": isWarning ? "EC2 Spot Instance Interruption Warning" : "ECS Deployment State Change",
      source: isWarning ? "aws.ec2" : "aws.ecs",
      account: "123456789012",
      time: iso((i / count) * minutes),
      region: "eu-west-1",
      resources: [],
      detail: isWarning
        ? { "instance-id": `i-0b662ef9931${String(i).padStart(6, "0")}`, "instance-action": "terminate" }
        : { eventType: "INFO", reason: "x".repeat(300) },
    };
    if (!out.write(`${JSON.stringify(event)}\n`)) await once(out, "drain");
  }
  out.end();
  await once(out, "close");
}
