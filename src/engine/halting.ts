import { type Halt, writeHalts } from "../aws/switches.ts";
import { type Duration, toMs } from "../clock.ts";
import { inWords } from "./in-words.ts";
import { type Clicker, approverNamed, done, refused, signedBy, type Said } from "./people.ts";
import type { World } from "./world.ts";

/** The story in which everything is told that people do to the bot as a whole. */
export const botStory = "bot";

/** A stop that somebody wants. */
export interface HaltWish {
  /** What is stopped, such as `service/chat`. Absent: everything. */
  readonly scope?: string;
  /** When it ends by itself. Absent: when somebody resumes. */
  readonly for?: Duration;
  readonly why: string;
}

type Switching = Pick<World, "settings" | "clock" | "reading" | "stories" | "log">;

const what = (scope: string | undefined): string => scope ?? "everything";
/** So much of a reason is kept in the switch itself, which is small; the story has all of it. */
const whyMax = 200;

/**
 * Sets the stop switch, which is looked at before every change. Whoever halts what is halted already, changes until when
 * and why. Any approver may.
 */
export async function halt(world: Switching, who: Clicker, { scope, for: length, why }: HaltWish): Promise<Said> {
  const may = approverNamed(world.settings, who);
  if (may.kind === "refused") return refused(may.why);
  const now = world.clock.now();
  const until = length && now + toMs(length);
  const set: Halt = {
    by: may.name,
    why: why.slice(0, whyMax),
    ...(scope !== undefined && { scope }),
    ...(until !== undefined && { until }),
  };
  await writeHalts(world.reading.ssm, now, (halts) => [...halts.filter((one) => one.scope !== scope), set]);
  const lasting = length ? `for ${inWords(length)}` : "until somebody resumes";
  const said = `${may.name} halted ${what(scope)} ${lasting}: ${why}`;
  await tellAudit(world, botStory, `halt ${what(scope)} ${now}`, said, who);
  return done(`Halted ${what(scope)} ${lasting}. Nothing of it is changed from now on.`);
}

/** Ends halts: of this scope, of `everything`, or (`all`) each of them. Any approver may. */
export async function resume(world: Switching, who: Clicker, scope: string): Promise<Said> {
  const may = approverNamed(world.settings, who);
  if (may.kind === "refused") return refused(may.why);
  const now = world.clock.now();
  const ends = (one: Halt) => scope === "all" || what(one.scope) === scope;
  let ended: readonly Halt[] = [];
  const left = await writeHalts(world.reading.ssm, now, (halts) => {
    ended = halts.filter(ends);
    return halts.filter((one) => !ends(one));
  });
  const others = left.map((one) => what(one.scope)).join(", ");
  if (ended.length === 0) {
    const known = others ? `Halted is ${others}; name it, or say all.` : "Nothing is halted.";
    return refused(`${scope === "all" ? "" : `${scope} is not halted. `}${known}`);
  }
  const names = ended.map((one) => what(one.scope)).join(", ");
  await tellAudit(world, botStory, `resume ${scope} ${now}`, `${may.name} resumed ${names}.`, who);
  return done(`Resumed ${names}.${others && ` Still halted: ${others}.`}`);
}

/** Tells a story what a person has done. It is done already: a story that takes no line must not look as if it were not. */
export async function tellAudit(
  { stories, log }: Pick<World, "stories" | "log">,
  story: string,
  key: string,
  text: string,
  who: Clicker,
): Promise<void> {
  try {
    await stories.tell(story, key, text, signedBy(who));
  } catch (error) {
    log("error", "the audit has no line for what a person did", { story, text, by: who.id, error: String(error) });
  }
}
