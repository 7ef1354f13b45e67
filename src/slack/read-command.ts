import type { Duration } from "../clock.ts";
import { readDuration } from "../read-duration.ts";
import { type Level, levels } from "../runbook/look/service.ts";
import { isResource } from "../runbook/resource.ts";
import { nearest } from "../nearest.ts";

/** What somebody typed after `/paramedic`, understood. */
export type Command =
  | { readonly kind: "status" | "incidents" | "runbooks" }
  | { readonly kind: "help"; readonly about?: Verb }
  | { readonly kind: "explain" | "plan"; readonly incident: string }
  | { readonly kind: "run"; readonly incident: string; readonly why: string }
  | { readonly kind: "start"; readonly runbook: string; readonly target: string; readonly why: string }
  | { readonly kind: "halt"; readonly scope?: string; readonly for?: Duration; readonly why: string }
  | { readonly kind: "resume"; readonly scope: string }
  | { readonly kind: "levels" | "circuits" | "frozen" | "trust" }
  | {
      readonly kind: "level";
      readonly service: string;
      readonly level: Level;
      readonly for?: Duration;
      readonly why: string;
    }
  | {
      readonly kind: "circuit";
      readonly circuit: string;
      readonly to: "open" | "closed" | "release";
      readonly for?: Duration;
      readonly why: string;
    }
  | { readonly kind: "restore"; readonly runbook: string; readonly service?: string }
  | { readonly kind: "wrong"; readonly why: string; readonly about?: Verb };

/** Every command, how it is typed, and what it is for. */
export const verbs = {
  status: ["status", "what is going on: the switch, open incidents, questions, levels, circuits, leases"],
  incidents: ["incidents", "the latest incidents and how they ended"],
  explain: ["explain INCIDENT|last", "one incident: why, what was done, and its whole story"],
  plan: ["plan INCIDENT|last", "the plan of an incident, step by step"],
  run: [
    "run RUNBOOK TARGET|INCIDENT [because WHY]",
    "looks at a service or a circuit with a runbook, or at the same again; somebody else approves",
  ],
  halt: ["halt [WHAT] [for 30m] [because WHY]", "stops everything, or service/chat, runbook/degrade, instance/i-0abc"],
  resume: ["resume [WHAT|all]", "ends a halt"],
  freeze: ["freeze [WHAT for 2h [because WHY]]", "a halt that is announced and ends by itself; alone: what is frozen"],
  level: ["level [SERVICE LEVEL [for 1h] [because WHY]]", "how much of itself a service shows; alone: all of them"],
  circuit: ["circuit [NAME open|closed|release [for 1h] [because WHY]]", "holds a circuit; alone: all of them"],
  runbooks: ["runbooks", "every runbook, and how far it may go by itself"],
  trust: ["trust [restore RUNBOOK [SERVICE]]", "how far each runbook has earned to go; restores one that was demoted"],
  help: ["help [COMMAND]", "this"],
} as const;
export type Verb = keyof typeof verbs;
const allVerbs = Object.keys(verbs);

/** Words that people type for what we call otherwise. */
const otherWords: ReadonlyMap<string, Verb> = new Map([
  ["stop", "halt"],
  ["pause", "halt"],
  ["unhalt", "resume"],
  ["continue", "resume"],
  ["unfreeze", "resume"],
  ["list", "incidents"],
  ["runs", "incidents"],
  ["why", "explain"],
  ["show", "explain"],
  ["rerun", "run"],
  ["levels", "level"],
  ["circuits", "circuit"],
  ["runbook", "runbooks"],
  ["?", "help"],
]);

/** The names that may be meant. */
export interface Known {
  readonly runbooks: readonly string[];
  readonly services: readonly string[];
  readonly circuits: readonly string[];
}

