import { type Duration, toMs } from "../clock.ts";

/**
 * Of the things that changed before trouble began, the one to take back first: the latest, because most trouble follows the
 * change before it, and one at a time, because taking back two says nothing about either.
 *
 * A change that came after the trouble did not cause it, and one from before `within` has been seen to work. Changes are
 * known to the minute at best (metrics are a minute or two late), so one that seems up to `slack` too late is still suspected.
 */
export function suspectOf<C extends { readonly at: number }>(
  changes: readonly C[],
  { troubleAt, within, slack = { minutes: 2 } }: { troubleAt: number; within: Duration; slack?: Duration },
): C | undefined {
  return changes
    .filter(({ at }) => at <= troubleAt + toMs(slack) && at > troubleAt - toMs(within))
    .toSorted((a, b) => b.at - a.at)[0];
}
