import { tasksHaveRoom } from "../src/actions/capacity-conditions.ts";
import { registerSize } from "../src/actions/register-size.ts";
import { resizeTask } from "../src/actions/resize-task.ts";
import { setMemory } from "../src/actions/set-memory.ts";
import type { Look } from "../src/runbook/look.ts";
import { check, say, skip, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { sizeFunction, sizeTask } from "../src/runbook/sizing.ts";
import { type SizeOff, sizeOff } from "../src/runbook/triggers/due.ts";

/**
 * Gives the tasks of an ECS service, or a Lambda function, what they were seen to use, and a little more.
 *
 * Too small is mended at once, too large a step a day. ECS itself goes back if the new tasks do not come up, and the bot
 * does if they come near their bounds within a quarter of an hour; so a size that was wrong stands for minutes. The numbers
 * it rests on are in the plan: whoever approves can do the sum again. A change of size is a deployment, so it is proposed
 * and not made: the settings say `approve` unless somebody trusts it further.
 */
export const rightsize = defineRunbook({
  id: "rightsize",
  summary: "Gives tasks and functions what they use, and a little more",
  on: [sizeOff],
  lane: "slow",
  uses: [registerSize, resizeTask, tasksHaveRoom, setMemory],
  limit: { runs: 6, within: { hours: 24 } },
  plan: async ({ signal: { service, at, size }, look }) =>
    size.kind === "ecs" ? await taskPlan(look, service, size, at) : await functionPlan(look, service, size, at),
});

type Size<Kind> = Extract<SizeOff["size"], { kind: Kind }>;

async function taskPlan(look: Look, name: string, size: Size<"ecs">, at: number) {
  const { found, ...seen } = await sizeTask(look, size, at);
  if (found.kind === "gone") return skip(`${name}: ${seen.why}`);
  if (seen.kind !== "resize") return skip(`${name} keeps its size: ${seen.why}`);
  if (found.deploying) return skip(`ECS is deploying ${name}: it is left alone until that is over`);
  const { cluster, service } = size;
  const { to } = seen;
  if (found.withheldRoles.length > 0) {
    return skip(
      `${name} should have ${to.cpu} CPU units and ${to.memory} MiB: ${seen.why}. Register that revision yourself: ` +
        `\`passRoles\` in the settings does not name ${found.withheldRoles.join(" and ")}`,
    );
  }
  return [
    say(`${name}: ${seen.why}.`),
    registerSize({ cluster, service, ...to }),
    resizeTask({ cluster, service }),
    wait("see them at work", { minutes: 15 }),
    check("they have room", tasksHaveRoom({ cluster, service, percent: 95 })),
  ];
}

async function functionPlan(look: Look, name: string, size: Size<"function">, at: number) {
  const { found, ...seen } = await sizeFunction(look, size, at);
  if (found.kind === "gone") return skip(`${name}: ${seen.why}`);
  if (seen.kind !== "resize") return skip(`${name} keeps its memory: ${seen.why}`);
  if (found.updating) return skip(`the function of ${name} is being changed: it is left alone until that is over`);
  return [say(`${name}: ${seen.why}.`), setMemory({ function: size.function, memory: seen.memory })];
}
