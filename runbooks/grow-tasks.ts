import { registerSize } from "../src/actions/register-size.ts";
import { resizeTask } from "../src/actions/resize-task.ts";
import { growthsIn, growthsMax, grownSize } from "../src/policies/grow-memory.ts";
import { skip } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { taskOutOfMemory } from "../src/runbook/triggers/task-memory.ts";

/** Within which growing counts as growing again. */
const weekMs = 7 * 86_400_000;

/**
 * Gives the tasks of an ECS service more memory when one of them was killed for want of it, where the settings leave their
 * size to the bot.
 *
 * Twice a week at most: what needs more again leaks, or needs a size that a person chooses. It is a deployment like any
 * other: ECS goes back by itself if the new tasks do not come up.
 */
export const growTasks = defineRunbook({
  id: "grow-tasks",
  summary: "Gives the tasks of a service that run out of memory more of it",
  on: [taskOutOfMemory],
  lane: "slow",
  uses: [registerSize, resizeTask],
  limit: { runs: 6, within: { hours: 24 } },

  async plan({ signal: { cluster, service, at }, look }) {
    const found = await look.taskSize(cluster, service);
    if (found.kind === "gone") return skip(`there is no service ${service} in ${cluster} any more`);
    if (found.deploying)
      return skip(`ECS is deploying ${service}, and goes back by itself if its tasks do not come up`);
    const { cpu, memory, fargate } = found;
    if (cpu === undefined || memory === undefined) return skip(`the tasks of ${service} have no size of their own`);
    const growths = growthsIn(found.sizes, at - weekMs);
    if (growths >= growthsMax) {
      return skip(
        `the tasks of ${service} were grown ${growthsMax} times this week: they leak, or a person has to choose`,
      );
    }
    const { memoryMiBMax } = await look.familyMemory(service);
    const size = grownSize({ vcpus: cpu / 1024, memoryMiB: memory, fargate }, { growths, memoryMiBMax });
    if (!size) return skip(`the tasks of ${service} have ${memory} MiB, and may not have more than ${memoryMiBMax}`);
    const to = { cluster, service, cpu: size.vcpus * 1024, memory: size.memoryMiB };
    if (found.withheldRoles.length > 0) {
      return skip(
        `the tasks of ${service} should have ${to.memory} MiB. Deploy that yourself: \`passRoles\` in the settings does not ` +
          `name ${found.withheldRoles.join(" and ")}`,
      );
    }
    return [registerSize(to), resizeTask(to)];
  },
});
