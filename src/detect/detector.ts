import { Alarm } from "./alarm.ts";
import { Baseline } from "./baseline.ts";
import { ByteReader, ByteWriter } from "./binary.ts";
import type { EvidenceState } from "./evidence.ts";
import { noEvidence, weigh } from "./evidence.ts";
import { Context, contextMin, extremesOf, width } from "./features.ts";
import { Novelty, spanMax, spanMin } from "./novelty.ts";
import type { DetectorSettings } from "./settings.ts";
import { nameMax, readSettings } from "./settings.ts";
import type { Abstention, Verdict } from "./verdict.ts";
import { say, shareOut } from "./verdict.ts";

/** Watches one series of one metric. */
export interface Detector {
  readonly settings: DetectorSettings;
  /** Finite points taken in, late and repeated ones left out, since it began or, after a long gap, began anew. */
  readonly points: number;
  readonly inEpisode: boolean;
  readonly frozen: boolean;
  /** Too little has been seen for a first score. */
  readonly isCold: boolean;
  /** When the newest point was, in milliseconds since the epoch; −∞ before the first. */
  readonly lastMs: number;
  /** How far apart its last points were, most often; 0 as long as there are not two. */
  readonly intervalMs: number;
  /**
   * Takes the next point, `atMs` in milliseconds since the epoch, and says what it thinks of it. Never throws.
   *
   * Values beyond ±10³⁷ count as that. A point from the future makes all later ones late: whoever owns a clock drops those before.
   */
  next(atMs: number, value: number): Verdict;
  /** Everything the detector knows, in at most 48 kB; {@link restoreDetector} continues from it as if nothing had happened. */
  save(): Uint8Array;
  /** Stops learning, and adapting, until {@link Detector.thaw}: while an incident is open, or our own actions move the metric. */
  freeze(): void;
  thaw(): void;
}

/** A detector that knows nothing yet. Throws `bad_setting` for a setting out of range. */
export function createDetector(settings: Partial<DetectorSettings> = {}): Detector {
  return new SeriesDetector(readSettings(settings));
}

/**
 * The detector that was saved: every later verdict is bit-equal to those of the one that went on.
 *
 * Forests are not in the bytes but grown again, which takes a millisecond or two. Damage, other bytes and bytes of another
 * version throw `bad_input`.
 */
export function restoreDetector(bytes: Uint8Array): Detector {
  return SeriesDetector.load(bytes);
}

/** Goes up whenever a saved detector cannot be read any more. Models of other versions are in another place. */
export const detectorVersion = 5;
const envelope = { magic: "PIDT", version: detectorVersion, what: "a detector" };
/** Differences of two, and their 32-bit copies, stay finite below this. */
const valueMax = 1e37;
const intervalsKept = 15;
/** A gap after which another level may be as normal as the one before: whatever happens once a day has happened in it. */
const driftGapMs = 86_400_000;
/** Over so many points is looked at how much of the time a series is in an episode; two lasting changes are more than the share. */
const unrestOver = 500;
const unrestMax = 0.4;
class SeriesDetector implements Detector {
  readonly settings: DetectorSettings;
  readonly #baseline: Baseline;
  readonly #novelty: Novelty;
  readonly #alarm: Alarm;
  readonly #context = new Context();
  readonly #row = new Float64Array(width);
  /** The rows of an open episode: learned if it lasts, else dropped but for its extremes. */
  #held: number[] = [];
  #intervals: number[] = [];
  #evidence: EvidenceState = noEvidence;
  #points = 0;
  #lastMs = -Infinity;
  /** Not 0 after a gap, until enough points have followed it. */
  #gapMs = 0;
  #frozen = false;
  /** The gap over which the level has become another one, as long as that is being learnt. */
  #driftMs = 0;
  /** How much of the time it is in an episode, lately; 0 to 1. */
  #unrest = 0;

  constructor(settings: DetectorSettings) {
    this.settings = settings;
    this.#baseline = new Baseline(settings.seed);
    // Patterns need more points than a first opinion of the level does.
    const span = Math.max(spanMin, Math.min(spanMax, settings.warmUpPoints));
    // Some must follow the first ones before the warm-up is over, to know what is rare.
    const firstPoints = Math.floor(Math.min(span / 3, (settings.warmUpPoints * 2) / 3));
    this.#novelty = new Novelty(settings.seed, span, firstPoints);
    this.#alarm = new Alarm(span);
  }

