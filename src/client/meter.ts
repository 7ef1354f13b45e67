import type { Point, SampleBus } from "../aws/sample-bus.ts";
import { type Clock, type Duration, toMs } from "../clock.ts";
import { tokenDimensions, tokenMetric } from "../signals/token-series.ts";
import { type Brake, createBrake, type Held, type SpendPlan } from "./brake.ts";
import type { Report } from "./event.ts";
import { type Timer, withTimeLimit } from "./timer.ts";

/** What one request to a model used. */
export interface Usage {
  /** `gen_ai.request.model`: the model that was asked for, by its exact name. */
  readonly model: string;
  /** `gen_ai.provider.name`, such as `aws.bedrock` (the default), `anthropic`, `openai`. */
  readonly provider?: string;
  /** `gen_ai.operation.name`, such as `chat` (the default), `embeddings`, `text_completion`. */
  readonly operation?: string;
  /** Tokens, billable ones where the provider tells the two apart. */
  readonly input?: number;
  readonly output?: number;
}

export interface Meter {
  /** Counts tokens that an agent used. Returns at once, costs no call, never throws. */
  readonly tokens: (usage: Usage) => void;
  /**
   * Why the next call should not be made, or `undefined`: make it. An agent's loop asks before every call. Returns at once,
   * never throws; of an agent without a plan always `undefined`. While it is held, the answer `undefined` is good for one call.
   */
  readonly held: () => Held | undefined;
  /** Ends a hold now. */
  readonly release: () => void;
}

export interface Meters {
  /** The meter of this agent. `plan`: what it may spend; the first one that is given counts. @throws BotError `bad_setting`. */
  readonly meter: (agent: string, options?: { readonly plan?: SpendPlan }) => Meter;
  /** Sends what has been counted. A Lambda function awaits it before it answers: its sandbox is frozen after that. */
  readonly flush: () => Promise<void>;
}

/** An agent with more models and operations than this at a time is not an agent but a leak of names. About 100 kB. */
const seriesMax = 256;
/** What EventBridge has not taken within this is given up for this time. */
const sendMs = 5_000;
/** The longest name and value that a dimension may have, as in CloudWatch. */
const wordMax = 255;

/**
 * Tokens used, summed up in memory and reported every ten seconds as `Paramedic Metric Sample`, one point a series.
 *
 * Bounded in memory (256 series; tokens of any further one are counted as lost and told) and in time (a send takes at
 * most five seconds). What was certainly not delivered is added to the next report; what nobody knows about is given up,
 * for tokens counted twice would look like a runaway agent.
 *
 * @internal
 */
export function createMeters({
  bus,
  clock,
  timer,
  report,
  flushEvery = { seconds: 10 },
}: {
  readonly bus: SampleBus;
  readonly clock: Clock;
  readonly timer: Timer;
  readonly report: Report;
  readonly flushEvery?: Duration;
}): Meters {
  let sums = new Map<string, { readonly dimensions: Point["dimensions"]; value: number }>();
  const brakes = new Map<string, Brake>();
  let isSet = false;
  let sending: Promise<void> = Promise.resolve();

  const lose = (points: number, value: number, why: string) => report({ kind: "points-lost", points, value, why });

  const add = (dimensions: Point["dimensions"], value: number) => {
    const key = JSON.stringify(dimensions);
    const sum = sums.get(key);
    if (sum) sum.value += value;
    else if (sums.size < seriesMax) sums.set(key, { dimensions, value });
    else return lose(1, value, `more than ${seriesMax} series at a time`);
    if (isSet) return;
    isSet = true;
    timer(toMs(flushEvery), () => {
      isSet = false;
      void flush();
    });
  };

  const send = async () => {
    const timestamp = clock.now();
    const points = [...sums.values()].map(({ dimensions, value }) => ({
      ...tokenMetric,
      value,
      dimensions,
      timestamp,
    }));
    sums = new Map();
    if (points.length === 0) return;
    try {
      for (const { kind, points: back, why } of await withTimeLimit(sendMs, timer, () => bus.send(points))) {
        if (kind === "kept") for (const { dimensions, value } of back) add(dimensions, value);
        else lose(back.length, total(back), why);
      }
    } catch (error) {
      lose(points.length, total(points), error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    }
  };
  // One after the other, so that a slow bus holds one report and not many.
  const flush = () => (sending = sending.then(send));

  const count: (agent: string, usage: Usage) => void = (
    agent,
    { model, provider = "aws.bedrock", operation = "chat", input = 0, output = 0 },
  ) => {
    for (const [type, value] of [["input", input] as const, ["output", output] as const]) {
      if (value === 0) continue;
      if (!isTokens(value)) {
        lose(1, 0, `${value} is no number of tokens`);
        continue;
      }
      add(
        tokenDimensions({
          name: word(agent),
          operation: word(operation),
          provider: word(provider),
          model: word(model),
          type,
        }),
        value,
      );
    }
  };

  return {
    flush,
    meter(agent, { plan } = {}) {
      if (plan && !brakes.has(agent)) brakes.set(agent, createBrake(agent, plan, { clock, report }));
      return {
        tokens(usage) {
          count(agent, usage);
          const { model, input = 0, output = 0 } = usage;
          // What ran away is reported now and not in ten seconds, so that the incident opens at once.
          if (isTokens(input) && isTokens(output) && brakes.get(agent)?.count({ model, input, output })) void flush();
        },
        held: () => brakes.get(agent)?.held(),
        release: () => brakes.get(agent)?.release(),
      };
    },
  };
}

const isTokens = (value: number): boolean => Number.isFinite(value) && value >= 0;

const total = (points: readonly Point[]): number => points.reduce((sum, { value }) => sum + value, 0);

/** A dimension's value must not be empty: a whole event would be unreadable for the sake of a name. */
const word = (said: string): string => said.slice(0, wordMax) || "unknown";
