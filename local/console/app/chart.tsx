import { type KeyboardEvent, memo, useCallback, useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import type { ShownSignal, SignalPoint } from "../state.ts";
import { chartHeight as height, optionsOf } from "./chart-options.ts";
import { type Columns, toColumns } from "./columns.ts";
import { rangeOf, showing, type Span, zoomed } from "./span.ts";
import { useTheme } from "./theme.ts";
import { amount, clockTime } from "./words.ts";

interface ChartProps {
  readonly signal: ShownSignal;
  readonly span: Span;
  readonly now: number;
  readonly onSpan: (span: Span) => void;
}

/**
 * One signal over time, with what the detector expected and what it found odd. All charts show the same time: the pointer and
 * the zoom of one are those of all.
 *
 * From zero, so that twice as high is twice as much. Missing measurements are gaps, not lines drawn through them; no band
 * means that the detector did not know what to expect. The wheel with Ctrl and a drag zoom; with the keyboard, arrows go
 * from point to point, plus and minus zoom, Escape goes back to now.
 */
export const Chart = memo(function Chart({ signal, span, now, onSpan }: ChartProps) {
  const { points, unit, name, about } = signal;
  const [place, setPlace] = useState<HTMLElement | null>(null);
  /** Where the pointer is, over this chart or another one, and what is read by keyboard, which goes before. */
  const [pointed, setPointed] = useState<SignalPoint>();
  const [read, setRead] = useState<SignalPoint>();
  const last = points.at(-1);
  const shown = read ?? pointed ?? last;
  const at = shown ? points.indexOf(shown) : -1;
  const { chart, draw } = useChart(place, signal, setPointed, onSpan);

  const { from, to } = rangeOf(span, now);
  useEffect(() => {
    draw(points, { from, to });
    const left = read && chart.current?.valToPos(read.at / 1_000, "x");
    if (left !== undefined) chart.current?.setCursor({ left, top: 0 }, false);
  }, [draw, chart, points, from, to, read]);

  // React's own wheel listener is passive: it could not keep the page from zooming with the chart.
  useEffect(() => {
    const zoom = (event: WheelEvent): void => {
      if (!chart.current || (!event.ctrlKey && !event.shiftKey)) return;
      event.preventDefault();
      const around = chart.current.posToVal(chart.current.cursor.left ?? 0, "x") * 1_000;
      onSpan(zoomed(span, now, event.deltaY + event.deltaX < 0 ? 0.8 : 1.25, around));
    };
    place?.addEventListener("wheel", zoom, { passive: false });
    return () => place?.removeEventListener("wheel", zoom);
  }, [place, chart, span, now, onSpan]);

  const press = (event: KeyboardEvent): void => {
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      PageUp: -10,
      PageDown: 10,
      Home: -points.length,
      End: points.length,
    };
    const step = steps[event.key];
    const next = step === undefined ? undefined : points[Math.min(points.length - 1, Math.max(0, at + step))];
    if (next) {
      setRead(next);
      // What is being read must not move on with the time.
      onSpan(showing({ kind: "fixed", from, to }, now, next.at));
    } else if (event.key === "+" || event.key === "-") {
      onSpan(zoomed(span, now, event.key === "+" ? 0.5 : 2, shown?.at ?? now));
    } else if (event.key === "Escape") {
      setRead(undefined);
      onSpan({ kind: "latest", ms: to - from });
    } else return;
    event.preventDefault();
  };

  return (
    <figure className="chart">
      <figcaption>
        <span className="name">
          {name} <bdi className="quiet">{about}</bdi>
        </span>
        <span className="readout">
          {shown ? (
            <>
              <strong className={shown.anomalous ? "odd" : undefined}>{amount(shown.value, unit)}</strong>{" "}
              <span className="quiet">{inWords(shown, unit)}</span>
            </>
          ) : (
            <span className="quiet">no measurements yet</span>
          )}
        </span>
      </figcaption>
      <div
        className="plot"
        ref={setPlace}
        role="slider"
        tabIndex={0}
        aria-label={`${name} of ${about}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, points.length - 1)}
        aria-valuenow={Math.max(0, at)}
        aria-valuetext={summary(signal, shown)}
        onKeyDown={press}
        onPointerMove={() => setRead(undefined)}
        onDoubleClick={() => onSpan({ kind: "latest", ms: to - from })}
      />
    </figure>
  );
});

type Draw = (points: readonly SignalPoint[], range: { from: number; to: number }) => void;

/** The chart in its place, made anew when the theme changes, and as wide as its place. */
function useChart(
  place: HTMLElement | null,
  { bound, unit }: ShownSignal,
  onPoint: (point: SignalPoint | undefined) => void,
  onSpan: (span: Span) => void,
) {
  const theme = useTheme();
  const chart = useRef<uPlot>(null);
  const columns = useRef<Columns>(toColumns([]));
  const latest = useRef<Parameters<Draw>>([[], { from: 0, to: 1 }]);

  const draw = useCallback<Draw>((points, range) => {
    latest.current = [points, range];
    columns.current = toColumns(points);
    const { at, value, low, high } = columns.current;
    chart.current?.batch(() => {
      chart.current?.setData([at, low, high, value], false);
      chart.current?.setScale("x", { min: range.from / 1_000, max: range.to / 1_000 });
    });
  }, []);

  useEffect(() => {
    if (!place) return;
    const made = new uPlot(
      optionsOf({
        place,
        ...(bound !== undefined && { bound }),
        unit,
        columns: () => columns.current,
        onPoint,
        onDrag: (from, to) => onSpan({ kind: "fixed", from, to }),
      }),
      [[], [], [], []],
      place,
    );
    chart.current = made;
    draw(...latest.current);
    const observer = new ResizeObserver(() => made.setSize({ width: place.clientWidth, height }));
    observer.observe(place);
    return () => {
      observer.disconnect();
      chart.current = null;
      made.destroy();
    };
    // The theme is in the colours, which are read from the style sheet.
  }, [place, bound, unit, theme, draw, onPoint, onSpan]);
  return { chart, draw };
}

const inWords = ({ at, low, high, severity, anomalous }: SignalPoint, unit: ShownSignal["unit"]): string =>
  [
    `at ${clockTime(at)}${anomalous ? ", an anomaly" : ""}`,
    low === undefined || high === undefined
      ? "nothing expected yet"
      : `expected ${amount(Math.max(0, low), "")} to ${amount(high, unit)}`,
    ...(severity === undefined ? [] : [`severity ${severity.toFixed(1)}`]),
  ].join("; ");

function summary({ points, bound, unit }: ShownSignal, shown: SignalPoint | undefined): string {
  if (!shown) return "no measurements yet";
  const odd = points.filter(({ anomalous }) => anomalous).length;
  const high = bound === undefined ? "" : ` High is ${amount(bound, unit)}.`;
  return `${amount(shown.value, unit)} ${inWords(shown, unit)}.${high} Anomalies shown: ${odd}.`;
}
