import { mean } from "./interval.ts";
import { byUniformProgress, greedy } from "./spot-policies.ts";
import { type Job, type Policy, runJob, type Zone } from "./spot-world.ts";

/** "Can't Be Late" (NSDI 2024), table 3: on recordings of October 2022, hours of 48 that each policy works on either market. Ours are those paid for, so the starts come on top. */
const published = {
  greedy: { policy: greedy, spotH: 17.2, onDemandH: 30.8 },
  "uniform progress": { policy: byUniformProgress, spotH: 22.9, onDemandH: 25.1 },
} satisfies Record<string, { policy: () => Policy; spotH: number; onDemandH: number }>;
const recording = /^aws-10-\d\d-2022 /;
const setting = { workH: 48, share: 0.8, restartH: 0.2 };
/** From so many times of each recording, evenly spread. */
const starts = 20;

/** Whether the simulation gives what was published about the same traces, in a sentence; that it cannot be said, where they are missing. */
export function besideThePublished(zones: readonly Zone[]): string {
  const recorded = zones.filter(({ region }) => recording.test(region));
  if (recorded.length === 0)
    return 'not compared with table 3 of "Can\'t Be Late": its traces (availability/1-node/aws-10-…-2022) are not in the folder';
  const jobs = recorded.flatMap((zone) => jobsIn(zone));
  const found = Object.entries(published).map(([name, { policy, spotH, onDemandH }]) => {
    const ended = jobs.map((job) => runJob(job, policy(), { prices, restartH: setting.restartH, checkpointH: 0 }));
    const hours = (of: "spotH" | "onDemandH") => mean(ended.map((one) => one[of])).toFixed(1);
    return `${name} ${hours("onDemandH")} h on demand and ${hours("spotH")} on spot (published ${onDemandH} and ${spotH})`;
  });
  return `table 3 of "Can't Be Late", on ${recorded.length} of its traces: ${found.join("; ")}`;
}

/** What is paid decides nothing in either policy. */
const prices = { spot: 1, onDemand: 3 };

function jobsIn(zone: Zone): Job[] {
  const { workH, share, restartH } = setting;
  const lengthH = workH / share;
  const room = zone.available.length - Math.ceil(((lengthH + restartH) * 3_600) / zone.stepS);
  return Array.from({ length: starts }, (_, i) => ({
    zones: [zone],
    start: Math.max(0, Math.floor((room * i) / starts)),
    workH,
    lengthH,
  }));
}
