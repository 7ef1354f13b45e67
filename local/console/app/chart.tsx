import { memo, type PointerEvent, useCallback, useState } from "react";
import type { SeriesPoint } from "../state.ts";
import { runs, ticks } from "./scale.ts";
import { clockTime, count, hourTime, latency } from "./words.ts";

const height = 148;
/** Room for the numbers on the left and the times below. */
const edge = { left: 44, right: 10, top: 16, bottom: 20 };
const minute = 60_000;
/** Shorter charts would make noise look like news. */
const spanMin = 10 * minute;
const minuteSteps = [1, 2, 5, 10, 15, 30, 60, 120, 240, 720, 1_440].map((minutes) => minutes * minute);

interface ChartProps {
  readonly name: string;
  readonly points: readonly SeriesPoint[];
  readonly highMs: number;
  readonly now: number;
}

/**
 * Latency over time, with what the detector expected and what it found odd.
 *
 * From zero, so that twice as high is twice as slow. Missing measurements are gaps, not lines drawn through them; no band
 * means that the detector did not know what to expect.
 */
export const Chart = memo(function Chart({ name, points: given, highMs, now }: ChartProps) {
  const [width, measure] = useWidth();
  const [pointed, setPointed] = useState<number>();
  const points = given.filter(({ at, value }) => Number.isFinite(at) && Number.isFinite(value));
  const last = points.at(-1);
  const shown = points.find(({ at }) => at === pointed) ?? last;

  const to = Math.max(now, last?.at ?? now);
  const from = Math.min(points[0]?.at ?? to, to - spanMin);
  const top = Math.max(highMs, ...points.map(({ value, high }) => Math.max(value, high ?? 0))) * 1.05 || 1;
  const x = (at: number): number => edge.left + ((at - from) / (to - from)) * (width - edge.left - edge.right);
  const y = (ms: number): number => height - edge.bottom - (ms / top) * (height - edge.top - edge.bottom);
  const spot = ({ at, value }: SeriesPoint): string => `${x(at).toFixed(1)} ${y(value).toFixed(1)}`;

  // A time whose label would stand outside has none.
  const hours = ticks(from, to, Math.max(2, width / 90), minuteSteps).filter((at) => x(at) < width - 16);

  const gap = gapOf(points);
  const lines = runs(points, (left, right) => right.at - left.at > gap);
  const banded = points.filter((point): point is Banded => point.low !== undefined && point.high !== undefined);
  const bands = runs(banded, (left, right) => right.at - left.at > gap);

  const point = ({ clientX, currentTarget }: PointerEvent<SVGSVGElement>): void => {
    const away = ({ at }: SeriesPoint): number =>
      Math.abs(x(at) - (clientX - currentTarget.getBoundingClientRect().left));
    setPointed(
      points.reduce<SeriesPoint | undefined>(
        (near, each) => (near && away(near) <= away(each) ? near : each),
        undefined,
      )?.at,
    );
  };

  return (
    <figure className="chart" ref={measure}>
      <figcaption>
        {shown ? (
          <>
            <strong className={shown.anomalous ? "odd" : undefined}>{latency(shown.value)}</strong>
            <span className="quiet">{inWords(shown)}</span>
          </>
        ) : (
          <span className="quiet">no measurements yet</span>
        )}
      </figcaption>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={summary(name, points, highMs)}
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        {ticks(0, top, 4).map((ms) => (
          <g key={ms} className="grid">
            <line x1={edge.left} x2={width - edge.right} y1={y(ms)} y2={y(ms)} />
            <text x={edge.left - 6} y={y(ms) + 4} textAnchor="end">
              {count(ms)}
            </text>
          </g>
        ))}
        <text className="unit" x={edge.left - 6} y={10} textAnchor="end">
          ms
        </text>
        {hours.map((at) => (
          <text key={at} className="hour" x={x(at)} y={height - 5} textAnchor="middle">
            {hourTime(at)}
          </text>
        ))}
        {bands.map((run) => (
          <path
            key={run[0]?.at}
            className="band"
            d={`M${[...run.map(({ at, high }) => spot({ at, value: high })), ...run.toReversed().map(({ at, low }) => spot({ at, value: low }))].join("L")}Z`}
          />
        ))}
        <line className="bound" x1={edge.left} x2={width - edge.right} y1={y(highMs)} y2={y(highMs)} />
        {lines.map((run) =>
          run.length === 1 && run[0] ? (
            <circle key={run[0].at} className="alone" cx={x(run[0].at)} cy={y(run[0].value)} r={1.5} />
          ) : (
            <path key={run[0]?.at} className="line" d={`M${run.map(spot).join("L")}`} />
          ),
        )}
        {points.map(
          (each) =>
            each.anomalous && <circle key={each.at} className="anomaly" cx={x(each.at)} cy={y(each.value)} r={3} />,
        )}
        {shown && pointed !== undefined && (
          <line className="pointer" x1={x(shown.at)} x2={x(shown.at)} y1={edge.top} y2={height - edge.bottom} />
        )}
        {last && !last.anomalous && <circle className="last" cx={x(last.at)} cy={y(last.value)} r={2.5} />}
      </svg>
      <ul className="legend" aria-hidden="true">
        <li className="of-line">measured</li>
        <li className="of-band">expected</li>
        <li className="of-anomaly">anomaly</li>
        <li className="of-bound">high: {latency(highMs)}</li>
      </ul>
    </figure>
  );
});

type Banded = SeriesPoint & { readonly low: number; readonly high: number };

const inWords = ({ at, low, high, anomalous }: SeriesPoint): string =>
  `at ${clockTime(at)}${anomalous ? ", an anomaly" : ""}; ${
    low === undefined || high === undefined
      ? "nothing expected yet"
      : `expected ${count(Math.round(low))} to ${latency(high)}`
  }`;

function summary(name: string, points: readonly SeriesPoint[], highMs: number): string {
  const last = points.at(-1);
  const odd = points.filter(({ anomalous }) => anomalous).length;
  const now = last ? `${latency(last.value)} ${inWords(last)}` : "no measurements yet";
  return `Latency of ${name}: ${now}. High is ${latency(highMs)}. Anomalies shown: ${odd}.`;
}

/** From how far apart two points have a measurement missing between them: two and a half times the usual distance. */
function gapOf(points: readonly SeriesPoint[]): number {
  const apart = points.slice(1).map(({ at }, i) => at - (points[i]?.at ?? at));
  return 2.5 * (apart.toSorted((a, b) => a - b)[Math.floor(apart.length / 2)] ?? Number.POSITIVE_INFINITY);
}

/** The width there is, followed as it changes: text in an SVG that is merely stretched would be stretched with it. */
function useWidth(): [number, (element: HTMLElement) => () => void] {
  const [width, setWidth] = useState(320);
  const measure = useCallback((element: HTMLElement) => {
    const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.round(entry.contentRect.width)));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [width, measure];
}
