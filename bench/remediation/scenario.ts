import type { Timeline } from "./plot.ts";
import type { Traces } from "./traces.ts";

/** How one controller fared in one seeded world. */
export interface Run {
  /** What was lost, in the scenario's unit: the less the better. */
  readonly loss: number;
  /** What else was measured, by name with its unit last. Averaged over seeds. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Times in seconds, one an incident; `Infinity`: never. Pooled over seeds into median, p90 and the share missed. */
  readonly delays?: Readonly<Record<string, readonly number[]>>;
  /** Of the bot alone. */
  readonly actions?: Actions;
  /** Times people were asked or woken. */
  readonly prompts?: number;
}

/** Changes to the estate that a run made. */
export interface Actions {
  readonly taken: number;
  /** Without a fault at that time, or on another resource than the faulty one. */
  readonly wrong: number;
  /** Of how many it was tried what would have been without them, and how often that was better. */
  readonly tested: number;
  readonly harmful: number;
}

/** The same world, seed for seed, under each controller. */
export interface Trial {
  readonly bot: Run;
  readonly baselines: Readonly<Record<string, Run>>;
  /** The physical limit, or what somebody who knows the future would lose. */
  readonly oracle: Run;
  /** One incident under each controller, for the report. */
  readonly timeline?: Timeline;
}

/** A figure to be reached, of the bot: `metric` names one of its metrics, `<delay>.median` and the like, or a field of the summary. */
export interface Goal {
  readonly metric: string;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly says: string;
}

/** Worlds from recorded traces in which something goes wrong, or nothing does. */
export interface Scenario {
  /** `S1` to `S12`. */
  readonly id: string;
  readonly title: string;
  /** For whoever reads the report: what happens, and what is lost. */
  readonly about: string;
  /** Simulated days of one seed. */
  readonly days: number;
  readonly lossUnit: string;
  /** The baseline that stands for what users have: recovered share is measured against it. */
  readonly against: string;
  readonly goals: readonly Goal[];
  /** Two metrics that are at odds, for a picture of all controllers: the one across, the one up. */
  readonly atOdds?: readonly [across: string, up: string];
  /** Reads its traces. @throws BotError `bad_input`, naming file and place, when they are missing or of another format. */
  readonly open: (traces: Traces) => Worlds;
}

export interface Worlds {
  /** What is to be said of the traces beside the figures, such as whether published ones come out. */
  readonly note?: string;
  /** How many there are, where each is a recorded incident; else as many as seeds are asked for. */
  readonly count?: number;
  /** The world of a seed, from 1. */
  readonly run: (seed: number) => Promise<Trial>;
}
