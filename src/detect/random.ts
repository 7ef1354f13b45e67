/**
 * Chance that can be repeated: the same seed gives the same numbers, on every machine and in every release.
 *
 * xoshiro128** 1.1 (Blackman & Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c), its state filled by
 * splitmix32 so that neighbouring seeds share nothing. Not for secrets.
 */
export class Random {
  readonly #state: Uint32Array;

  private constructor(state: Uint32Array) {
    this.#state = state;
  }

  /** Only the low 32 bits of the whole part of `seed` count. */
  static fromSeed(seed: number): Random {
    const state = new Uint32Array(4);
    let at = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      at = (at + 0x9e3779b9) >>> 0;
      state[i] = mix(at);
    }
    return new Random(state);
  }

  /** Continues where {@link Random.state} was read. All zeros, which the generator never leaves, become seed 0. */
  static fromState(state: Uint32Array): Random {
    return state.length === 4 && state.some((word) => word !== 0) ? new Random(state.slice()) : Random.fromSeed(0);
  }

  /** A copy of the four words that decide everything that comes. */
  state(): Uint32Array {
    return this.#state.slice();
  }

  /** At least 0, below 1, in steps of 2⁻³². */
  next(): number {
    const s = this.#state;
    const s0 = s[0]!;
    const s1 = s[1]!;
    const s2 = s[2]! ^ s0;
    const s3 = s[3]! ^ s1;
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    s[0] = s0 ^ s3;
    s[1] = s1 ^ s2;
    s[2] = s2 ^ (s1 << 9);
    s[3] = rotate(s3, 11);
    return result / 0x1_0000_0000;
  }

  /** A whole number, at least 0 and below `end`. */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }
}

/** One seed out of two: how a series' seed and a count of refits become the seed of the next forest. */
export function mixSeeds(a: number, b: number): number {
  return mix((mix((a + 0x9e3779b9) >>> 0) ^ b) >>> 0);
}

/** The finaliser of MurmurHash3 (Appleby 2011) with the constants of Wellons' splitmix32. */
function mix(word: number): number {
  let z = word;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
