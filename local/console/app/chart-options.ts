import type uPlot from "uplot";
import type { ShownSignal, SignalPoint } from "../state.ts";
import { coloursOf } from "./colours.ts";
import { type Columns, episodesIn } from "./columns.ts";
import { amount, hourTime } from "./words.ts";

/** In CSS pixels; the style sheet keeps so much room. */
export const chartHeight = 118;

interface Drawn {
  readonly place: HTMLElement;
  readonly bound?: number;
  readonly unit: ShownSignal["unit"];
  readonly columns: () => Columns;
  readonly onPoint: (point: SignalPoint | undefined) => void;
  readonly onDrag: (from: number, to: number) => void;
}

/** How a chart looks and what it tells: the band, the bound, episodes shaded, anomalies ringed, the pointer and the drag of all. */
export function optionsOf({ place, bound, unit, columns, onPoint, onDrag }: Drawn): uPlot.Options {
  const colours = coloursOf(place, ["accent", "band", "bad", "asks", "line", "quiet", "pane"]);
  const axis = {
    stroke: colours.quiet,
    font: `11px ${getComputedStyle(place).fontFamily}`,
    grid: { stroke: colours.line, width: 1 },
    ticks: { show: false },
    gap: 4,
  };
  return {
    width: place.clientWidth,
    height: chartHeight,
    padding: [8, 10, 0, 0],
    legend: { show: false },
    scales: {
      x: { time: true },
      y: { range: (_, __, most) => [0, Math.max(bound ?? 0, Number.isFinite(most) ? most : 0, 1) * 1.08] },
    },
    axes: [
      { ...axis, size: 20, space: 70, values: (_, splits) => splits.map((at) => hourTime(at * 1_000)) },
      {
        ...axis,
        size: 46,
        space: 26,
        values: (_, splits) => splits.map((value) => amount(value, unit === "%" ? unit : "")),
      },
    ],
    series: [
      {},
      { points: { show: false } },
      { points: { show: false } },
      { stroke: colours.accent, width: 1.5, points: { show: false } },
    ],
    bands: [{ series: [2, 1], fill: colours.band }],
    cursor: {
      y: false,
      points: { size: 7, fill: colours.accent },
      sync: { key: "signals", scales: ["x", null] },
      drag: { x: true, y: false, setScale: false },
    },
    hooks: {
      setCursor: [
        ({ cursor: { idx, left = -1 } }) => onPoint(left < 0 || idx == null ? undefined : columns().points[idx]),
      ],
      setSelect: [
        (plot) => {
          const { left, width } = plot.select;
          if (width < 4) return;
          onDrag(plot.posToVal(left, "x") * 1_000, plot.posToVal(left + width, "x") * 1_000);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
      drawClear: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.beginPath();
          ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
          ctx.clip();
          ctx.globalAlpha = 0.09;
          ctx.fillStyle = colours.bad;
          for (const { from, to } of episodesIn(columns().points.filter((point) => point !== undefined))) {
            const left = plot.valToPos(from / 1_000, "x", true);
            ctx.fillRect(left - 3, bbox.top, plot.valToPos(to / 1_000, "x", true) - left + 6, bbox.height);
          }
          ctx.restore();
        },
      ],
      draw: [
        (plot) => {
          const { ctx, bbox } = plot;
          ctx.save();
          ctx.beginPath();
          ctx.rect(bbox.left, bbox.top - 6, bbox.width + 6, bbox.height + 6);
          ctx.clip();
          const scale = devicePixelRatio;
          if (bound !== undefined) {
            const y = plot.valToPos(bound, "y", true);
            ctx.strokeStyle = colours.asks;
            ctx.setLineDash([4 * scale, 3 * scale]);
            ctx.lineWidth = scale;
            ctx.beginPath();
            ctx.moveTo(bbox.left, y);
            ctx.lineTo(bbox.left + bbox.width, y);
            ctx.stroke();
            ctx.setLineDash([]);
          }
          ctx.strokeStyle = colours.bad;
          ctx.fillStyle = colours.pane;
          ctx.lineWidth = 1.75 * scale;
          for (const point of columns().points) {
            if (!point?.anomalous) continue;
            ctx.beginPath();
            ctx.arc(
              plot.valToPos(point.at / 1_000, "x", true),
              plot.valToPos(point.value, "y", true),
              3 * scale,
              0,
              2 * Math.PI,
            );
            ctx.fill();
            ctx.stroke();
          }
          ctx.restore();
        },
      ],
    },
  };
}
