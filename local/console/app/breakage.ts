import type { Mishap } from "../state.ts";

/** One way to break the estate, and to mend it where it does not mend by itself. */
export interface Breakage {
  readonly mishap: Mishap;
  readonly label: string;
  /** What one will see, so that one knows whether it worked. */
  readonly expect: string;
  readonly done: string;
  /** Ends it. */
  readonly mend?: { readonly mishap: Mishap; readonly label: string; readonly done: string };
}

/** What can be broken here. */
export const breakages: readonly Breakage[] = [
  {
    mishap: "interrupt",
    label: "Interrupt a spot instance",
    expect:
      "EC2 gives two minutes' notice. spot-interruption asks nobody: replacement, messages, traffic, tasks, within seconds.",
    done: "EC2 has given notice to a spot instance.",
  },
  {
    mishap: "reclaim-pool",
    label: "Reclaim a pool",
    expect:
      "EC2 takes every instance of one type in one zone. Beyond half of the fleet the limit says no and people are paged.",
    done: "EC2 has given notice to a whole pool.",
  },
  {
    mishap: "slow",
    label: "Slow the service down",
    expect:
      "The model answers three times as slowly. In half a minute LatencyMs leaves its band; degrade asks in Slack whether chat may do less.",
    done: "The service is getting slower.",
    mend: { mishap: "recover", label: "Let it recover", done: "The service is recovering." },
  },
  {
    mishap: "break-provider",
    label: "Break the provider",
    expect:
      "Every call of the model's provider fails. The client opens its circuit by itself, probes it, and lets calls back 25, 50, 100 %: see Bounds.",
    done: "The provider fails every call.",
    mend: { mishap: "mend-provider", label: "Mend the provider", done: "The provider answers again." },
  },
  {
    mishap: "flood",
    label: "Flood the queue",
    expect: "60 jobs at once: JobsWaiting leaves its band, and the workers take a quarter of an hour to catch up.",
    done: "60 jobs have come in at once.",
  },
  {
    mishap: "leak",
    label: "Leak memory",
    expect: "MemoryPercent of chat rises 1.4 points every ten seconds, until it leaves its band.",
    done: "The service leaks memory.",
    mend: { mishap: "mend-leak", label: "Stop the leak", done: "The leak is mended, and the memory is free." },
  },
];

/** Ways to let simulated time pass, with the key that does it together with Alt. */
export const skips: readonly {
  readonly mishap: Mishap;
  readonly label: string;
  readonly key: string;
  readonly done: string;
}[] = [
  { mishap: "skip-minute", label: "Skip 1 min", key: "1", done: "Skipped a minute." },
  { mishap: "skip-ten-minutes", label: "Skip 10 min", key: "2", done: "Skipped ten minutes." },
  { mishap: "skip-half-hour", label: "Skip 30 min", key: "3", done: "Skipped half an hour." },
  {
    mishap: "skip-to-next",
    label: "To the next end",
    key: "4",
    done: "Skipped to the next end of a decision, a lease or a deadline, if there is one.",
  },
];

export const halt = { mishap: "halt", label: "Halt the bot", done: "Halted: nothing acts until you resume." } as const;
export const resume = { mishap: "resume", label: "Resume the bot", done: "Resumed." } as const;
