import type { Halt } from "../../src/aws/switches.ts";
import type { StateKind } from "../../src/client/circuit/machine.ts";
import type { Duration } from "../../src/clock.ts";
import type { Approval } from "../../src/engine/approvals.ts";
import type { Entry } from "../../src/engine/journal.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Line } from "../../src/incidents/story.ts";
import type { Autonomy } from "../../src/settings.ts";

/** One message of the Slack channel, as Slack's API gives it, with the thread under it. */
export interface ChannelMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  /** Block Kit, as the bot posted it. */
  readonly blocks: readonly unknown[];
  readonly replies: readonly { readonly ts: string; readonly user: string; readonly text: string }[];
}

/** One point of a signal with what the detector thought of it at the time. */
export interface SignalPoint {
  readonly at: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  /** The detector's severity: 0 or more, and 1 is a clear incident if it lasts. */
  readonly severity?: number;
  readonly anomalous?: boolean;
}

/** One series of measurements that the bot listens to. */
export interface ShownSignal {
  readonly id: string;
  /** What is measured, such as `LatencyMs`, and of what, such as `chat`. */
  readonly name: string;
  readonly about: string;
  readonly unit: "ms" | "%" | "";
  /** From where on it is trouble, if the settings say so. */
  readonly bound?: number;
  readonly points: readonly SignalPoint[];
}

/** A story and whether its chain of hashes holds. */
export interface ShownStory {
  readonly story: readonly Line[];
  /** The first line that does not fit the chain, by its `seq`: somebody has changed it or one before it. */
  readonly brokenAt?: number;
}

/** An incident with all that is known of it. */
export interface ShownIncident extends Incident, ShownStory {
  /** What was changed for it, with the state before and after. */
  readonly journal: readonly Entry[];
  /** The latest question that people were asked about it. */
  readonly approval?: Approval;
  /** What its plan adds to the bill while it stands, in US dollars an hour. `null`: nobody knows. */
  readonly usdPerHour?: number | null;
}

/** How much of a limit is used. */
export interface Used {
  readonly of: string;
  readonly used: number;
  readonly most: number;
  readonly unit: "" | "$/h" | "%";
  readonly why: string;
}

/** How far a runbook may go by itself, and what that rests on. */
export interface ShownRunbook {
  readonly id: string;
  readonly summary: string;
  readonly isHighRisk: boolean;
  readonly within: Duration;
  /** One for each service, and one for all that is of no service. */
  readonly autonomy: readonly {
    readonly service?: string;
    readonly configured: Autonomy;
    /** Less than configured: it was demoted. */
    readonly allowed: Autonomy;
    readonly ok: number;
    readonly of: number;
    /** What the share of successes certainly is at least, 0 to 1. */
    readonly atLeast: number;
    readonly demotedFor?: string;
  }[];
}

/** What bounds the bot and what it holds: everything that has an end or a limit. */
export interface Bounds {
  readonly circuits: readonly {
    readonly name: string;
    readonly kind: StateKind;
    readonly why?: string;
    /** When it is tried again or given back. */
    readonly until?: number;
    /** The share of calls that go, on the way back. */
    readonly share?: number;
  }[];
  readonly leases: readonly { readonly incident: string; readonly does: string; readonly until: number }[];
  readonly limits: readonly Used[];
  /** A storm is on until then: nothing is changed. */
  readonly stormUntil?: number;
  readonly quarantine: readonly { readonly pool: string; readonly until: number }[];
  readonly runbooks: readonly ShownRunbook[];
}

/** Everything the console shows, as plain JSON, read anew for every request. */
export interface ConsoleState {
  /** Simulated time in milliseconds, and how fast it runs. */
  readonly now: number;
  readonly speed: number;
  readonly halts: readonly Halt[];
  readonly fleet: readonly {
    readonly instanceId: string;
    readonly zone: string;
    readonly type: string;
    /** EC2's state, such as `running`; `interrupted` once EC2 has said that it takes it back. */
    readonly state: string;
    readonly ecs: string;
    readonly tasks: number;
    /** When EC2 gave notice; it takes the instance two minutes later. */
    readonly interruptedAt?: number;
    readonly endedAt?: number;
  }[];
  readonly queue: { readonly name: string; readonly waiting: number; readonly inFlight: number; readonly done: number };
  readonly services: readonly {
    readonly name: string;
    readonly level: string;
    /** When the level goes back by itself, and why it is not full. */
    readonly until?: number;
    readonly why?: string;
  }[];
  readonly signals: readonly ShownSignal[];
  readonly incidents: readonly ShownIncident[];
  readonly bounds: Bounds;
  /** What people did to the bot as a whole. */
  readonly bot: ShownStory;
  readonly channel: readonly ChannelMessage[];
  /** The bot's home in Slack, as Block Kit, for those who have opened it. */
  readonly homes: Readonly<Record<string, readonly unknown[]>>;
  /** People whom one can be in the console: approvers and somebody who is none. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly approver: boolean }[];
  readonly unread: readonly { readonly why: string; readonly count: number }[];
  /** Troubles that can be ended, and are on now. */
  readonly troubles: readonly Mishap[];
}

/** A form that Slack shows in a window of its own. */
export interface ShownView {
  readonly callback_id?: string;
  readonly private_metadata?: string;
  readonly title?: unknown;
  readonly submit?: unknown;
  readonly close?: unknown;
  readonly blocks: readonly unknown[];
}

/** What was done in Slack was answered with. */
export interface SlackAnswer {
  readonly status: number;
  /** What Slack would show only to the person who did it, if anything. */
  readonly text?: string;
  /** The same as Block Kit, where the bot answers with more than text. */
  readonly blocks?: readonly unknown[];
  /** The form that Slack opens now, or shows in the place of the one that was submitted. */
  readonly view?: ShownView;
  /** What is wrong with the form, by the block it is about. It stays open. */
  readonly errors?: Readonly<Record<string, string>>;
}

/** A form as somebody has filled it in. */
export interface Filled {
  readonly user: string;
  readonly view: { readonly callback_id?: string | undefined; readonly private_metadata?: string | undefined };
  /** By block: text, or what was chosen. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

/** Things that can be made to happen to the estate from the console. */
export const mishaps = [
  "interrupt",
  "reclaim-pool",
  "slow",
  "recover",
  "break-provider",
  "mend-provider",
  "flood",
  "leak",
  "mend-leak",
  "halt",
  "resume",
  "skip-minute",
  "skip-ten-minutes",
  "skip-half-hour",
  "skip-to-next",
] as const;
export type Mishap = (typeof mishaps)[number];

/** What the console page is a view of. The local stack provides it; tests provide a small one. */
export interface ConsoleSource {
  state(): Promise<ConsoleState>;
  /** Clicks a button in Slack as this person: a signed request through the real receiver. */
  click(click: { user: string; ts: string; actionId: string; value: string }): Promise<SlackAnswer>;
  /** Submits a form. */
  submit(filled: Filled): Promise<SlackAnswer>;
  /** Types `/paramedic` and this. */
  command(command: { user: string; text: string }): Promise<SlackAnswer>;
  /** Opens the bot's home. */
  openHome(who: { user: string }): Promise<SlackAnswer>;
  /** A picture on a card, as PNG, by Slack's id of the file. `undefined`: there is none. */
  picture(id: string): Uint8Array | undefined;
  cause(mishap: Mishap): Promise<void>;
}
