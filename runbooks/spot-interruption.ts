import { nothingRunsOn } from "../src/actions/conditions.ts";
import { deregisterTarget } from "../src/actions/deregister-target.ts";
import { detachInstance } from "../src/actions/detach-instance.ts";
import { drainInstance } from "../src/actions/drain-instance.ts";
import { launchReplacement } from "../src/actions/launch-replacement.ts";
import { quarantinePool } from "../src/actions/quarantine-pool.ts";
import { messagesMax, releaseMessages } from "../src/actions/release-messages.ts";
import { runTaskAgain } from "../src/actions/run-task-again.ts";
import { elsewhere } from "../src/policies/elsewhere.ts";
import { batches, releasedMax } from "../src/policies/message-batches.ts";
import { standaloneTasks } from "../src/policies/standalone-tasks.ts";
import { poolOf } from "../src/runbook/look/quarantine.ts";
import { attempt } from "../src/runbook/action.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { resource } from "../src/runbook/resource.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { capacityEnding, spotInterruptionWarning } from "../src/runbook/triggers/spot.ts";

/**
 * Moves work off an instance that EC2 takes back in two minutes.
 *
 * The replacement comes first, because it takes longest; then the messages that nobody else can give back, new traffic,
 * and the tasks: ECS moves those of services, and what belongs to none is run again if its owner has tagged it for that.
 * Every action is worth having without the others, so one that fails does not stop the rest, and nothing
 * is undone: the instance goes in any case, and what has moved is better off where it is.
 */
export const spotInterruption = defineRunbook({
  id: "spot-interruption",
  summary: "Moves work off an instance before EC2 takes it back",
  on: [spotInterruptionWarning, capacityEnding],
  lane: "fast",
  uses: [
    launchReplacement,
    releaseMessages,
    deregisterTarget,
    drainInstance,
    runTaskAgain,
    detachInstance,
    quarantinePool,
    nothingRunsOn,
  ],
  limit: { runs: 30, within: { minutes: 10 }, share: 0.5 },
  onFailure: "keep",

  fleet: async ({ signal, look }) => {
    const found = await look.workOn(signal.instanceId);
    if (found.kind === "gone" || !found.group) return undefined;
    return { scope: resource.group(found.group.name), size: found.group.size };
  },

  alsoKnownAs: async ({ signal, look }) => {
    const found = await look.workOn(signal.instanceId);
    return found.kind === "found" && found.containerInstance
      ? [resource.containerInstance(found.containerInstance.arn)]
      : [];
  },

  async plan({ signal, look, deadline }) {
    const { instanceId: instance } = signal;
    const [found, { table, pools }] = await Promise.all([look.workOn(instance), look.quarantined()]);
    if (found.kind === "gone") return skip(`${instance} is already gone`);
    const { group, containerInstance, targets, messages } = found;
    // What a Capacity Block had is gone with it: a replacement would be another thing at another price.
    const ended = signal.kind === "capacity-interruption" && signal.block;
    const replace = group && !group.replacedBy && !ended;
    const launches = replace && group.desired < group.max;
    // Whoever keeps the group for its own work, as Batch does, also sees to that work.
    const kept = group?.replacedBy !== undefined && group.replacedBy !== "Auto Scaling";
    const drain =
      containerInstance && !kept && !containerInstance.managedDraining && containerInstance.status === "ACTIVE";
    const standalone = standaloneTasks(instance, containerInstance, group?.replacedBy);

    return deadline.fit([
      ...(launches
        ? [
            attempt(
              launchReplacement({
                group: group.name,
                zone: elsewhere(group, (zone) => pools.has(poolOf("spot", group.type, zone))),
                instead: instance,
              }),
            ),
          ]
        : []),
      ...batches(messages.slice(0, releasedMax), messagesMax).map(([queueUrl, batch]) =>
        attempt(releaseMessages({ instance, queueUrl, messages: batch })),
      ),
      ...targets.map(({ targetGroupArn, port }) =>
        attempt(deregisterTarget({ targetGroup: targetGroupArn, instance, ...(port !== undefined && { port }) })),
      ),
      ...(drain
        ? [
            attempt(
              drainInstance({ cluster: containerInstance.cluster, containerInstance: containerInstance.arn, instance }),
            ),
          ]
        : []),
      ...standalone.again.map((task) => attempt(runTaskAgain(task))),
      // With a replacement in it the group is one larger than it was, until it gives this instance up.
      ...(replace ? [attempt({ ...detachInstance({ instance, group: group.name }), required: launches })] : []),
      ...(replace && signal.kind === "spot-interruption"
        ? [attempt(quarantinePool({ table, pool: poolOf("spot", group.type, group.zone), instance }))]
        : []),
      ...(group?.replacedBy ? [say(`${group.replacedBy} replaces ${instance} by itself: watching.`)] : []),
      ...(containerInstance?.managedDraining
        ? [say(`ECS drains ${instance} by itself (managed draining): watching.`)]
        : []),
      ...standalone.told.map((line) => say(line)),
      ...(containerInstance && !kept
        ? [
            until(
              `everything has left ${instance}`,
              nothingRunsOn({ cluster: containerInstance.cluster, containerInstance: containerInstance.arn, instance }),
              // EC2 takes the instance within two minutes: a minute later nothing runs there in any case.
              { every: { seconds: 10 }, within: { minutes: 3 } },
            ),
          ]
        : []),
    ]);
  },
});
