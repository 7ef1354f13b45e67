import { expect } from "vitest";
import type { Fault } from "../../sim/faults.ts";
import type { Fate } from "../support/plain-steps.ts";
import type { Seen } from "./seen.ts";

/** Something that goes wrong around one action, what must hold all the same, and how the table says what came of it. */
export interface Trouble {
  readonly name: string;
  /** Trouble on the way to the one call that changes something… */
  readonly faults?: readonly Pick<Fault, "kind" | "times">[];
  /** …of the undo, not of the action. */
  readonly onTheWayBack?: boolean;
  /** What becomes of the first try's sandbox. */
  readonly fate?: Fate;
  readonly twice?: boolean;
  /** What happens to the target: `theirs` between do and undo, the others before the action comes. */
  readonly happens?: "goes" | "already" | "half" | "theirs";
  readonly holds: (seen: Seen) => void;
  readonly inWords: (seen: Seen) => string;
}

/**
 * What holds whatever happens: the change is made at most once; what was changed is in the journal for the undo to find;
 * an undo that could be asked for leaves nothing; looks change nothing; and nothing is called that is not declared.
 */
export function promisesKept(seen: Seen): void {
  expect(seen.changes, "changes made").toBeLessThanOrEqual(1);
  if (seen.changes > 0) expect(["intended", "done"], "its state in the journal").toContain(seen.entry);
  if (seen.acted.kind === "done") expect(seen.entry).toBe("done");
  if (seen.acted.kind === "failed") {
    expect(seen.story.join("\n"), "the story").toContain(seen.acted.why.replace("could not", "Could not"));
  }
  expect(seen.backs, "changes made by the undo").toBeLessThanOrEqual(1);
  if (seen.changes === 0) expect(seen.backs, "undone without having been done").toBe(0);
  expect(seen.restlessLooks, "looks that tried to change something").toEqual([]);
  expect(seen.undeclared, "calls that are not declared").toEqual([]);
}

const hasUndo = ({ action }: Seen): boolean => typeof action.undo === "function";

/** Done, or counted as done where nobody can look and a wrong guess harms nobody, because it ends by itself. */
function isDoneOrEndsByItself(seen: Seen): void {
  expect(seen.acted).toMatchObject({ kind: "done" });
  if (hasUndo(seen)) expect(seen.isDone, "the change is in place").toBe(true);
  isTakenBack(seen);
}

function isTakenBack(seen: Seen): void {
  expect(seen.undone.stuck).toEqual([]);
  if (hasUndo(seen)) expect(seen.isBack, "the target is as it was").toBe(true);
}

function nothingChanged(seen: Seen): void {
  expect(seen.changes).toBe(0);
  expect(seen.isBack, "the target is as it was").toBe(true);
}

/** A sentence that says how the bot got there. */
function wayThere(seen: Seen): string {
  if (seen.acted.kind === "failed") return seen.changes === 0 ? "fails, nothing is changed" : "fails, and is undone";
  if (!seen.isDone) return "not known, counts as done";
  if (seen.attempts <= 1) return "looked up: done once";
  return seen.action.keyed ? "asked again with the same token: done once" : "looked up, tried again: done once";
}

const passes = (name: string, kind: Fault["kind"]): Trouble => ({
  name,
  faults: [{ kind, times: 1 }],
  holds: isDoneOrEndsByItself,
  inWords: wayThere,
});

const isUndoneOnce: Pick<Trouble, "holds" | "inWords"> = {
  holds(seen) {
    expect(seen.acted).toMatchObject({ kind: "done" });
    expect(seen.backs).toBe(1);
    isTakenBack(seen);
  },
  inWords: ({ backTries }) => (backTries > 1 ? "tried again: back once" : "looked up: back once"),
};

