/** A target-tracking policy of AWS on the load of a replica. */
export interface TargetTracking {
  /** The share (0–1) of what a replica can take that the policy aims at. */
  readonly target: number;
}

/** Values of a minute each: three above the target scale out, fifteen below nine tenths of it scale in. */
const outMinutes = 3;
const inMinutes = 15;
const inShare = 0.9;
/** CloudWatch shows a minute's value one to two minutes after it. */
const lagMinutes = 1;

interface Minute {
  /** What is asked, in replicas that are busy with nothing else. */
  readonly demand: number;
  readonly serving: number;
  /** Replicas that serve or have been asked for. */
  readonly desired: number;
}

/**
 * How many replicas the policy wants, minute by minute; `undefined`: it leaves them as they are. The load is that of
 * `ALBRequestCountPerTarget`, which does not end at what a replica can take. Nobody is sent home before the last change has been
 * seen at work for as long.
 *
 * @see https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
 */
export function trackTarget({ target }: TargetTracking): (minute: Minute) => number | undefined {
  const minutes: Minute[] = [];
  return (minute) => {
    minutes.push(minute);
    if (minutes.length > inMinutes + lagMinutes) minutes.shift();
    const seen = minutes.slice(0, -lagMinutes);
    const loads = seen.map(({ demand, serving }) => demand / Math.max(1, serving));
    const wanted = Math.max(1, Math.ceil((seen.at(-1)?.demand ?? 0) / target));
    const recent = loads.slice(-outMinutes);
    if (recent.length === outMinutes && recent.every((load) => load > target)) return Math.max(wanted, minute.desired);
    const isLow = loads.length === inMinutes && loads.every((load) => load < inShare * target);
    const isSettled = seen.every(({ desired }) => desired === minute.desired) && minute.serving >= minute.desired;
    return isLow && isSettled ? Math.min(wanted, minute.desired) : undefined;
  };
}
