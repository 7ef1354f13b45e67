/** How wide a series is drawn. */
const width = 64;
const bars = "▁▂▃▄▅▆▇█";

interface Bucket {
  readonly high: number;
  readonly marked: boolean;
}

/**
 * A small picture of a long series: the highest value of each of at most 128 equal parts, and where something was marked.
 *
 * Takes any number of points in constant memory: when there are too many parts, each two become one.
 */
export class Trace {
  #buckets: Bucket[] = [];
  #per = 1;
  #filling: Bucket | undefined;
  #filled = 0;

  add(value: number, marked: boolean): void {
    this.#filling = this.#filling ? both(this.#filling, { high: value, marked }) : { high: value, marked };
    this.#filled += 1;
    if (this.#filled < this.#per) return;
    this.#buckets.push(this.#filling);
    this.#filling = undefined;
    this.#filled = 0;
    if (this.#buckets.length < 2 * width) return;
    this.#buckets = halved(this.#buckets);
    this.#per *= 2;
  }

  /** Two lines, the second with a mark under each marked part; one if nothing is marked, none without points. */
  lines(): string[] {
    const whole = this.#filling ? [...this.#buckets, this.#filling] : this.#buckets;
    const shown = whole.length > width ? halved(whole) : whole;
    if (shown.length === 0) return [];
    const low = Math.min(...shown.map(({ high }) => high));
    const span = Math.max(...shown.map(({ high }) => high)) - low;
    const picture = shown
      .map(({ high }) => bars[span > 0 ? Math.round(((high - low) / span) * (bars.length - 1)) : 0] ?? "")
      .join("");
    const marks = shown
      .map(({ marked }) => (marked ? "▲" : " "))
      .join("")
      .trimEnd();
    return marks === "" ? [picture] : [picture, marks];
  }
}

const both = (a: Bucket, b: Bucket): Bucket => ({ high: Math.max(a.high, b.high), marked: a.marked || b.marked });

function halved(buckets: readonly Bucket[]): Bucket[] {
  return Array.from({ length: Math.ceil(buckets.length / 2) }, (_, index) => {
    const [a, b] = buckets.slice(2 * index, 2 * index + 2);
    return a && b ? both(a, b) : (a ?? { high: 0, marked: false });
  });
}