/** Reads what was typed. What cannot be read says why, with the nearest that can. Never throws. */
export function readCommand(text: string, known: Known): Command {
  const [first = "status", ...rest] = text.trim().split(/\s+/).filter(Boolean);
  const typed = first.toLowerCase();
  const verb = isVerb(typed) ? typed : otherWords.get(typed);
  if (!verb) return wrong(`There is no command “${first}”.${meant(typed, [...allVerbs, ...otherWords.keys()])}`);
  return commands[verb](readTail(rest.join(" ")), known);
}

const isVerb = (word: string): word is Verb => Object.hasOwn(verbs, word);
const wrong = (why: string, about?: Verb): Command => ({ kind: "wrong", why, ...(about && { about }) });
const meant = (typed: string, words: readonly string[]): string => {
  const near = nearest(typed, words);
  return near === undefined ? "" : ` Did you mean “${near}”?`;
};

/** `service/chat for 30m because we deploy`: words, how long, and why, each of which may be missing. */
interface Tail {
  readonly words: readonly string[];
  readonly for?: Duration;
  /** Said, but no length of time. */
  readonly badLength?: string;
  readonly why?: string;
}

function readTail(text: string): Tail {
  const [, before = text, why] = /^(.*?)\s*\bbecause\s+(.+)$/is.exec(text) ?? [];
  const [, words = before, length] = /^(.*?)\s*\bfor\s+(.+?)\s*$/i.exec(before) ?? [];
  const read = length === undefined ? undefined : readDuration(length);
  return {
    words: words.split(/\s+/).filter(Boolean),
    ...(read && { for: read }),
    ...(length !== undefined && !read && { badLength: length }),
    ...(why !== undefined && { why: why.trim().slice(0, 500) }),
  };
}

