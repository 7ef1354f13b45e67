import type { CapacityInterruption } from "../../signals/capacity-interruption.ts";
import type { SpotInterruption } from "../../signals/signal.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** EC2 takes an instance back, and says so two minutes before. */
export type TakenBack = SpotInterruption | CapacityInterruption;

/** EC2 takes a spot instance back in two minutes. */
export const spotInterruptionWarning = defineTrigger<TakenBack>({
  id: "spot-interruption-warning",
  title: (signal) =>
    `EC2 is about to ${signal.kind === "spot-interruption" ? signal.action : "terminate"} spot instance ${signal.instanceId}`,
  match: (signal) =>
    signal.kind === "spot-interruption"
      ? {
          root: resource.instance(signal.instanceId),
          // Hibernation begins with the warning: there are no two minutes, but what can be moved should be.
          deadlineAt: signal.action === "hibernate" ? signal.at + 120_000 : signal.deadlineAt,
          // An instance that is stopped or hibernated comes back under the same id, and can be interrupted again.
          once: signal.action === "terminate",
          signal,
        }
      : undefined,
});

/** EC2 terminates an instance because its Capacity Block ends or its interruptible reservation is taken back. */
export const capacityEnding = defineTrigger<TakenBack>({
  id: "capacity-ending",
  title: (signal) => {
    const what = signal.kind === "capacity-interruption" && signal.block ? "Capacity Block" : "capacity reservation";
    return `The ${what} of ${signal.instanceId} ends`;
  },
  match: (signal) =>
    signal.kind === "capacity-interruption"
      ? { root: resource.instance(signal.instanceId), deadlineAt: signal.deadlineAt, once: true, signal }
      : undefined,
});
