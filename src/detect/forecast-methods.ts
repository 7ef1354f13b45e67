import { distanceFrom, ordinaryPeriod } from "./forecast-profile.ts";

/** Continues `values` by `horizon` points. `season`: points of one period, at most half of `values`. */
export type Method = (values: Float64Array, season: number, horizon: number) => Float64Array;

/** What was last. */
const naive: Method = (values, _, horizon) => new Float64Array(horizon).fill(values.at(-1)!);

/** What was one period ago: the yardstick of all others. */
const seasonalNaive: Method = (values, season, horizon) =>
  Float64Array.from({ length: horizon }, (_, i) => values[values.length - season + (i % season)]!);

/** The same, each point the mean of some neighbours: what yesterday's noise did says nothing about today's. */
const smoothNaive: Method = (values, season, horizon) => {
  const half = Math.max(1, Math.round(season / 72));
  return Float64Array.from({ length: horizon }, (_, i) => {
    const at = values.length - season + (i % season);
    return average(values.subarray(Math.max(0, at - half), at + half + 1));
  });
};

/** The last while is a twelfth of a period: two hours of a day. */
const recentPoints = (season: number) => Math.max(2, Math.round(season / 12));

/** The median of the last while, for good. */
const recent: Method = (values, season, horizon) => {
  const last = values.slice(-recentPoints(season)).sort();
  return new Float64Array(horizon).fill(last[last.length >> 1]!);
};

/** An ordinary period, moved to where the series has lately been; what is lately odd fades over half a period. */
const nearPeriod: Method = (values, season, horizon) => {
  const period = ordinaryPeriod(values, season);
  const off = distanceFrom(period, values, recentPoints(season));
  return Float64Array.from({ length: horizon }, (_, i) => period[i % season]! + off * Math.exp((-2 * i) / season));
};

/** An ordinary period, moved to where the series has been for the last whole one. */
const farPeriod: Method = (values, season, horizon) => {
  const period = ordinaryPeriod(values, season);
  const off = distanceFrom(period, values, season);
  return Float64Array.from({ length: horizon }, (_, i) => period[i % season]! + off);
};

/** A method that works on roots: load swings and scatters the more the more there is, and the mean of roots minds peaks less. */
function onRoots(method: Method): Method {
  return (values, season, horizon) =>
    method(
      values.map((x) => Math.sign(x) * Math.sqrt(Math.abs(x))),
      season,
      horizon,
    ).map((x) => x * Math.abs(x));
}

/** Holt-Winters with additive season and damped trend (Gardner & McKenzie 1985); the smoothing of the level is chosen by one-step error. */
const holtWinters: Method = (values, season, horizon) => {
  let best: Smoothed | undefined;
  for (const alpha of [0.05, 0.15, 0.3, 0.6]) {
    const tried = smooth(values, season, alpha);
    if (!best || tried.error < best.error) best = tried;
  }
  const { level, trend, seasonal } = best!;
  let damped = 0;
  let factor = 1;
  return Float64Array.from({ length: horizon }, (_, i) => {
    factor *= damping;
    damped += factor;
    return level + damped * trend + seasonal[(values.length + i) % season]!;
  });
};

/** Theta (Assimakopoulos & Nikolopoulos 2000): half the long trend, half exponential smoothing, on what the season leaves. */
const theta: Method = (values, season, horizon) => {
  const seasonal = profileOf(values, season);
  const rest = values.map((value, i) => value - seasonal[i % season]!);
  const half = (rest.length - 1) / 2;
  const mean = average(rest);
  let rise = 0;
  let spread = 0;
  rest.forEach((value, i) => {
    rise += (i - half) * (value - mean);
    spread += (i - half) ** 2;
  });
  const slope = rise / spread;
  let level = rest[0]!;
  for (const value of rest) level += 0.2 * (value - level);
  return Float64Array.from(
    { length: horizon },
    (_, i) => level + (slope / 2) * (i + 1) + seasonal[(values.length + i) % season]!,
  );
};

/**
 * Ridge regression of the change from now, on where the series was one period before that time and five periods on average, and on its recent means;
 * as NLinear (Zeng et al. 2023) relative to the last value, with five weights in place of hundreds, for each quarter of the horizon.
 */
