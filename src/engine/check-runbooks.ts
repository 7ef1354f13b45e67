import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { type Duration, toMs } from "../clock.ts";
import type { Action } from "../runbook/action.ts";
import type { Condition } from "../runbook/condition.ts";
import { isDefined, type Runbook } from "../runbook/runbook.ts";
import type { Autonomy, Settings } from "../settings.ts";
import { inWords } from "./in-words.ts";
import { executionTimeout } from "./make-plan.ts";

/** What is wrong with something if the first part is true, and the way out. */
type Rule = readonly [isBroken: boolean, says: string];

/**
 * Finds the mistakes of authors that the compiler cannot: called when the bot is packaged and when it starts, so that
 * they fail a deployment and not an incident. What only a plan can show is refused when the plan is made.
 *
 * Answers the runbooks it was given.
 *
 * @throws BotError `bad_setting`, naming every runbook with its mistakes and what to do about each.
 */
export function checkRunbooks(runbooks: readonly Runbook[], settings: Settings): readonly Runbook[] {
  const usables = usersOf(runbooks, ({ uses }) => uses.filter(isDefined));
  const triggers = usersOf(runbooks, ({ on }) => on);
  const mistakes = [
    ...repeated(runbooks.map(({ id }) => id)).map((id) => `${id}: two runbooks are called that. Rename one.`),
    ...runbooks.flatMap((runbook) => told(runbook.id, ofRunbook(runbook))),
    ...[...usables].flatMap(([usable, by]) => told(`${usable.id} (used by ${by.join(", ")})`, ofUsable(usable))),
    ...namesakes("actions or conditions", usables),
    ...namesakes("triggers", triggers),
    ...told("paramedic.config.ts", ofSettings(runbooks, settings)),
  ];
  if (mistakes.length === 0) return runbooks;
  const lines = mistakes.map((mistake) => `  ${mistake}`).join("\n");
  throw new BotError("bad_setting", `checking the runbooks of this deployment:\n${lines}`, { mistakes });
}

const kebab = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const dotted = /^[a-z][a-z0-9-]*\.[a-z][a-z0-9-]*$/;
const operation = /^[a-z][a-z0-9-]*:[A-Z][A-Za-z0-9]*$/;
/** An execution has room for 2,500 operations, and looking once takes two; the plan has more to do than to look. */
const looksMax = 1_000;
/** `verify` of a runbook is looked at every ten seconds. */
const verifyMost: Duration = { seconds: 10 * looksMax };

function ofRunbook({ definition }: Runbook): Rule[] {
  const { id, summary, on, lane, risk, uses, limit, fleet, verify, verifyWithin } = definition;
  const twice = repeated([...on, ...uses].map((one) => one.id));
  const share = limit.share ?? 1;
  return [
    [!kebab.test(id), "its id is not in kebab-case. Write it like spot-interruption."],
    [isBlank(summary), "summary is empty. Say in a line what it is for; people read it on the card."],
    [on.length === 0, "`on` names no trigger, so it would never run. Name one."],
    [lane === "fast" && risk === "high", "its lane is fast, and a high risk asks two people. Change one of the two."],
    [twice.length > 0, `${twice.join(", ")} is named twice. Name it once.`],
    [!Number.isInteger(limit.runs) || limit.runs < 1, `limit.runs is ${limit.runs}. Give a whole number from 1 on.`],
    [!isTime(limit.within), `limit.within is ${show(limit.within)}. Give a time, such as { hours: 1 }.`],
    [!(share > 0 && share <= 1), `limit.share is ${limit.share}. Give a share above 0 and up to 1.`],
    [
      limit.share !== undefined && !fleet,
      "limit.share is a share of nothing. Say with `fleet` which part of the estate it is a share of.",
    ],
    [
      verifyWithin !== undefined && !verify,
      "verifyWithin without `verify` waits for nothing. Say with `verify` what must be true afterwards.",
    ],
    ...bounded("verifyWithin", verifyWithin, verifyMost),
  ];
}

function ofUsable({ id, kind, definition }: Action | Condition): Rule[] {
  const odd = definition.permissions.filter((permission) => !operation.test(permission));
  return [
    [!dotted.test(id), "its id is not `service.name`. Write it like ecs.drain-instance or service.latency-below."],
    [
      odd.length > 0,
      `permissions has ${odd.join(", ")}. Name single operations as IAM does, such as ecs:ListTasks; wildcards are not for the bot.`,
    ],
    [
      kind === "action" && definition.params instanceof z.ZodObject && "lease" in definition.params.shape,
      "a parameter is called lease, which says when any change is given back. Rename the parameter.",
    ],
    ...(kind === "action" ? ofAction(definition) : []),
  ];
}

