/** What the bot measures of itself, with CloudWatch's units. `docs/operating.md` says what each tells. */
export const ownMetrics = {
  NoticeToAction: "Milliseconds",
  TimeToDetect: "Milliseconds",
  TimeToRecover: "Milliseconds",
  Incidents: "Count",
  Actions: "Count",
  LimitsHit: "Count",
  Prompts: "Count",
  Scored: "Count",
  Abstentions: "Count",
  CanaryArrived: "Count",
  CanaryLanded: "Count",
  HaltUnreadable: "Count",
} as const;
export type OwnMetric = keyof typeof ownMetrics;

export const ownNamespace = "Paramedic/Bot";

/** One measured value. `by` adds a dimension, such as the outcome, to that of the installation. */
export interface Measured {
  readonly name: OwnMetric;
  readonly value: number;
  readonly by?: Readonly<Record<string, string>>;
}

/**
 * Measured values as log lines in CloudWatch's embedded metric format: no call, no permission, and nothing to wait for.
 * A line has at most a hundred values of one metric.
 */
export function metricLines(stage: string, at: number, measured: readonly Measured[]): string[] {
  const groups = Map.groupBy(measured, ({ name, by = {} }) => JSON.stringify([name, by]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { name, by = {} } = first;
    const Metrics = [{ Name: name, Unit: ownMetrics[name] }];
    const Dimensions = [["Stage", ...Object.keys(by)]];
    const _aws = { Timestamp: at, CloudWatchMetrics: [{ Namespace: ownNamespace, Dimensions, Metrics }] };
    const values = group.map(({ value }) => value);
    return chunks(values).map((some) => JSON.stringify({ _aws, Stage: stage, ...by, [name]: some }));
  });
}

const valuesMax = 100;
const chunks = (values: readonly number[]): number[][] =>
  Array.from({ length: Math.ceil(values.length / valuesMax) }, (_, i) =>
    values.slice(i * valuesMax, (i + 1) * valuesMax),
  );

/** Writes measured values where Lambda picks them up; nowhere else does anybody read them. */
export function emitMetrics(env: NodeJS.ProcessEnv, stage: string, at: number, measured: readonly Measured[]): void {
  if (env["AWS_LAMBDA_FUNCTION_NAME"] === undefined) return;
  for (const line of metricLines(stage, at, measured)) process.stdout.write(`${line}\n`);
}
