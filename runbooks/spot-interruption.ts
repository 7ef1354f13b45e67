import { nothingRunsOn } from "../src/actions/conditions.ts";
import { deregisterTarget } from "../src/actions/deregister-target.ts";
import { detachInstance } from "../src/actions/detach-instance.ts";
import { drainInstance } from "../src/actions/drain-instance.ts";
import { launchReplacement } from "../src/actions/launch-replacement.ts";
import { messagesMax, releaseMessages } from "../src/actions/release-messages.ts";
import { attempt } from "../src/runbook/action.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { resource } from "../src/runbook/resource.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { spotInterruptionWarning } from "../src/runbook/triggers/spot.ts";

/**
 * Moves work off an instance that EC2 takes back in two minutes.
 *
 * The replacement comes first, because it takes longest; then the messages that nobody else can give back, new traffic,
 * and the tasks. Every action is worth having without the others, so one that fails does not stop the rest, and nothing
 * is undone: the instance goes in any case, and what has moved is better off where it is.
 */
export const spotInterruption = defineRunbook({
  id: "spot-interruption",
  summary: "Moves work off a spot instance before EC2 takes it back",
  on: [spotInterruptionWarning],
  lane: "fast",
  uses: [launchReplacement, releaseMessages, deregisterTarget, drainInstance, detachInstance, nothingRunsOn],
  limit: { runs: 30, within: { minutes: 10 }, share: 0.5 },
  onFailure: "keep",

  fleet: async ({ signal, look }) => {
    const found = await look.workOn(signal.instanceId);
    if (found.kind === "gone" || !found.group) return undefined;
    return { scope: resource.group(found.group.name), size: found.group.size };
  },

  async plan({ signal: { instanceId: instance }, look, deadline }) {
    const found = await look.workOn(instance);
    if (found.kind === "gone") return skip(`${instance} is already gone`);
    const { group, containerInstance, targets, messages } = found;
    const replace = group && !group.capacityRebalance;
    const drain = containerInstance && !containerInstance.managedDraining && containerInstance.status === "ACTIVE";

    return deadline.fit([
      ...(replace && group.desired < group.max
        ? [attempt(launchReplacement({ group: group.name, zone: elsewhere(group), instead: instance }))]
        : []),
      ...batches(messages.slice(0, releasedMax)).map(([queueUrl, batch]) =>
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
      ...(replace ? [attempt(detachInstance({ instance, group: group.name }))] : []),
      ...(group?.capacityRebalance
        ? [say(`Auto Scaling replaces ${instance} by itself (capacity rebalancing): watching.`)]
        : []),
      ...(containerInstance?.managedDraining
        ? [say(`ECS drains ${instance} by itself (managed draining): watching.`)]
        : []),
      ...(containerInstance
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

/** A plan is stored and checkpointed whole, so it has room for so many receipt handles; the rest come back by themselves. */
const releasedMax = 100;

/** A zone that is not the one EC2 is taking instances back in, if the group has one. */
const elsewhere = ({ zone, zones }: { zone: string; zones: readonly string[] }): string =>
  zones.find((other) => other !== zone) ?? zone;

type Message = { id: string; receiptHandle: string };

/** The messages by queue, in calls of at most as many as the service takes. */
function batches(
  messages: readonly { queueUrl: string; messageId: string; receiptHandle: string }[],
): [string, Message[]][] {
  const byQueue = Map.groupBy(messages, ({ queueUrl }) => queueUrl);
  return [...byQueue].flatMap(([queueUrl, all]) => {
    const entries = all.map(({ messageId, receiptHandle }) => ({ id: messageId, receiptHandle }));
    const calls = Math.ceil(entries.length / messagesMax);
    return Array.from({ length: calls }, (_, i): [string, Message[]] => [
      queueUrl,
      entries.slice(i * messagesMax, (i + 1) * messagesMax),
    ]);
  });
}
