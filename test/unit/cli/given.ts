import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { z } from "zod";
import type { Io } from "../../../cli/command.ts";
import type { Deployed } from "../../../cli/deployed.ts";
import { replay } from "../../../cli/replay/replay.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { settingsOf } from "../../support/settings.ts";

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true, force: true });
});

/** A directory that is gone after the test. */
export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), "replay-"));
  dirs.push(dir);
  return dir;
}

/** A file in such a directory. */
export function file(name: string, content: string | Uint8Array): string {
  const path = join(tempDir(), name);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, content);
  return path;
}

export { settingsOf };

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** Where a command writes: what it wrote can be read. */
export function paper(stdin = ""): Io & { readonly written: { out: string; err: string } } {
  const written = { out: "", err: "" };
  return {
    written,
    out: (text) => void (written.out += text),
    err: (text) => void (written.err += text),
    stdin: bytes(stdin),
    colours: false,
  };
}

/** Runs `paramedic replay` with these words. */
export async function run(args: readonly string[], { stdin, ...parts }: Partial<Deployed> & { stdin?: string } = {}) {
  const io = paper(stdin);
  const exit = await replay(args, io, { settings: settingsOf(), runbooks, ...parts });
  return { exit, ...io.written };
}

const answer = z.object({
  events: z.number(),
  signals: z.number(),
  unreadable: z.number(),
  late: z.number(),
  unknown: z.record(z.string(), z.number()),
  anomalies: z.array(
    z.object({ series: z.string(), at: z.iso.datetime(), score: z.number(), why: z.string(), answer: z.string() }),
  ),
  incidents: z.array(
    z.object({
      id: z.string(),
      runbook: z.string(),
      seen: z.number(),
      plan: z.array(z.object({ action: z.string(), does: z.string(), undo: z.string() })),
      steps: z.array(z.string()),
      decision: z.string(),
      why: z.string(),
      assuming: z.string(),
    }),
  ),
  series: z.array(
    z.object({
      series: z.string(),
      points: z.number(),
      scored: z.number(),
      abstained: z.record(z.string(), z.number()),
    }),
  ),
  heard: z.array(z.object({ line: z.number(), kind: z.string(), answer: z.string(), why: z.string().optional() })),
  problems: z.array(
    z.object({ file: z.string(), line: z.number().optional(), column: z.number().optional(), what: z.string() }),
  ),
});

/** The same with `--json`: what is on standard output must be one JSON object and nothing else. */
export async function runJson(args: readonly string[], more: Parameters<typeof run>[1] = {}) {
  const { exit, out, err } = await run([...args, "--json"], more);
  return { exit, err, ...answer.parse(JSON.parse(out)) };
}

export const start = Date.UTC(2026, 2, 4, 3, 0);
export const instance = (n: number): string => `i-0b662ef9931388b${String(n).padStart(2, "0")}`;

const event = (detailType: string, source: string, at: number, more: object) => ({
  version: "0",
  id: `e-${at}`,
  "detail-type": detailType,
  source,
  account: "123456789012",
  time: new Date(at).toISOString(),
  region: "eu-west-1",
  resources: [],
  ...more,
});

export const spotWarning = (instanceId: string, at = start) =>
  event("EC2 Spot Instance Interruption Warning", "aws.ec2", at, {
    detail: { "instance-id": instanceId, "instance-action": "terminate" },
  });

export const ecsChange = (at = start) => event("ECS Deployment State Change", "aws.ecs", at, { detail: {} });

export const alarm = (name: string, more: { muteDetail?: object; value?: string; recent?: number } = {}, at = start) =>
  event("CloudWatch Alarm State Change", "aws.cloudwatch", at, {
    resources: [`arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`],
    detail: {
      alarmName: name,
      configuration: { metrics: [] },
      state: {
        value: more.value ?? "ALARM",
        reason: "Threshold Crossed",
        timestamp: new Date(at).toISOString(),
        ...(more.recent !== undefined && {
          reasonData: JSON.stringify({ recentDatapoints: [more.recent], threshold: 1_500 }),
        }),
      },
      ...(more.muteDetail && { muteDetail: more.muteDetail }),
    },
  });

/** A calm series of one-minute points around 700, and a step to 2,400 that lasts for ten minutes from `spikeAt` on. */
export function calmThenSpike({ points = 240, spikeAt = 180, times = 1 } = {}): [at: number, value: number][] {
  return Array.from({ length: points }, (_, i) => {
    // Not random: the same wobble in every run.
    const calm = 700 + 20 * Math.sin(i / 7) + 8 * Math.cos(i * 2.3);
    const spiking = i >= spikeAt && i < spikeAt + 10;
    return [start + i * 60_000, (spiking ? 2_400 + i : calm) * times];
  });
}

export const csv = (points: readonly (readonly [number, number])[], time: (at: number) => string = spaced): string =>
  `timestamp,value\n${points.map(([at, value]) => `${time(at)},${value}`).join("\n")}\n`;

/** As NAB writes times. */
export const spaced = (at: number): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");