  get points(): number {
    return this.#points;
  }

  get inEpisode(): boolean {
    return this.#evidence.open;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  get isCold(): boolean {
    return !this.#baseline.ready || this.#points < this.settings.warmUpPoints;
  }

  get lastMs(): number {
    return this.#lastMs;
  }

  get intervalMs(): number {
    return this.#intervals.length > 0 ? median(this.#intervals) : 0;
  }

  freeze(): void {
    this.#frozen = true;
    this.#held = [];
  }

  thaw(): void {
    this.#frozen = false;
  }

  next(atMs: number, value: number): Verdict {
    if (!Number.isFinite(atMs)) return abstain("not-finite", `the time is ${atMs}`);
    if (!Number.isFinite(value)) return abstain("not-finite", `the value is ${value}`);
    if (atMs === this.#lastMs) return abstain("duplicate", "a point of this time was seen before");
    if (atMs < this.#lastMs) return abstain("late", `${say((this.#lastMs - atMs) / 1000)} s behind the newest point`);
    this.#tick(atMs);
    const clamped = Math.max(-valueMax, Math.min(valueMax, value));
    const novelty = this.#novelty.next(clamped, !this.#frozen);
    const verdict = this.#judge(clamped, novelty);
    this.#context.push(clamped);
    return verdict;
  }

  #judge(value: number, novelty: number): Verdict {
    const { warmUpPoints } = this.settings;
    const seen = this.#context.count + 1;
    const fresh = this.#context.count >= contextMin;
    if (fresh) this.#context.features(value, this.#row);
    if (!this.#baseline.ready || this.#points < warmUpPoints - 1) {
      if (this.#frozen) return abstain("frozen", `frozen with ${this.#points} of ${warmUpPoints} points seen`);
      this.#points++;
      if (fresh) {
        if (this.#baseline.ready) this.#baseline.judge(this.#row, novelty);
        this.#baseline.learn(this.#row);
      }
      if (!this.#baseline.ready && this.#points >= warmUpPoints && this.#baseline.waiting >= warmUpPoints - contextMin)
        this.#baseline.fit();
      if (this.#driftMs > 0) {
        const gap = `a gap of ${say(this.#driftMs / 1000)} s, and is another level since`;
        return abstain("drifted", `${this.#points} of ${warmUpPoints} points seen after ${gap}`);
      }
      return abstain("cold", `${this.#points} of ${warmUpPoints} points seen`);
    }
    this.#driftMs = 0;
    this.#points++;
    if (!fresh) {
      return abstain("stale", `${seen} of ${contextMin} points seen since a gap of ${say(this.#gapMs / 1000)} s`);
    }
    if (this.#isDrifted()) {
      this.#baseline.forget();
      this.#evidence = noEvidence;
      this.#held = [];
      this.#points = 0;
      this.#driftMs = this.#gapMs;
    }
    this.#gapMs = 0;
    return this.#driftMs > 0 ? this.#judge(value, novelty) : this.#score(novelty);
  }

  /** Whether the points since a long gap, of which there are enough now, are at another level than those before it. */
  #isDrifted(): boolean {
    if (this.#frozen || this.#gapMs < driftGapMs) return false;
    const { low, high } = this.#baseline.band("level");
    const recent = this.#context.recent();
    return recent < low || recent > high;
  }

  #score(novelty: number): Verdict {
    const { tail, distance, distances } = this.#baseline.judge(this.#row, novelty);
    const before = this.#evidence;
    this.#evidence = weigh(before, tail, distance);
    const { open } = this.#evidence;
    const onset = open && !before.open;
    if (onset && this.#unrest > unrestMax) {
      this.#evidence = noEvidence;
      this.#learn();
      return abstain(
        "noisy",
        `unusual for ${Math.round(100 * this.#unrest)} % of the time lately, so that it says nothing`,
      );
    }
    if (!this.#frozen) this.#unrest += (Number(open) - this.#unrest) / unrestOver;
    const expected = this.#expected();
    // What led up to the episode was learned before anybody knew.
    if (onset && !this.#frozen) this.#held = this.#baseline.takeBack(before.points);
    const adapted = this.#learn();
    return {
      kind: "scored",
      score: this.#novelty.score,
      tail,
      severity: novelty * Math.log2(1 + distance),
      novelty,
      novel: this.#alarm.next(novelty),
      expected,
      onset,
      inEpisode: open,
      adapted,
      // Words for a few points out of thousands: made when somebody asks.
      get carried() {
        return shareOut(distances);
      },
    };
  }

  /** Learns the row, or holds it back during an episode; true if the episode has lasted so long that all it held is learned. */
  #learn(): boolean {
    if (this.#frozen) return false;
    if (this.#evidence.open) {
      this.#held.push(...this.#row);
      if (this.#held.length < this.settings.adaptPoints * width) return false;
      this.#baseline.absorb(this.#held);
      this.#held = [];
      this.#evidence = noEvidence;
      return true;
    }
    if (this.#held.length > 0) {
      this.#baseline.absorb(extremesOf(this.#held));
      this.#held = [];
    }
    this.#baseline.learn(this.#row);
    return false;
  }

  /** Where both the level and the step from the last points are ordinary; after a change these exclude each other: the level. */
  #expected(): { low: number; high: number } {
    const level = this.#baseline.band("level");
    const jump = this.#baseline.band("jump");
    const recent = this.#context.recent();
    const low = Math.max(level.low, recent + jump.low);
    const high = Math.min(level.high, recent + jump.high);
    return low < high ? { low, high } : level;
  }

  #tick(atMs: number): void {
    if (this.#lastMs !== -Infinity) {
      const interval = atMs - this.#lastMs;
      if (this.#isGap(interval)) {
        this.#gapMs = interval;
        this.#context.clear();
        // An episode outlives a gap; a suspicion does not.
        if (!this.#evidence.open) this.#evidence = noEvidence;
      }
      // Also that of a gap: a metric that goes over from seconds to minutes is not stale for ever.
      this.#intervals.push(interval);
      if (this.#intervals.length > intervalsKept) this.#intervals.shift();
    }
    this.#lastMs = atMs;
  }

  #isGap(intervalMs: number): boolean {
    const { staleIntervals } = this.settings;
    // Most often there is no need to look for the median.
    if (this.#intervals.every((usual) => intervalMs <= staleIntervals * usual)) return false;
    return intervalMs > staleIntervals * median(this.#intervals);
  }

  save(): Uint8Array {
    const out = new ByteWriter(envelope);
    const { seed, name, warmUpPoints, staleIntervals, adaptPoints } = this.settings;
    out.u32(seed);
    out.u32(name.length);
    for (let i = 0; i < name.length; i++) out.u16(name.charCodeAt(i));
    for (const setting of [warmUpPoints, staleIntervals, adaptPoints]) out.f64(setting);
    const { amount, open, points, calm } = this.#evidence;
    for (const x of [amount, Number(open), points, calm]) out.f64(x);
    for (const x of [this.#points, this.#lastMs, this.#gapMs, Number(this.#frozen), this.#driftMs, this.#unrest])
      out.f64(x);
    for (const list of [this.#context.points(), this.#intervals, this.#held]) {
      out.u32(list.length);
      for (const x of list) out.f64(x);
    }
    out.u32(this.#alarm.quiet);
    this.#novelty.save(out);
    this.#baseline.save(out);
    return out.finish();
  }

  static load(bytes: Uint8Array): SeriesDetector {
    const from = new ByteReader(bytes, envelope);
    const f64 = () => from.f64();
    const seed = from.u32();
    const name = String.fromCharCode(...Array.from({ length: from.count(nameMax) }, () => from.u16()));
    const detector = new SeriesDetector(
      readSettings({ seed, name, warmUpPoints: f64(), staleIntervals: f64(), adaptPoints: f64() }),
    );
    detector.#evidence = { amount: f64(), open: f64() === 1, points: f64(), calm: f64() };
    detector.#points = f64();
    detector.#lastMs = f64();
    detector.#gapMs = f64();
    detector.#frozen = f64() === 1;
    detector.#driftMs = f64();
    detector.#unrest = f64();
    const list = () => Array.from({ length: from.count(bytes.length) }, f64);
    for (const point of list()) detector.#context.push(point);
    detector.#intervals = list();
    detector.#held = list();
    detector.#alarm.quiet = from.count(spanMax);
    detector.#novelty.load(from);
    detector.#baseline.load(from);
    from.done();
    return detector;
  }
}

function abstain(why: Abstention, detail: string): Verdict {
  return { kind: "abstained", why, detail };
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1]!;
}