const commands: Readonly<Record<Verb, (tail: Tail, known: Known) => Command>> = {
  status: () => ({ kind: "status" }),
  incidents: () => ({ kind: "incidents" }),
  runbooks: () => ({ kind: "runbooks" }),
  help: ({ words: [about = ""] }) => (isVerb(about) ? { kind: "help", about } : { kind: "help" }),
  explain: ({ words: [incident = "last"] }) => ({ kind: "explain", incident }),
  plan: ({ words: [incident = "last"] }) => ({ kind: "plan", incident }),
  run: ({ words, why = "no reason given" }, { runbooks }) => {
    const [first, target, ...more] = words.filter((word) => word !== "on");
    if (first === undefined)
      return wrong("Say which runbook looks at what, or which incident is looked at again.", "run");
    const name = first.replace(/^runbook\//, "");
    if (!runbooks.includes(name)) {
      return target === undefined
        ? { kind: "run", incident: first, why }
        : wrong(`There is no runbook “${name}”.${meant(name, runbooks)}`, "run");
    }
    if (target === undefined) return wrong(`Say what ${name} is to look at, such as a service.`, "run");
    if (more.length > 0) return wrong(`What is “${more.join(" ")}”? Say why after “because”.`, "run");
    return { kind: "start", runbook: name, target, why };
  },
  halt: (tail, known) => halting("halt", tail, known),
  freeze: (tail, known) => {
    if (tail.words.length === 0 && !tail.for && tail.badLength === undefined) return { kind: "frozen" };
    return tail.for || tail.badLength !== undefined
      ? halting("freeze", tail, known)
      : wrong("A freeze has an end: say for how long.", "freeze");
  },
  resume: ({ words: [what = "everything"] }, known) => {
    if (what === "all" || what === "everything") return { kind: "resume", scope: what };
    return { kind: "resume", scope: scopeMeant(what, known) ?? what };
  },
  level: ({ words, ...tail }, { services }) => {
    const [service, level] = words;
    if (service === undefined) return { kind: "levels" };
    const name = service.replace(/^service\//, "");
    if (!services.includes(name)) return wrong(`There is no service “${name}”.${meant(name, services)}`, "level");
    if (level === undefined) return { kind: "levels" };
    if (!isLevel(level))
      return wrong(`There is no level “${level}”: ${levels.join(", ")}.${meant(level, levels)}`, "level");
    return timed("level", tail, { kind: "level", service: name, level });
  },
  circuit: ({ words: [circuit, to], ...tail }, { circuits }) => {
    if (circuit === undefined) return { kind: "circuits" };
    if (!circuits.includes(circuit))
      return wrong(`The settings name no circuit “${circuit}”.${meant(circuit, circuits)}`, "circuit");
    if (to === undefined) return { kind: "circuits" };
    const will = wills.get(to);
    if (!will)
      return wrong(
        `A circuit is held open or closed, or released.${meant(to, ["open", "closed", "release"])}`,
        "circuit",
      );
    return timed("circuit", tail, { kind: "circuit", circuit, to: will });
  },
  trust: ({ words: [verb, runbook, service] }, { runbooks, services }) => {
    if (verb === undefined) return { kind: "trust" };
    if (verb !== "restore" || runbook === undefined) return wrong("Trust is looked at, or restored.", "trust");
    if (!runbooks.includes(runbook))
      return wrong(`There is no runbook “${runbook}”.${meant(runbook, runbooks)}`, "trust");
    const name = service?.replace(/^service\//, "");
    if (name !== undefined && !services.includes(name))
      return wrong(`There is no service “${name}”.${meant(name, services)}`, "trust");
    return { kind: "restore", runbook, ...(name !== undefined && { service: name }) };
  },
};

/** What can be done with a circuit, in the words that people use. */
const wills: ReadonlyMap<string, "open" | "closed" | "release"> = new Map([
  ["open", "open"],
  ["close", "closed"],
  ["closed", "closed"],
  ["release", "release"],
]);

const isLevel = (word: string): word is Level => levels.some((level) => level === word);

/** Adds how long and why to what is set by hand. */
function timed<T extends { kind: "level" | "circuit" }>(about: Verb, tail: Omit<Tail, "words">, what: T) {
  if (tail.badLength !== undefined) return badLength(tail.badLength, about);
  return { ...what, ...(tail.for && { for: tail.for }), why: tail.why ?? "no reason given" };
}

const badLength = (length: string, about: Verb): Command =>
  wrong(`“${length}” is no length of time. Say 30m, 2h or 1d.`, about);

function halting(about: "halt" | "freeze", { words, badLength: bad, ...tail }: Tail, known: Known): Command {
  if (bad !== undefined) return badLength(bad, about);
  const [what, ...more] = words;
  if (more.length > 0)
    return wrong(`What is “${more.join(" ")}”? Say why after “because”, and how long after “for”.`, about);
  const scope = what === undefined || what === "everything" || what === "all" ? undefined : scopeMeant(what, known);
  if (what !== undefined && scope === undefined && what !== "everything" && what !== "all") {
    return wrong(`Nothing is called “${what}”.${meant(what, allScopes(known))} Nothing was halted.`, about);
  }
  return {
    kind: "halt",
    ...(scope !== undefined && { scope }),
    ...(tail.for && { for: tail.for }),
    why: tail.why ?? "no reason given",
  };
}

const allScopes = ({ runbooks, services, circuits }: Known): string[] => [
  ...services.flatMap((service) => [service, `service/${service}`]),
  ...runbooks.flatMap((runbook) => [runbook, `runbook/${runbook}`]),
  ...circuits.map((circuit) => `circuit/${circuit}`),
];

/** `chat` is a service, `degrade` a runbook, `i-0abc` an instance; whatever has its kind before a slash is what it says. */
function scopeMeant(what: string, { runbooks, services }: Known): string | undefined {
  if (services.includes(what)) return `service/${what}`;
  if (runbooks.includes(what)) return `runbook/${what}`;
  if (/^i-[0-9a-f]+$/.test(what)) return `instance/${what}`;
  const [kind = "", ...rest] = what.split("/");
  const name = rest.join("/");
  // A service or runbook that there is not would be halted to no effect, and nobody would know.
  if (kind === "service") return services.includes(name) ? what : undefined;
  if (kind === "runbook") return runbooks.includes(name) ? what : undefined;
  return isResource(what) ? what : undefined;
}
