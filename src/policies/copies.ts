/** The tags by which a job that the bot has submitted again is known, in Batch and in SageMaker alike. */
export const copyTags = {
  /** The job it was made of: its id in Batch, its name in SageMaker. */
  of: "remediates",
  /** How many copies there have been, this one included. */
  count: "paramedic:copy",
  /** How many of these there have been in its queue since it came there: what was moved has lost nothing. */
  tries: "paramedic:tries",
  /** For how many of them the memory was grown. */
  grown: "paramedic:grown",
  /** It is in another queue than the first of them was. */
  moved: "paramedic:moved",
  /** The step that submitted it: how the bot recognises its own. */
  step: "paramedic:step",
} as const;

/** How long a name may be. */
export const batchNameLength = 128;
export const trainingNameLength = 63;

/** How often a job has been submitted again by now: 0 for one that a person or a program has submitted. */
export const copiesOf = (tags: Readonly<Record<string, string>>): number => countIn(tags[copyTags.count]);

/** How often it has been submitted again by now in the place where it is: a copy that was moved there begins anew. */
export const triesOf = (tags: Readonly<Record<string, string>>): number =>
  copyTags.tries in tags ? countIn(tags[copyTags.tries]) : copiesOf(tags);

/** How often a job's memory has been grown by now. */
export const growthsOf = (tags: Readonly<Record<string, string>>): number => countIn(tags[copyTags.grown]);

const countIn = (text: string | undefined): number => (/^\d{1,4}$/.test(text ?? "") ? Number(text) : 0);

/**
 * The name of a job's next copy, `embed-r1` after `embed`, `embed-r2` after that. Neither service takes a client token, so the
 * name is what a submission is found by. Only an end that is ours is replaced: a job that a person has called `embed-r7` is
 * no seventh copy.
 */
export function nextName(name: string, tags: Readonly<Record<string, string>>, length: number): string {
  const [, base, number] = (copiesOf(tags) > 0 && /^(.+)-r(\d+)$/.exec(name)) || [undefined, name, "0"];
  const end = `-r${Number(number) + 1}`;
  return `${(base ?? name).slice(0, length - end.length)}${end}`;
}

/** How often one piece of work is submitted again in one place: what has lost its place so often in a row needs another place. */
export const copiesMax = 3;

/** A copy's name and those of the copies that may have come after it, in order: when one is lost, the next carries on. */
export function chainFrom(copy: string): readonly string[] {
  const [, base, number] = /^(.+)-r(\d+)$/.exec(copy) ?? [];
  if (base === undefined) return [copy];
  return Array.from({ length: copiesMax + 1 }, (_, index) => `${base}-r${Number(number) + index}`);
}
