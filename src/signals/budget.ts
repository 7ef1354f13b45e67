import { createHash } from "node:crypto";
import { z } from "zod";
import { type FromEvent, word } from "./event.ts";

/** A budget's threshold was passed or, by forecast, will be. */
export interface Budget extends FromEvent {
  readonly kind: "budget";
  readonly budget: string;
  /** `Cost` and others. */
  readonly type: string;
  readonly alert: "actual" | "forecasted";
  /** `USD` for what is written with a dollar sign; otherwise the sign or code as it is written. One for all amounts. */
  readonly currency: string;
  readonly budgeted: number;
  readonly comparison: ">" | ">=" | "<" | "<=" | "=";
  readonly threshold: number;
  /** What was spent or, for a forecast, will have been at the end of the period. */
  readonly amount: number;
}

/** How a budget's notification begins, by which it is told from any other text. */
export const isBudgetText = (text: string): boolean => text.startsWith("AWS Budget Notification ");

/** Where each fact is, as the only thing on a line of its own. */
const lines = {
  day: /^AWS Budget Notification (\S.*)$/,
  account: /^AWS Account (\S.*)$/,
  budget: /^Budget Name: (\S.*)$/,
  type: /^Budget Type: (\S.*)$/,
  budgeted: /^Budgeted Amount: (\S.*)$/,
  alert: /^Alert Type: (\S.*)$/,
  comparison: /^Alert Threshold: (\S+) \S.*$/,
  threshold: /^Alert Threshold: \S+ (\S.*)$/,
  amountOf: /^([A-Z]+) Amount: \S.*$/,
  amount: /^[A-Z]+ Amount: (\S.*)$/,
};

/** What stands on those lines. A line that is there twice contradicts itself, and counts as none. */
function factsIn(text: string): Record<string, string | undefined> {
  const written = text.split("\n").map((line) => line.trimEnd());
  return Object.fromEntries(
    Object.entries(lines).map(([fact, pattern]) => {
      const [found, ...others] = written.flatMap((line) => pattern.exec(line)?.slice(1) ?? []);
      return [fact, others.length === 0 ? found : undefined];
    }),
  );
}

const months = "January February March April May June July August September October November December".split(" ");

/** `September 26, 2022`: the beginning of that day, UTC. */
const day = z.string().transform((text, context) => {
  const [, month = "", date, year] = /^([A-Z][a-z]+) (\d{1,2}), (20\d\d)$/.exec(text) ?? [];
  const at = Date.UTC(Number(year), months.indexOf(month), Number(date));
  // Date takes 31 February for 3 March; written so that NaN fails too.
  if (months.includes(month) && new Date(at).getUTCDate() === Number(date)) return at;
  context.addIssue({ code: "custom", message: `${JSON.stringify(text.slice(0, 40))} is not a day` });
  return z.NEVER;
});

/** `$1,234.56`. A comma separates thousands where it can, and is nowhere taken for anything else. */
const money = z.string().transform((text, context) => {
  const [, minus, sign = "", whole = "", part = ""] =
    /^(-?)([$€£¥₹]|[A-Z]{3} )(\d{1,3}(?:,\d{3})+|\d{1,12})(\.\d{1,9})?$/.exec(text) ?? [];
  const value = Number(whole.replaceAll(",", "") + part);
  if (whole !== "") return { currency: sign === "$" ? "USD" : sign.trim(), value: minus && value > 0 ? -value : value };
  context.addIssue({ code: "custom", message: `${JSON.stringify(text.slice(0, 40))} is not an amount of money` });
  return z.NEVER;
});

const facts = z.lazy(() =>
  z
    .object({
      day,
      account: z.string().regex(/^\d{12}$/, "not an account"),
      budget: word,
      type: word,
      budgeted: money,
      alert: z.enum(["ACTUAL", "FORECASTED"]),
      comparison: z.enum([">", ">=", "<", "<=", "="]),
      threshold: money,
      amountOf: z.string(),
      amount: money,
    })
    .refine(({ alert, amountOf }) => alert === amountOf, "the amount is of another kind than the alert")
    .refine(
      ({ budgeted, threshold, amount }) =>
        budgeted.currency === amount.currency && threshold.currency === amount.currency,
      "the amounts are in several currencies",
    ),
);

/**
 * What AWS Budgets sends to an SNS topic: a plain text, of which AWS documents nothing.
 *
 * Spend is stopped by what it says, so it is read as a form: a line for each fact, there once and written in the way we know.
 * Anything else makes the whole text unreadable, and then nothing is done but tell.
 *
 * The text has no id, and a day for a time. By itself it is known by its digest and is as old as its day; inside a
 * notification of SNS it has the id and the time of that.
 */
export const budgetText = z
  .string()
  .transform((text) => ({ text, facts: factsIn(text) }))
  .pipe(z.object({ text: z.string(), facts }))
  .transform(({ text, facts: said }): Budget => ({
    kind: "budget",
    // Half of SHA-256: 128 bits are as unlikely to collide as the UUIDs of other events.
    eventId: `budget/${createHash("sha256").update(text).digest("hex").slice(0, 32)}`,
    at: said.day,
    account: said.account,
    region: "aws-global",
    budget: said.budget,
    type: said.type,
    alert: said.alert === "ACTUAL" ? "actual" : "forecasted",
    currency: said.amount.currency,
    budgeted: said.budgeted.value,
    comparison: said.comparison,
    threshold: said.threshold.value,
    amount: said.amount.value,
  }));
