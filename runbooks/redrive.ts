import { required } from "../src/runbook/action.ts";
import { deadLettersStayAway, queueAtMost } from "../src/actions/queue-conditions.ts";
import { redrive as moveBack } from "../src/actions/redrive.ts";
import { stopRedrive } from "../src/actions/stop-redrive.ts";
import { redrivePace } from "../src/policies/redrive.ts";
import { check, following, skip, until, wait } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { deadLettersWaiting } from "../src/runbook/triggers/queue.ts";

/**
 * Moves dead letters back to the queue they came from: a few first, the rest only if those stay out.
 *
 * While the cause of them lasts nothing is moved: every alarm of the service must be quiet and the service must show all of
 * itself. A message that fails again takes as many visibility timeouts to come back as its queue allows receives, and so
 * long the canary is given. If it comes back the rest stays where it is, and people are paged; what was moved stays moved.
 */
export const redrive = defineRunbook({
  id: "redrive",
  summary: "Tries dead letters again once their cause is gone, a few first",
  on: [deadLettersWaiting],
  lane: "slow",
  uses: [moveBack, stopRedrive, deadLettersStayAway, queueAtMost],
  limit: { runs: 4, within: { hours: 24 } },

  async plan({ signal: { service, deadLetters: url, causes, queue }, look }) {
    const [dead, source, workers, alarms, level] = await Promise.all([
      look.queue(url),
      look.queue(queue.url),
      look.capacity(queue.workers),
      look.alarmsOn(causes),
      look.level(service),
    ]);
    if (dead.kind === "gone" || source.kind === "gone") return skip(`a queue of ${service} is gone`);
    if (source.deadLetter?.arn !== dead.arn) return skip(`${url} is not where dead letters of ${queue.url} go`);
    if (dead.visible === 0) return skip(`no dead letters of ${service} wait any more`);
    if (alarms.length > 0) return skip(`the cause is still there: ${alarms.join(", ")} in ALARM`);
    if (level !== "full") return skip(`the cause is still there: ${service} is at ${level}`);
    const moves = await look.moves(dead.arn);
    if (moves.some(({ state }) => state === "RUNNING")) return skip("somebody is moving them already");

    const waiting = dead.visible + dead.inFlight;
    const pace = redrivePace({
      ...queue,
      waiting,
      visibilitySeconds: source.visibilitySeconds,
      maxReceives: source.deadLetter.maxReceives,
      workers: workers.kind === "found" ? workers.running : 0,
    });
    const from = { deadLetters: dead.arn, url };
    const giveTime = wait("give them time to fail again", { seconds: pace.comesBackSeconds });
    const stayOut = check("they stay out", deadLettersStayAway({ ...from, waiting, since: moves[0]?.startedAt ?? 0 }));
    const some = [
      moveBack({ ...from, perSecond: 1 }),
      wait(`move ${pace.canary} of ${waiting}`, { seconds: pace.canary }),
      required(stopRedrive(from)),
      giveTime,
      stayOut,
    ];
    if (waiting === pace.canary) return some;
    return [
      ...some,
      moveBack({ ...from, perSecond: pace.perSecond }),
      ...following(
        until("the rest is moved", queueAtMost({ url, messages: Math.floor(waiting / 10) }), {
          every: { minutes: 1 },
          within: { seconds: pace.takesSeconds },
        }),
        giveTime,
        stayOut,
      ),
    ];
  },
});
