import type { Acted } from "../../src/engine/act.ts";
import type { Entry } from "../../src/engine/journal.ts";
import type { Undone } from "../../src/engine/undo.ts";
import type { ActionDefinition } from "../../src/runbook/action.ts";

/** What a rehearsal came to: the change and the way back, as the simulated world and the journal have them. */
export interface Seen {
  readonly action: ActionDefinition;
  /** `ended`: the execution was ended from outside before it could say. */
  readonly acted: Acted | { readonly kind: "ended" };
  /** How often the engine began, how often the change was asked for, and how often the world was different for it. */
  readonly attempts: number;
  readonly tries: number;
  readonly changes: number;
  readonly isDone: boolean;
  /** How the journal has it before the undo. */
  readonly entry: Entry["state"] | undefined;
  readonly undone: Undone;
  /** How often the way back was asked for, and how often anything in the world was different for it. */
  readonly backTries: number;
  readonly backs: number;
  /** After the undo. */
  readonly isDoneStill: boolean;
  readonly isBack: boolean;
  readonly isTheirs: boolean;
  /** After another undo without the trouble, where the first was stuck. */
  readonly isBackLater: boolean;
  readonly story: readonly string[];
  /** Calls that the action does not declare, and looks that tried to change something. None, ever. */
  readonly undeclared: readonly string[];
  readonly restlessLooks: readonly string[];
}
