import { z } from "zod";
import type { Clicker } from "../engine/people.ts";
import { person } from "./click.ts";

/** What a form is about, and where it was asked for. Carried by the form; Slack gives it back unchanged. */
export const about = z.object({ id: z.string() });
export type About = z.infer<typeof about>;

/** A form that somebody has filled in. */
export interface Submission {
  /** Which form, by its callback id. */
  readonly form: string;
  readonly about: About;
  readonly who: Clicker;
  /** What was entered or chosen, by block id. What was left empty is not there. */
  readonly values: Readonly<Record<string, readonly string[]>>;
}

const option = z.object({ value: z.string() });
const field = z
  .object({
    value: z.string().nullish(),
    selected_option: option.nullish(),
    selected_options: z.array(option).nullish(),
  })
  .transform(({ value, selected_option: one, selected_options: several }) =>
    [value ?? undefined, one?.value, ...(several ?? []).map((chosen) => chosen.value)].filter(
      (given): given is string => given !== undefined && given.trim() !== "",
    ),
  );

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("no JSON");
    return z.NEVER;
  }
});

const payload = z
  .object({
    user: person,
    view: z.object({
      callback_id: z.string(),
      private_metadata: json.pipe(about),
      state: z.object({ values: z.record(z.string(), z.record(z.string(), field)) }),
    }),
  })
  .transform(({ user, view }): Submission => ({
    form: view.callback_id,
    about: view.private_metadata,
    who: user,
    values: Object.fromEntries(
      Object.entries(view.state.values).map(([block, fields]) => [block, Object.values(fields).flat()]),
    ),
  }));

/** Reads what Slack sends when a form is submitted. `undefined`: it is not one of ours. */
export const readSubmission = (body: unknown): Submission | undefined => payload.safeParse(body).data;