function ofAction({ undo, verify, takes }: Action["definition"]): Rule[] {
  const looks = verify ? toMs(verify.within) / toMs(verify.every) : 1;
  return [
    [
      typeof undo !== "function" && isBlank(undo?.nothing),
      "it has no undo and does not say why. Write `undo`, or nothingToUndo with the reason that people will read.",
    ],
    [takes !== undefined && !isTime(takes), `takes is ${show(takes)}. Give a time, such as { seconds: 2 }.`],
    ...bounded("verify.within", verify?.within),
    ...bounded("verify.every", verify?.every),
    [looks < 1, "verify.every is longer than verify.within, so it would look once. Look more often, or wait longer."],
    [
      looks > looksMax,
      `verify looks up to ${Math.ceil(looks)} times; an execution has room for ${looksMax}. Look less often.`,
    ],
  ];
}

/** A wait that ends, and ends while an execution still runs. */
function bounded(what: string, length: Duration | undefined, most: Duration = executionTimeout): Rule[] {
  return [
    [length !== undefined && !isTime(length), `${what} is ${show(length)}. Give a time, such as { minutes: 5 }.`],
    [
      length !== undefined && toMs(length) > toMs(most),
      `${what} is ${show(length)}; an execution has room for ${inWords(most)} of it. Wait shorter, and let the next event come back to what lasts.`,
    ],
  ];
}

/** What the settings say about runbooks: names that nobody has, and what a runbook cannot be set to. */
function ofSettings(runbooks: readonly Runbook[], { autonomy, approvers, services }: Settings): Rule[] {
  const ids = runbooks.map(({ id }) => id);
  const names = services.map(({ name }) => name);
  const unknown = (where: string, name: string, kind: string, known: readonly string[]): Rule => [
    !known.includes(name),
    `${where} names ${name}, and no ${kind} is called that. There is: ${known.join(", ") || "none"}.`,
  ];
  return [
    ...Object.keys(autonomy).map((id) => unknown("autonomy", id, "runbook", ids)),
    ...Object.entries(autonomy).flatMap(([id, set]) =>
      servicesIn(set).map((name) => unknown(`autonomy of ${id}`, name, "service", names)),
    ),
    ...approvers.flatMap(({ name, may, services: of }) => [
      ...may.filter((id) => id !== "*").map((id) => unknown(`approvers: what ${name} may`, id, "runbook", ids)),
      ...of
        .filter((one) => one !== "*")
        .map((one) => unknown(`approvers: the services of ${name}`, one, "service", names)),
    ]),
    ...runbooks.flatMap(({ id, definition: { lane, risk } }): Rule[] => {
      const rungs = rungsIn(autonomy[id]);
      const needed = risk === "high" ? 2 : 1;
      const asks =
        rungs.includes("approve") || (risk === "high" && rungs.some((rung) => rung === "veto" || rung === "auto"));
      // How many are in a user group only Slack knows: more than one, or it were no group.
      const deciding = approvers
        .filter(({ may }) => may.includes("*") || may.includes(id))
        .reduce((sum, { group }) => sum + (group === undefined ? 1 : 2), 0);
      return [
        [
          lane === "fast" && rungs.includes("approve"),
          `autonomy sets ${id} to approve, but its lane is fast: it never waits for people. Set it to observe, veto or auto.`,
        ],
        [
          lane === "slow" && asks && deciding < needed,
          `autonomy has ${id} ask for ${needed}, and ${deciding} may decide. Add ${id} to what more of the approvers may.`,
        ],
      ];
    }),
  ];
}

type Rungs = Settings["autonomy"][string];
const rungsIn = (set: Rungs | undefined): Autonomy[] =>
  typeof set === "object" ? [set.otherwise, ...Object.values(set.services)] : set ? [set] : [];
const servicesIn = (set: Rungs): string[] => (typeof set === "object" ? Object.keys(set.services) : []);

/** Everything that runbooks name in one place, and the runbooks that name it. */
function usersOf<T>(
  runbooks: readonly Runbook[],
  named: (definition: Runbook["definition"]) => readonly T[],
): ReadonlyMap<T, readonly string[]> {
  const users = new Map<T, string[]>();
  for (const { id, definition } of runbooks) {
    for (const one of new Set(named(definition))) users.set(one, [...(users.get(one) ?? []), id]);
  }
  return users;
}

/** Different things of one kind that have the same id. */
function namesakes(kind: string, users: ReadonlyMap<{ readonly id: string }, readonly string[]>): string[] {
  return repeated([...users.keys()].map(({ id }) => id)).map((id) => {
    const by = [...users].flatMap(([one, by]) => (one.id === id ? by : []));
    return `${id}: two different ${kind} are called that, in ${[...new Set(by)].join(" and ")}. Rename one.`;
  });
}

const told = (what: string, rules: readonly Rule[]): string[] =>
  rules.filter(([isBroken]) => isBroken).map(([, says]) => `${what}: ${says}`);

const repeated = (ids: readonly string[]): string[] => [
  ...new Set(ids.filter((id, index) => ids.indexOf(id) !== index)),
];

const isBlank = (text: string | undefined): boolean => !text?.trim();
const isTime = (length: Duration): boolean => toMs(length) > 0 && Number.isFinite(toMs(length));
const show = (length: Duration | undefined): string => JSON.stringify(length);
