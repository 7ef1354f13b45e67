import { createHash } from "node:crypto";
import { z } from "zod";
import { word } from "./event.ts";
import { jsonText } from "./json-text.ts";
import { metricDimensions, metricName, metricNamespace, metricUnit, metricValue } from "./metric.ts";
import { moment } from "./moment.ts";
import type { Sample, Samples, Unreadable } from "./signal.ts";
import { unreadable, whyNot } from "./unreadable.ts";

const measurement = z.object({
  metric_stream_name: word,
  account_id: word,
  region: word,
  namespace: metricNamespace,
  metric_name: metricName,
  dimensions: metricDimensions,
  timestamp: moment,
  unit: metricUnit.nullish(),
  value: z
    .object({ count: z.number().positive(), sum: metricValue, max: metricValue, min: metricValue.nullish() })
    // Statistics asked for beside the four: p99, TM(25%:75%). CloudWatch has no percentile of negative values.
    .catchall(metricValue.nullish())
    // Counts may be fractions, and dividing by a tiny one leaves the numbers.
    .refine(({ sum, count }) => metricValue.safeParse(sum / count).success, "sum ÷ count is too large"),
});
type Measurement = z.infer<typeof measurement>;

const line = jsonText.pipe(measurement);

/**
 * Reads the decoded text of one Firehose record: a JSON object on each line, in the JSON format of a metric stream.
 *
 * Each line gives a sample per statistic, named as alarms name them: `Average` (sum ÷ count), `Maximum`, `Sum`, and any
 * additional one as it is. `Sum` is there for counters such as Invocations, whose average and maximum are always 1. Minimum
 * and count are left out: a series each for little. Bad lines are rejected one by one. Lines of another account than the
 * first (a monitoring account streams those of its sources too) are rejected as well, since a series does not name its
 * account, and two accounts must not share a baseline.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-formats-json.html
 */
export function readMetricStream(text: string): Samples | Unreadable {
  const kept: Measurement[] = [];
  const rejected: Rejected[] = [];

  for (const [index, written] of text.split("\n").entries()) {
    if (written.trim() === "") continue;
    const { success, data, error } = line.safeParse(written);
    if (!success) {
      rejected.push({ index, why: whyNot(error) });
      continue;
    }
    const { account_id: account, region } = kept[0] ?? data;
    if (data.account_id === account && data.region === region) kept.push(data);
    else rejected.push({ index, why: `from ${data.account_id} ${data.region}, among lines from ${account} ${region}` });
  }

  const [first, ...rest] = kept;
  if (first) return toSamples([first, ...rest], rejected);
  return unreadable(`no line of a metric stream: ${rejected[0]?.why ?? "empty"}`, text);
}

/** One object of a metric stream, already parsed. */
export const metricStreamObject = measurement.transform((only) => toSamples([only], []));

type Rejected = Samples["rejected"][number];

/**
 * A Firehose record has no id, so `eventId` is a digest of what was read: the same when Firehose delivers it again. `at` is
 * the youngest measurement.
 */
function toSamples(measurements: readonly [Measurement, ...Measurement[]], rejected: readonly Rejected[]): Samples {
  const [{ metric_stream_name: stream, account_id: account, region }] = measurements;
  const points = measurements.flatMap(toPoints);
  const digest = createHash("sha256")
    .update(JSON.stringify([points, rejected]))
    .digest("hex")
    // Half of SHA-256: 128 bits are as unlikely to collide as the UUIDs of other events.
    .slice(0, 32);
  const at = measurements.reduce((youngest, { timestamp }) => Math.max(youngest, timestamp), 0);
  return { kind: "samples", eventId: `${stream}/${digest}`, at, account, region, points, rejected };
}

function toPoints({ namespace, metric_name: name, dimensions, unit, timestamp: at, value }: Measurement): Sample[] {
  const { count, sum, max, min: _, ...additional } = value;
  const stats = { Average: sum / count, Maximum: max, Sum: sum, ...additional };
  return Object.entries(stats).flatMap(([stat, value]) =>
    value == null ? [] : [{ series: { namespace, name, dimensions, stat, ...(unit && { unit }) }, at, value }],
  );
}
