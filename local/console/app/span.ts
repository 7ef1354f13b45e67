/** What part of time the charts show, in milliseconds: the latest so many, or from here to there. */
export type Span =
  | { readonly kind: "latest"; readonly ms: number }
  | { readonly kind: "fixed"; readonly from: number; readonly to: number };

/** Closer than this there is nothing to see: six points. */
const msMin = 60_000;
const msMax = 6 * 3_600_000;

export const rangeOf = (span: Span, now: number): { from: number; to: number } =>
  span.kind === "latest" ? { from: now - span.ms, to: now } : span;

/** Zooms by a factor around a moment, which stays where it is. Never closer than a minute nor wider than six hours. */
export function zoomed(span: Span, now: number, factor: number, around: number): Span {
  const { from, to } = rangeOf(span, now);
  const ms = Math.min(msMax, Math.max(msMin, (to - from) * factor));
  const share = (around - from) / (to - from);
  return { kind: "fixed", from: around - ms * share, to: around + ms * (1 - share) };
}

/** The same length, moved just so far that this moment is in it. */
export function showing(span: Span, now: number, at: number): Span {
  const { from, to } = rangeOf(span, now);
  if (at >= from && at <= to) return span;
  const by = at < from ? at - from : at - to;
  return { kind: "fixed", from: from + by, to: to + by };
}
