import { type Clock, type Duration, toMs } from "../../clock.ts";
import type { Report } from "../event.ts";
import { nameOf } from "./attempt.ts";
import type { CallOptions, Circuit } from "./circuit.ts";

/** One way to have a request answered: a provider, a model, a region. */
export interface Provider<Request, Answer> {
  /** Also the name of its circuit: one per provider, model and region, such as `bedrock/claude/us-east-1`. */
  readonly name: string;
  readonly call: (request: Request, signal: AbortSignal) => Promise<Answer>;
  /** Whether it may answer this request at all: context length, tools, residency, price. Absent: any. */
  readonly can?: (request: Request) => boolean;
}

export interface Tried {
  readonly name: string;
  readonly why: string;
}

/** No provider answered: each is open, failed, or cannot. The service should show less of itself now. */
export class NoProviderLeft extends Error {
  override readonly name = "NoProviderLeft";
  readonly tried: readonly Tried[];

  constructor(tried: readonly Tried[], cause: unknown) {
    super(`asking for an answer: ${tried.map(({ name, why }) => `${name} ${why}`).join(", ") || "no provider"}`, {
      cause,
    });
    this.tried = tried;
  }
}

export interface Failover<Request, Answer> {
  /**
   * Asks the providers in order until one answers. What the request itself is to blame for is thrown on at once: another
   * provider would only refuse it again, and be paid for it.
   *
   * @throws NoProviderLeft when none answers and there is no fallback; else what a provider throws of the request's fault.
   */
  readonly ask: (
    request: Request,
    options?: CallOptions & { readonly fallback?: (left: NoProviderLeft) => Answer | Promise<Answer> },
  ) => Promise<Answer>;
}

/**
 * Providers in order of preference, each behind its own circuit.
 *
 * After a failure the one that answered instead comes first for a while (`stickFor`), so that a provider which fails now
 * and then is not tried and left with every request. One whose circuit is on its way back is asked in its old place all
 * the same: it gets its probe and its share of the ramp, and so takes over step by step.
 *
 * @internal
 */
export function createFailover<Request, Answer>(
  providers: readonly Provider<Request, Answer>[],
  {
    circuit,
    clock,
    report,
    // Longer hides an outage: what is not asked does not fail, and its circuit would not open for minutes.
    stickFor = { seconds: 5 },
  }: {
    readonly circuit: (name: string) => Circuit;
    readonly clock: Clock;
    readonly report: Report;
    readonly stickFor?: Duration;
  },
): Failover<Request, Answer> {
  const routes = providers.map((provider) => ({ provider, circuit: circuit(provider.name) }));
  type Route = (typeof routes)[number];
  let stick: { readonly to: Route; readonly until: number } | undefined;

  const inOrder = async (): Promise<readonly Route[]> => {
    if (!stick || stick.until <= clock.now()) return routes;
    const { to } = stick;
    const before = routes.slice(0, routes.indexOf(to));
    const states = await Promise.all(before.map(({ circuit }) => circuit.state()));
    const onTheWayBack = before.filter((_, i) => states[i]?.kind !== "closed");
    const asGood = before.filter((_, i) => states[i]?.kind === "closed");
    return [...onTheWayBack, to, ...asGood, ...routes.slice(routes.indexOf(to) + 1)];
  };

  return {
    async ask(request, { signal, fallback } = {}) {
      const tried: Tried[] = [];
      let cause: unknown;
      let turnedAway: Tried | undefined;
      let hasFailed = false;
      for (const route of await inOrder()) {
        const { name, call, can } = route.provider;
        if (can && !can(request)) {
          tried.push({ name, why: "cannot answer this request" });
          continue;
        }
        const ended = await route.circuit.attempt((limit) => call(request, limit), { ...(signal && { signal }) });
        if (ended.kind === "done") {
          if (hasFailed) stick = { to: route, until: clock.now() + toMs(stickFor) };
          if (turnedAway) report({ kind: "failed-over", from: turnedAway.name, to: name, why: turnedAway.why });
          return ended.value;
        }
        if (ended.kind === "refused") {
          turnedAway = { name, why: "is behind an open circuit" };
        } else {
          if (ended.verdict.kind === "ignored") throw ended.error;
          cause = ended.error;
          hasFailed = true;
          turnedAway = { name, why: `failed with ${nameOf(ended)}` };
        }
        tried.push(turnedAway);
      }
      report({ kind: "no-provider-left", tried });
      const left = new NoProviderLeft(tried, cause);
      if (fallback) return fallback(left);
      throw left;
    },
  };
}
