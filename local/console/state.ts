import type { Incident } from "../../src/incidents/incident.ts";
import type { Line } from "../../src/incidents/story.ts";

/** One message of the Slack channel, as Slack's API gives it, with the thread under it. */
export interface ChannelMessage {
  readonly ts: string;
  readonly user: string;
  readonly text: string;
  /** Block Kit, as the bot posted it. */
  readonly blocks: readonly unknown[];
  readonly replies: readonly { readonly ts: string; readonly user: string; readonly text: string }[];
}

/** One point of a series with what the detector thought of it at the time. */
export interface SeriesPoint {
  readonly at: number;
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
  readonly anomalous?: boolean;
}

/** Everything the console shows, as plain JSON, read anew for every request. */
export interface ConsoleState {
  /** Simulated time in milliseconds, and how fast it runs. */
  readonly now: number;
  readonly speed: number;
  readonly halted?: { readonly by: string; readonly why: string };
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
  }[];
  readonly queue: { readonly name: string; readonly waiting: number; readonly inFlight: number; readonly done: number };
  readonly services: readonly {
    readonly name: string;
    readonly level: string;
    readonly points: readonly SeriesPoint[];
    readonly highMs: number;
  }[];
  readonly incidents: readonly (Incident & { readonly story: readonly Line[] })[];
  readonly channel: readonly ChannelMessage[];
  /** People whom one can be in the console: approvers and somebody who is none. */
  readonly people: readonly { readonly id: string; readonly name: string; readonly approver: boolean }[];
  readonly unread: readonly { readonly why: string; readonly count: number }[];
}

/** What a click in Slack was answered with. */
export interface ClickAnswer {
  readonly status: number;
  /** What Slack would show only to the person who clicked, if anything. */
  readonly text?: string;
}

/** Things that can be made to happen to the estate from the console. */
export const mishaps = ["interrupt", "slow", "recover", "halt", "resume", "skip-minute", "skip-ten-minutes"] as const;
export type Mishap = (typeof mishaps)[number];

/** What the console page is a view of. The local stack provides it; tests provide a small one. */
export interface ConsoleSource {
  state(): Promise<ConsoleState>;
  /** Clicks a button in Slack as this person: a signed request through the real receiver. */
  click(click: { user: string; ts: string; actionId: string; value: string }): Promise<ClickAnswer>;
  cause(mishap: Mishap): Promise<void>;
}
