import type { SpotInterruption } from "../../signals/signal.ts";
import { resource } from "../resource.ts";
import { defineTrigger } from "../trigger.ts";

/** EC2 takes a spot instance back in two minutes. */
export const spotInterruptionWarning = defineTrigger<SpotInterruption>({
  id: "spot-interruption-warning",
  title: ({ instanceId, action }) => `EC2 is about to ${action} spot instance ${instanceId}`,
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
