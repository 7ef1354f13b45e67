import type { Import } from "./imports.ts";
import { isIn } from "./tree.ts";

/** One rule about who may import what, with a made-up file that breaks it. */
export interface Rule {
  readonly says: string;
  readonly breaks: (found: Import) => boolean;
  readonly brokenBy: readonly [path: string, text: string];
}

const entries = ["functions", "cli", "local", "bench"];
/** The folder at the top that a path is in. */
const top = (path: string): string => path.split("/")[0] ?? path;

/** Who may start what, besides tests and benchmarks, which may import anything. */
const mayStart: Readonly<Record<string, readonly string[]>> = { cli: ["local"], local: ["functions"] };

const file = ({ to }: Import): string | undefined => (to.kind === "file" ? to.name : undefined);
const packageName = ({ to }: Import): string => (to.kind === "package" ? to.name : "");

/** The arrows of DESIGN.md, section 9, and STYLE.md, "Which way the arrows point". */
export const rules: readonly Rule[] = [
  {
    says: "nothing imports an entry point, except local/ the functions it runs and cli/ the stack it starts",
    breaks: (found) => {
      const to = top(file(found) ?? "");
      const from = top(found.from);
      return entries.includes(to) && to !== from && !isIn(from, "bench", "test") && !mayStart[from]?.includes(to);
    },
    brokenBy: ["cli/doctor.ts", 'import { handler } from "../functions/spot.ts";'],
  },
  {
    says: "nothing but a test or a benchmark imports a test",
    breaks: (found) => isIn(file(found) ?? "", "test") && !isIn(found.from, "test", "bench"),
    brokenBy: ["local/demo.ts", 'import { stack } from "../test/support/stack.ts";'],
  },
  {
    says: "src/ imports nothing outside src/, above all no runbook and no simulation",
    breaks: (found) => isIn(found.from, "src") && file(found) !== undefined && !isIn(file(found) ?? "", "src"),
    brokenBy: ["src/engine/take.ts", 'import { runbooks } from "../../runbooks/index.ts";'],
  },
  {
    says: "a runbook imports other runbooks, src/runbook, src/actions, src/policies and zod",
    breaks: (found) =>
      isIn(found.from, "runbooks") &&
      !isIn(file(found) ?? "", "runbooks", "src/runbook", "src/actions", "src/policies") &&
      packageName(found) !== "zod",
    brokenBy: ["runbooks/degrade.ts", 'import { readLevel } from "../src/aws/level.ts";'],
  },
  {
    says: "what an author imports knows nothing of what runs it",
    breaks: (found) =>
      (isIn(found.from, "src/runbook", "src/actions") &&
        isIn(file(found) ?? "", "src/engine", "src/incidents", "src/slack")) ||
      (isIn(found.from, "src/runbook") && isIn(file(found) ?? "", "src/actions")),
    brokenBy: ["src/actions/drain-instance.ts", 'import type { World } from "../engine/world.ts";'],
  },
  {
    says: "of src/aws, src/runbook knows only which clients there are",
    breaks: (found) =>
      isIn(found.from, "src/runbook") && isIn(file(found) ?? "", "src/aws") && file(found) !== "src/aws/clients.ts",
    brokenBy: ["src/runbook/look.ts", 'import type { Table } from "../aws/table.ts";'],
  },
  {
    says: "signals and detectors do no I/O: of others they know zod, hashing and what is as pure as they are",
    breaks: (found) =>
      isIn(found.from, "src/signals", "src/detect") &&
      !isIn(file(found) ?? "", "src/signals", "src/detect", "src/bot-error.ts", "src/json.ts") &&
      !["zod", "node:crypto"].includes(found.to.name),
    brokenBy: ["src/detect/forest.ts", 'import { readFileSync } from "node:fs";'],
  },
  {
    says: "of the bot, only src/aws, src/actions and src/client know the AWS SDK",
    breaks: (found) =>
      /^@(aws-sdk|smithy)\//.test(packageName(found)) &&
      isIn(found.from, "src", "runbooks") &&
      !isIn(found.from, "src/aws", "src/actions", "src/client"),
    brokenBy: ["src/engine/gates.ts", 'import type { SSMClient } from "@aws-sdk/client-ssm";'],
  },
  {
    says: "only src/slack knows Slack's packages, and local/ and tests, which play Slack",
    breaks: (found) =>
      packageName(found).startsWith("@slack/") && !isIn(found.from, "src/slack", "local", "test", "bench"),
    brokenBy: ["functions/slack.ts", 'import { App } from "@slack/bolt";'],
  },
  {
    says: "only src/engine/durable.ts knows the durable SDK, and local/ and tests, which play its service",
    breaks: (found) =>
      packageName(found).startsWith("@aws/durable-execution-sdk") &&
      !isIn(found.from, "src/engine/durable.ts", "local", "test", "bench"),
    brokenBy: ["src/engine/act.ts", 'import type { DurableContext } from "@aws/durable-execution-sdk-js";'],
  },
  {
    says: "sim/ knows nothing of those who use it",
    breaks: (found) => isIn(found.from, "sim") && file(found) !== undefined && !isIn(file(found) ?? "", "sim", "src"),
    brokenBy: ["sim/sim.ts", 'export { startStack } from "../local/stack.ts";'],
  },
  {
    says: "an import names its file, extension included",
    breaks: (found) => /^\.{0,2}\//.test(found.written) && !/\.(tsx?|css|json)$/.test(found.written),
    brokenBy: ["src/engine/act.ts", 'const gates = await import("./gates");'],
  },
  {
    says: "src/ and the functions name what they import, so that it can be checked and bundled",
    breaks: (found) => found.to.kind === "computed" && isIn(found.from, "src", "functions", "runbooks"),
    brokenBy: ["src/engine/receive.ts", "const load = (name: string) => import(name);"],
  },
];
