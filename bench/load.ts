import { parseArgs } from "node:util";
import { measureSaturation, type Saturation } from "./load/saturation.ts";
import { measureSeries, type SeriesLoad } from "./load/series.ts";
import { type Intake, measureIntake } from "./speed/intake.ts";

/**
 * What one core takes in and keeps, where AWS answers at once: the figures of docs/growth.md. On AWS a function waits for the
 * table most of the time, so a function does less in a second than this, and ten of them more.
 */
interface Load {
  readonly intake: Intake;
  readonly series: SeriesLoad;
  readonly saturation: Saturation;
}

const help = `npm run bench:load -- [--json] [--seconds 3] [--series 200] [--events 20000]
  --seconds  of taking events in
  --series   detectors that see two days of a sample a minute each
  --events   put into the queue at once`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seconds: { type: "string", default: "3" },
    series: { type: "string", default: "200" },
    events: { type: "string", default: "20000" },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  say(help);
} else {
  say(`taking events in for ${values.seconds} s`);
  const intake = await measureIntake({ seconds: Number(values.seconds) });
  say(`scoring ${values.series} series`);
  const series = measureSeries({ series: Number(values.series) });
  say(`working off ${values.events} events that came at once, over a table that fails now and then`);
  const saturation = await measureSaturation({ events: Number(values.events) });
  const load: Load = { intake, series, saturation };
  say(
    [
      "",
      `intake      ${intake.eventsPerSecond} events a second on one core (alarms, and batches of ${intake.pointsPerEvent} samples, in turn)`,
      `scoring     ${series.pointsPerSecond} points a second on one core`,
      `series      ${series.storedMbPerThousand} MB per thousand in the table, ${series.liveMbPerThousand} MB per thousand in a process`,
      `saturation  ${saturation.sent} events at once: ${saturation.lost} lost, ${saturation.failures} tried again, ${saturation.eventsPerSecond} a second`,
    ].join("\n"),
  );
  if (values.json) process.stdout.write(`${JSON.stringify(load)}\n`);
}
