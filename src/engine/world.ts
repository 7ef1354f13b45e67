import type { Aws } from "../aws/clients.ts";
import type { Halt } from "../aws/switches.ts";
import type { Table } from "../aws/table.ts";
import type { Clock } from "../clock.ts";
import type { Incidents } from "../incidents/incidents.ts";
import type { Stories } from "../incidents/story.ts";
import type { Incident } from "../incidents/incident.ts";
import type { Look } from "../runbook/look.ts";
import type { Runbook } from "../runbook/runbook.ts";
import type { Settings } from "../settings.ts";
import type { Approval, Approvals } from "./approvals.ts";
import type { Detectors } from "./detectors.ts";
import type { Durations } from "./durations.ts";
import type { Journal } from "./journal.ts";
import type { Ledger } from "./ledger.ts";
import type { Trust } from "./trust.ts";
import type { Line } from "../incidents/story.ts";

/** What the bot says to people. A view of the truth in the table: when it fails, nothing else may. */
export interface Chat {
  /**
   * Makes the incident's card show its present state; posts it if there is none. Answers where it is, and whether it is
   * whole: one that has just been posted may want to be shown once more, for what takes longer.
   */
  show(view: {
    incident: Incident;
    approval?: Approval;
    story: readonly Line[];
    /** Whether something that was changed for it still stands, although it is closed. */
    stands?: boolean;
  }): Promise<{ channel: string; ts: string; chart?: string; isWhole?: boolean }>;
  /** Adds a line to the thread under the card, and calls these people by their Slack ids. */
  tell(card: { channel: string; ts: string }, text: string, calls?: readonly string[]): Promise<void>;
}

/** What an execution is started with. No clock and no chance in it: the same name with another payload is an error. */
export type Request =
  | { readonly kind: "remediate" | "undo"; readonly incident: string; readonly runbook: string }
  | { readonly kind: "canary"; readonly sentAt: number };

/** The durable executions of the bot. */
export interface Executions {
  /** Starts an execution, or finds the one already started under this name. */
  start(name: string, request: Request): Promise<void>;
  /** Wakes an execution that waits for people. Waking one that no longer waits does nothing. */
  wake(callbackId: string): Promise<void>;
}

/** Everything outside the process, as one typed object. Whoever owns the world owns time, state, chat and chance. */
export interface World {
  readonly settings: Settings;
  readonly runbooks: readonly Runbook[];
  readonly clock: Clock;
  readonly table: Table;
  readonly incidents: Incidents;
  readonly stories: Stories;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly approvals: Approvals;
  readonly trust: Trust;
  readonly durations: Durations;
  readonly detectors: Detectors;
  readonly look: Look;
  /** For looking: reads are repeated. */
  readonly reading: Aws;
  /** For changing: nothing is repeated. Only an action's `do` and `undo` are given it. */
  readonly acting: Aws;
  readonly chat: Chat;
  readonly executions: Executions;
  /** The halts in force, read from the source every time. @throws when they cannot be read: then nothing may be changed. */
  halts(): Promise<readonly Halt[]>;
  /** Whether a maintenance calendar is closed now, and which. */
  maintenance(): Promise<string | undefined>;
  /** Wakes people. */
  page(subject: string, text: string): Promise<void>;
  log(level: "info" | "warn" | "error", message: string, facts?: Record<string, unknown>): void;
}

/** As much of the world as it takes to take events in and to start remediations. */
export type Receiving = Pick<
  World,
  "settings" | "runbooks" | "clock" | "table" | "incidents" | "stories" | "executions" | "log"
>;

/** The same, and what it takes to score samples. */
export type Scoring = Receiving & Pick<World, "detectors">;