const ridge: Method = (values, season, horizon) => {
  const out = new Float64Array(horizon);
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, i) => (sums[i + 1] = sums[i]! + value));
  const meanOf = (end: number, points: number) => (sums[end + 1]! - sums[end + 1 - points]!) / points;
  const short = Math.max(2, Math.round(season / 24));
  const periodsMean = (then: number) => {
    let sum = 0;
    let count = 0;
    for (let at = then; at >= 0 && count < periodsMax; at -= season, count++)
      sum += meanOf(at, Math.min(short, at + 1));
    return sum / count;
  };
  const featuresAt = (now: number, ahead: number): number[] => {
    const last = values[now]!;
    const then = now + ahead - season * Math.ceil(ahead / season);
    return [
      values[then]! - last,
      periodsMean(then) - last,
      meanOf(now, season) - last,
      meanOf(now, short) - last,
      meanOf(then, Math.min(short, then + 1)) - last,
    ];
  };
  const quarter = Math.ceil(horizon / 4);
  const from = season + short;
  for (let start = 0; start < horizon; start += quarter) {
    const end = Math.min(horizon, start + quarter);
    const rows: { x: number[]; y: number }[] = [];
    // Three leads and every few points are enough for five weights.
    const step = Math.max(1, Math.floor((values.length - from) / 300));
    for (const ahead of [start + 1, (start + end + 1) >> 1, end]) {
      for (let now = from; now + ahead < values.length; now += step) {
        rows.push({ x: featuresAt(now, ahead), y: values[now + ahead]! - values[now]! });
      }
    }
    const weights = solveRidge(rows, 5);
    for (let i = start; i < end; i++) {
      const x = featuresAt(values.length - 1, i + 1);
      out[i] = values.at(-1)! + x.reduce((sum, feature, j) => sum + feature * weights[j]!, 0);
    }
  }
  return out;
};

export const methods = {
  naive,
  seasonalNaive,
  smoothNaive,
  recent,
  nearPeriod,
  farPeriod,
  holtWinters: onRoots(holtWinters),
  theta: onRoots(theta),
  ridge: onRoots(ridge),
} as const satisfies Record<string, Method>;
export type MethodName = keyof typeof methods;

/** Periods that make an average day. */
const periodsMax = 5;
/** At 0.98 a trend has lost half its force after 34 points. */
const damping = 0.98;

interface Smoothed {
  readonly level: number;
  readonly trend: number;
  readonly seasonal: Float64Array;
  readonly error: number;
}

function smooth(values: Float64Array, season: number, alpha: number): Smoothed {
  const seasonal = profileOf(values, season);
  let level = average(values.subarray(0, season));
  let trend = 0;
  let error = 0;
  values.forEach((value, i) => {
    const at = i % season;
    const expected = level + damping * trend;
    error += Math.abs(value - expected - seasonal[at]!);
    const next = expected + alpha * (value - expected - seasonal[at]!);
    trend = damping * trend + 0.05 * alpha * (next - expected);
    level = next;
    seasonal[at]! += 0.15 * (value - level - seasonal[at]!);
  });
  return { level, trend, seasonal, error };
}

/** The mean of each place in the period, less the mean of all. */
function profileOf(values: Float64Array, season: number): Float64Array {
  const sums = new Float64Array(season);
  const counts = new Float64Array(season);
  values.forEach((value, i) => {
    sums[i % season]! += value;
    counts[i % season]!++;
  });
  const mean = average(values);
  return sums.map((sum, i) => sum / counts[i]! - mean);
}

function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/** (XᵀX + λI)⁻¹Xᵀy by elimination; λ is a tenth of the mean square, so weights stay small where features say the same. */
function solveRidge(rows: readonly { x: readonly number[]; y: number }[], width: number): number[] {
  const a = Array.from({ length: width }, () => new Float64Array(width + 1));
  for (const { x, y } of rows) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) a[i]![j]! += x[i]! * x[j]!;
      a[i]![width]! += x[i]! * y;
    }
  }
  const penalty = a.reduce((sum, row, i) => sum + row[i]!, 0) / width / 10 + 1e-9;
  for (let i = 0; i < width; i++) a[i]![i]! += penalty;
  for (let i = 0; i < width; i++) {
    for (let other = 0; other < width; other++) {
      if (other === i) continue;
      const factor = a[other]![i]! / a[i]![i]!;
      for (let j = i; j <= width; j++) a[other]![j]! -= factor * a[i]![j]!;
    }
  }
  return a.map((row, i) => row[width]! / row[i]!);
}
