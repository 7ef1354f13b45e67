import type { KnownTrigger } from "./triggers.ts";

/** What a new runbook is called, and what it answers to. */
export interface Draft {
  /** `cool-down`: its id and its file. */
  readonly id: string;
  /** `coolDown`: what it is exported as. */
  readonly name: string;
  readonly on: KnownTrigger;
}

/** A runbook that says what it sees. It is whole and harmless: what it is to do, its author writes. */
export const runbookText = ({ id, name, on }: Draft): string => `\
import { say } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { ${on.name} } from "../${on.file}";

/**
 * Says what it sees, and does nothing about it yet.
 */
export const ${name} = defineRunbook({
  id: "${id}",
  summary: "Says what it sees, and does nothing about it yet",
  on: [${on.name}],
  lane: "slow",
  uses: [],
  limit: { runs: 3, within: { hours: 1 } },

  async plan({ signal }) {
    return [say(\`Seen: \${${on.name}.title(signal)}.\`)];
  },
});
`;

/** A test from its event to its outcome, on a simulated AWS and virtual time. */
export const testText = ({ id, name }: Draft): string => `\
import { afterEach, expect, it } from "vitest";
import settings from "../../paramedic.config.ts";
import { ${name} } from "../../runbooks/${id}.ts";
import { take } from "../../src/engine/take.ts";
import { changed } from "../support/episodes.ts";
import { eventAt } from "../support/event-at.ts";
import { type Stack, stack, startMs } from "../support/stack.ts";

let s: Stack;
afterEach(() => s.close());

it("${id} says what it sees, and changes nothing", async () => {
  s = stack({
    runbooks: [${name}],
    settings: { ...settings, autonomy: { [${name}.id]: "auto" } },
  });
  await take(s.world, eventAt("${id}.json", startMs));
  await s.runTo({ hours: 1 });

  const [incident] = await s.world.incidents.recent(10);
  expect(incident).toMatchObject({
    runbook: "${id}",
    phase: { outcome: "skipped", why: expect.stringMatching(/^Seen: .+/) },
  });
  expect(changed(s)).toEqual([]);
});
`;
