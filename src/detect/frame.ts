import type { Around, Part } from "./attribution.ts";
import { attribute } from "./attribution.ts";
import type { ByteReader, ByteWriter } from "./binary.ts";
import { say } from "./verdict.ts";

/** Signals of one service that are looked at together; more than that no incident report lists. */
export const signalsMax = 16;
/** Values of a signal that its usual range comes from: an hour and a half of minutes. */
const kept = 100;
/** Fewer show no range. */
const known = 20;
/** CloudWatch allows 255 characters, and a statistic comes after them. */
const nameMax = 1024;

/** A signal with the values it had before. */
interface Signal {
  readonly name: string;
  readonly before: number[];
  /** In the frame that is open. */
  now?: number;
}

/** What the signals of one service are at one time, and what they usually are. */
export class Frame {
  #signals: Signal[] = [];

  /** Puts a value into the open frame; a later one of the same signal replaces it. The signals that came first are kept. */
  put(name: string, value: number): void {
    const found = this.#signals.find((signal) => signal.name === name);
    if (found) found.now = value;
    else if (this.#signals.length < signalsMax)
      this.#signals.push({ name: name.slice(0, nameMax), before: [], now: value });
  }

  /** How far each signal of the open frame that is known well enough is from its usual range, most first. */
  parts(): Part[] {
    return attribute(this.#arounds());
  }

  /** The same in whole 200ths of a usual range, with their signs and in the order of the signals; 0 for what is missing. */
  row(into: Int32Array): void {
    into.fill(0);
    this.#signals.forEach(({ before, now }, i) => {
      if (now === undefined || before.length < known) return;
      const { middle, low, high } = usual(before);
      const range = high - low || Math.abs(middle) || 1;
      into[i] = Math.round(200 * Math.max(-distanceMax, Math.min(distanceMax, now / range - middle / range)));
    });
  }

  /**
   * "latency 2.4 (usually 0.6 to 0.9) carried 71 %, errors 0.3 (usually 0 to 0.02) 22 % of the deviation"; empty if no signal is
   * outside its usual range.
   */
  explain(): string {
    const told = this.parts()
      .filter(({ share }) => share >= worthSaying)
      .map(({ name, share }) => {
        const { before, now } = this.#signals.find((signal) => signal.name === name)!;
        return { name, share, now: now!, ...usual(before) };
      })
      .filter(({ now, low, high }) => now < low || now > high)
      .slice(0, saidMax)
      .map(({ name, share, now, low, high }, i) => {
        const carried = `${i === 0 ? "carried " : ""}${Math.round(share * 100)} %`;
        return `${name} ${say(now)} (usually ${say(low)} to ${say(high)}) ${carried}`;
      });
    return told.length === 0 ? "" : `${told.join(", ")} of the deviation`;
  }

  /** Ends the frame; with `learn` its values count as usual from now on. */
  close(learn: boolean): void {
    for (const signal of this.#signals) {
      if (learn && signal.now !== undefined) {
        signal.before.push(signal.now);
        if (signal.before.length > kept) signal.before.shift();
      }
      delete signal.now;
    }
  }

  save(out: ByteWriter): void {
    out.u16(this.#signals.length);
    for (const { name, before, now } of this.#signals) {
      out.u16(name.length);
      for (let i = 0; i < name.length; i++) out.u16(name.charCodeAt(i));
      out.u16(before.length);
      for (const x of before) out.f64(x);
      out.f64(now ?? NaN);
    }
  }

  load(from: ByteReader): void {
    this.#signals = Array.from({ length: upTo(from, signalsMax) }, () => {
      const name = String.fromCharCode(...Array.from({ length: upTo(from, nameMax) }, () => from.u16()));
      const before = Array.from({ length: upTo(from, kept) }, () => from.f64());
      const now = from.f64();
      return Number.isNaN(now) ? { name, before } : { name, before, now };
    });
  }

  #arounds(): Around[] {
    return this.#signals.flatMap(({ name, before, now }) =>
      now === undefined || before.length < known ? [] : [{ name, before, since: [now] }],
    );
  }
}

/** As far as anything is told. */
const distanceMax = 100;
/** Signals that an explanation names, and the least share of one. */
const saidMax = 3;
const worthSaying = 0.1;

function usual(values: readonly number[]): { middle: number; low: number; high: number } {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;
  return { middle: at(0.5), low: at(0.1), high: at(0.9) };
}

function upTo(from: ByteReader, max: number): number {
  const value = from.u16();
  if (value > max) throw from.refuse(`${value} where at most ${max} can be`);
  return value;
}
