import type { ByteReader, ByteWriter } from "./binary.ts";

/** This share of all that was seen, beyond it, is worth half of what the farthest value is. */
const halfWorth = 0.1;

/** The lowest and the highest value a series has ever had, and how far outside a new one is. */
export class Extent {
  #low = Infinity;
  #high = -Infinity;

  /** 0 inside, to 1 far outside: a forest isolates every value out there equally soon, so it cannot tell how far it is. */
  beyond(value: number): number {
    const out = Math.max(0, value - this.#high, this.#low - value);
    if (out === 0 || out === Infinity) return 0;
    const seen = this.#high - this.#low || Math.abs(this.#high) / 10 || 1;
    return out / (out + halfWorth * seen);
  }

  learn(value: number): void {
    this.#low = Math.min(this.#low, value);
    this.#high = Math.max(this.#high, value);
  }

  save(out: ByteWriter): void {
    out.f64(this.#low);
    out.f64(this.#high);
  }

  load(from: ByteReader): void {
    this.#low = from.f64();
    this.#high = from.f64();
  }
}
