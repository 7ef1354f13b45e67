import { z } from "zod";
import { BotError } from "../../src/bot-error.ts";

const rate = z.coerce.number().nonnegative();

/**
 * What happens in a month, as far as the bill depends on it. As it stands: a fleet of a few dozen spot instances that loses
 * two a day, and ten services that send four metrics a minute each.
 */
const rates = z.strictObject({
  /** Spot instances that EC2 takes back. */
  interruptions: rate.default(60),
  /** Incidents of other kinds: a slow service, a failed job. */
  incidents: rate.default(30),
  /** Alarms and other events that open no incident. */
  events: rate.default(3_000),
  /** Series of metric samples that workloads send to the bus. */
  series: rate.default(40),
  /** How often each of them is sent, in an hour. */
  samplesPerHour: rate.default(60),
  /** How many series one event carries: those of one workload go together. */
  seriesPerEvent: rate.pipe(z.number().min(1)).default(4),
  /** Clicks and commands in Slack. */
  clicks: rate.default(200),
});
export type Rates = z.infer<typeof rates>;

/** Their names, as options of the command: `--samples-per-hour`. */
export const rateNames = Object.keys(rates.shape);
export const optionOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** @throws BotError `bad_input`, naming what is no rate. */
export function readRates(given: Readonly<Record<string, unknown>>): Rates {
  const named = rateNames.flatMap((name) => {
    const value = given[optionOf(name)];
    return value === undefined ? [] : [[name, value] as const];
  });
  const read = rates.safeParse(Object.fromEntries(named));
  if (read.success) return read.data;
  const lines = read.error.issues.map(({ path, message }) => `--${optionOf(path.join("."))}: ${message}`);
  throw new BotError("bad_input", `cost: ${lines.join("; ")}`, { cause: read.error });
}