/** Trouble on the way there, in the order of the table. */
export const onTheWay: readonly Trouble[] = [
  {
    name: "none",
    holds(seen) {
      isDoneOrEndsByItself(seen);
      expect(seen.changes).toBe(1);
      expect(seen.isDone).toBe(true);
    },
    inWords: ({ action: { undo } }) =>
      typeof undo === "function" ? "done once, put back" : `done once; no undo: ${undo.nothing}`,
  },
  passes("answer lost", "lost-response"),
  passes("connection reset", "reset-before"),
  {
    name: "throttled twice",
    faults: [{ kind: "throttle", times: 2 }],
    holds(seen) {
      isDoneOrEndsByItself(seen);
      expect(seen.tries).toBe(3);
      expect(seen.isDone).toBe(true);
    },
    inWords: () => "tried again: done once",
  },
  passes("server error", "server-error"),
  passes("no answer", "hang"),
  {
    name: "not allowed",
    faults: [{ kind: "denied" }],
    holds(seen) {
      expect(seen.acted).toMatchObject({ kind: "failed" });
      nothingChanged(seen);
      expect(seen.tries, "asks again what will be refused again").toBe(1);
      const why = seen.acted.kind === "failed" ? seen.acted.why : "";
      const named = seen.action.permissions.filter((permission) => why.includes(permission));
      expect(named, `the permission in: ${why}`).not.toEqual([]);
      expect(why, "the way out").toContain("docs/operating.md");
    },
    inWords: () => "fails, nothing is changed; names the permission",
  },
  { name: "sandbox dies before it", fate: "dies before", holds: isDoneOrEndsByItself, inWords: wayThere },
  { name: "sandbox dies after it", fate: "dies after", holds: isDoneOrEndsByItself, inWords: wayThere },
];

/** Trouble with the target and on the way back, in the order of the table. */
export const around: readonly Trouble[] = [
  {
    name: "target gone",
    happens: "goes",
    holds(seen) {
      expect(["done", "failed"]).toContain(seen.acted.kind);
      if (seen.acted.kind === "failed") expect(seen.changes).toBe(0);
      expect(seen.undone.stuck).toEqual([]);
    },
    inWords: (seen) =>
      seen.acted.kind === "failed" ? wayThere(seen) : seen.changes > 0 ? "done all the same" : "nothing to do",
  },
  {
    name: "already done",
    happens: "already",
    holds(seen) {
      expect(seen.acted).toMatchObject({ kind: "done" });
      expect(seen.undone.stuck).toEqual([]);
      expect(seen.isDoneStill, "what was not its own is left").toBe(true);
    },
    inWords: ({ changes }) =>
      changes === 0 ? "nothing to do, and left so" : "done over it; the undo puts theirs back",
  },
  {
    name: "half done",
    happens: "half",
    holds(seen) {
      if (seen.acted.kind === "done") expect(seen.isDone, "the rest is done as well").toBe(true);
      expect(seen.undone.stuck).toEqual([]);
    },
    inWords: (seen) =>
      seen.acted.kind === "done" ? (seen.changes > 0 ? "the rest is done" : "nothing to do") : wayThere(seen),
  },
  {
    name: "changed by others since",
    happens: "theirs",
    holds(seen) {
      expect(seen.undone.stuck).toEqual([]);
      expect(seen.isTheirs, "their change stands").toBe(true);
    },
    inWords: ({ backs }) => (backs === 0 ? "left alone" : "undone beside it; theirs stands"),
  },
  {
    name: "ended from outside before it",
    fate: "ends before",
    holds(seen) {
      nothingChanged(seen);
      expect(seen.entry).toBe("intended");
      expect(seen.undone.stuck).toEqual([]);
    },
    inWords: ({ undone }) =>
      undone.undone.length === 0 ? "looked up: nothing to take back" : "not known, nothing to take back",
  },
  {
    name: "ended from outside after it",
    fate: "ends after",
    holds(seen) {
      expect(seen.changes).toBe(1);
      expect(seen.entry).toBe("intended");
      isTakenBack(seen);
    },
    inWords: (seen) => (hasUndo(seen) ? "looked up, taken back" : "stays"),
  },
  {
    name: "every step runs twice",
    twice: true,
    holds: isDoneOrEndsByItself,
    inWords: ({ isDone, action }) =>
      !isDone ? "not known, counts as done" : typeof action.undo === "function" ? "done once, back once" : "done once",
  },
  { name: "undo's answer lost", onTheWayBack: true, faults: [{ kind: "lost-response", times: 1 }], ...isUndoneOnce },
  {
    name: "undo throttled, reset, failing, unanswered",
    onTheWayBack: true,
    faults: (["throttle", "reset-before", "server-error", "hang"] as const).map((kind) => ({ kind, times: 1 })),
    ...isUndoneOnce,
  },
  {
    name: "undo not allowed",
    onTheWayBack: true,
    faults: [{ kind: "denied" }],
    holds(seen) {
      expect(seen.undone.stuck).toHaveLength(1);
      expect(seen.backs).toBe(0);
      expect(seen.isDoneStill).toBe(true);
      expect(seen.story.join("\n")).toContain("Could not undo");
      expect(seen.isBackLater, "back as soon as it is allowed").toBe(true);
    },
    inWords: () => "people are told; back once allowed",
  },
];
