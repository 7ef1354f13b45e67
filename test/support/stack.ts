import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { openDurableService, type DurableService } from "../../local/durable/service.ts";
import { runbooks as allRunbooks } from "../../runbooks/index.ts";
import { VirtualClock } from "../../sim/clock.ts";
import { memoryTable } from "../../sim/memory-table.ts";
import type { EventBridgeEvent } from "../../sim/ground.ts";
import { createSim, type Sim, type SimOptions } from "../../sim/sim.ts";
import { acting, type Aws, createAws, reading } from "../../src/aws/clients.ts";
import { createInFlight, type InFlight } from "../../src/aws/in-flight.ts";
import { awsLook } from "../../src/aws/look.ts";
import { closedCalendar, readHalts } from "../../src/aws/switches.ts";
import { storesOf } from "../../src/aws/stores.ts";
import { BotError } from "../../src/bot-error.ts";
import { toMs } from "../../src/clock.ts";
import { durableHandler } from "../../src/engine/durable.ts";
import { onRequest } from "../../src/engine/remediate.ts";
import { take } from "../../src/engine/take.ts";
import { onStatusChange } from "../../src/engine/watch.ts";
import type { Chat, World } from "../../src/engine/world.ts";
import { type Table, tableNameOf } from "../../src/aws/table.ts";
import type { Duration } from "../../src/clock.ts";
import type { Approval } from "../../src/engine/approvals.ts";
import type { Narrowing } from "../../src/engine/narrowing.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import type { Runbook } from "../../src/runbook/runbook.ts";
import type { Settings } from "../../src/settings.ts";
import { type Engine, LightEngine, type LightOptions } from "./light-engine.ts";
import { type OnTouch, Sandboxes } from "./sandbox.ts";
import { settingsOf } from "./settings.ts";

export const startMs = Date.UTC(2026, 10, 22, 3, 0);

export { settingsOf };

/**
 * The bot as deployed, over a simulated AWS, the real durable SDK and virtual time; Slack is a list of what was said. The
 * light one has an engine of its own in place of the SDK.
 */
export interface Stack<Service extends Engine = DurableService> {
  readonly clock: VirtualClock;
  readonly sim: Sim;
  readonly service: Service;
  readonly world: World;
  readonly inFlight: InFlight;
  readonly said: string[];
  readonly pages: string[];
  /** The latest state of every card, by incident. */
  readonly cards: Map<string, string>;
  /** The questions that people were asked, oldest first. */
  readonly asked: Approval[];
  /** Lets everything happen until nothing is left, or until `until`. */
  settle(until?: () => boolean): Promise<void>;
  /** Lets everything happen that happens within this long after the start of the story. */
  runTo(length: Duration): Promise<void>;
  close(): void;
}

/** A stack on whichever engine. */
export type AnyStack = Stack<Engine>;

/** What one person says when people are asked. Alex, if nobody is named. */
export interface Answer {
  readonly verdict: "approved" | "denied";
  readonly after: Duration;
  readonly by?: string;
  readonly why?: string;
  readonly narrowing?: Narrowing;
}

/** What people do when they are asked. */
export type People = (approval: Approval, incident: Incident) => Answer | readonly Answer[] | undefined;

export interface StackOptions {
  readonly seed?: number;
  readonly settings?: Settings;
  readonly runbooks?: readonly Runbook[];
  readonly chatIsDown?: boolean | (() => boolean);
  /** Whether the word that an execution has ended gets lost. */
  readonly isDeaf?: () => boolean;
  /** Nobody answers, if not said. */
  readonly people?: People;
  readonly table?: Table;
  readonly executionTimeout?: Duration;
  /** How long a call may take, in real milliseconds: a test of hanging calls does not wait five seconds. */
  readonly requestTimeoutMs?: number;
  /** Sees every way out of a running execution, and may let its sandbox die there. */
  readonly onTouch?: OnTouch;
  /** Sees every command that may change something, before it is sent, and which execution sends it. */
  readonly onActing?: (command: string, execution: string) => void;
  /** How the simulated AWS differs from its defaults: who gets its events, how late its metrics are. */
  readonly simulation?: Pick<SimOptions, "emit" | "metricDelay">;
  /**
   * The bot hears what AWS says by itself, so many milliseconds later: never (no number), once, or more often. It hears
   * nothing if not said, and tests tell it.
   */
  readonly hears?: (event: EventBridgeEvent) => readonly number[];
  /** A simulated AWS that is there already, and the clock it is on. */
  readonly on?: { readonly sim: Sim; readonly clock: VirtualClock };
}

/** A stack on the real SDK. */
export function stack(options: StackOptions = {}): Stack {
  return stackOn(options, ({ clock, executionTimeout, run, onEnd }) => {
    const service = openDurableService({ file: ":memory:", clock, onLog: () => {}, onStatusChange: onEnd });
    service.register("remediate", durableHandler(run), { durable: { executionTimeout } });
    return service;
  });
}

/** A stack on an engine without the SDK: for thousands of worlds. */
export const lightStack = (options: StackOptions = {}): AnyStack => stackOn(options, (about) => new LightEngine(about));

function stackOn<Service extends Engine>(
  {
    seed = 1,
    settings = settingsOf(),
    runbooks = allRunbooks,
    chatIsDown = false,
    isDeaf = () => false,
    people = () => undefined,
    table = memoryTable(),
    executionTimeout = { hours: 24 },
    requestTimeoutMs,
    onTouch,
    onActing,
    simulation = {},
    hears = () => [],
    on,
  }: StackOptions,
  open: (about: LightOptions) => Service,
): Stack<Service> {
  const clock = on?.clock ?? new VirtualClock(startMs);
  /** What goes on beside the executions: time stands still for it. */
  const beside = new Set<Promise<unknown>>();
  const besides = (work: () => Promise<unknown>): void => {
    const going = work().finally(() => beside.delete(going));
    beside.add(going);
  };
  const emit: SimOptions["emit"] = (event, bus) => {
    simulation.emit?.(event, bus);
    for (const lateMs of hears(event)) clock.at(clock.now() + lateMs, () => besides(() => take(world, event)));
  };
  const sim = on?.sim ?? createSim({ clock, seed, ...simulation, emit });
  // What workloads and actions reach of the bot's table; its own state is in `table`.
  sim.seed.table({ name: tableNameOf(settings.stage) });
  const sandboxes = new Sandboxes(onTouch, (execution) => service.crash(execution));
  const attach = <C extends Parameters<Sim["attach"]>[0]>(client: C): C => {
    const attached = sim.attach(client);
    const { config } = attached;
    if (typeof config.requestHandler === "object" && config.requestHandler !== null) {
      config.requestHandler = sandboxes.watch("aws", config.requestHandler);
    }
    return attached;
  };
  const limited = ({ requestHandler, ...rest }: typeof reading): typeof reading => ({
    ...rest,
    requestHandler: { ...requestHandler, ...(requestTimeoutMs !== undefined && { requestTimeout: requestTimeoutMs }) },
  });
  const client = (settings: typeof reading): Aws => {
    return createAws({ ...limited(settings), region: "us-east-2" }, {}, attach);
  };
  const stores = storesOf(sandboxes.watch("table", table), clock, settings);
  const inFlight = createInFlight(stores.table);
  const readingAws = client(reading);
  const cloudwatch = attach(new CloudWatchClient({ ...limited(reading), region: "us-east-2" }));
  const said: string[] = [];
  const pages: string[] = [];
  const cards = new Map<string, string>();
  const asked: Approval[] = [];

  const decide = async ({ id, callbackId }: Approval, answer: Answer): Promise<void> => {
    const { verdict, by = "U0ALEX", after: _, ...more } = answer;
    const decided = await world.approvals.decide(id, verdict, { id: by, team: settings.team }, more);
    if (decided.kind === "decided" && decided.missing === 0) await world.executions.wake(callbackId);
  };
  const ask = (approval: Approval, incident: Incident): void => {
    if (asked.some(({ id }) => id === approval.id)) return;
    asked.push(approval);
    for (const answer of [people(approval, incident) ?? []].flat()) {
      clock.at(clock.now() + toMs(answer.after), () => besides(() => decide(approval, answer)));
    }
  };

  const chat: Chat = {
    show: ({ incident, approval }) => {
      if (typeof chatIsDown === "function" ? chatIsDown() : chatIsDown)
        return Promise.reject(new BotError("slack_failed", "showing: Slack is down"));
      cards.set(incident.id, incident.phase.state === "closed" ? incident.phase.outcome : incident.phase.state);
      if (approval) ask(approval, incident);
      return Promise.resolve({ channel: "C", ts: incident.card?.ts ?? `${cards.size}.0` });
    },
    tell: (_, text) => {
      said.push(text);
      return Promise.resolve();
    },
  };

  const service = open({
    clock,
    executionTimeout,
    run: (event, steps) => sandboxes.run(steps.execution, () => onRequest(world)(event, steps)),
    record: (what, work) => sandboxes.touch(what, work),
    onEnd: async (event) => void (isDeaf() || (await onStatusChange(world, event))),
  });
  const world: World = {
    ...stores,
    runbooks,
    reading: readingAws,
    acting: onActing ? watched(client(acting), (command) => onActing(command, sandboxes.execution())) : client(acting),
    look: awsLook({ aws: readingAws, cloudwatch, inFlight, detectors: stores.detectors, settings, clock }),
    chat: sandboxes.watch("chat", chat),
    executions: {
      start: (name, payload) => {
        service.start("remediate:durable", { name, payload: JSON.stringify(payload) });
        return Promise.resolve();
      },
      wake: (callbackId) => {
        try {
          service.completeCallback(callbackId, { kind: "succeed" });
        } catch (error) {
          if (!(error instanceof Error && error.name === "CallbackTimeoutException")) throw error;
        }
        return Promise.resolve();
      },
    },
    halts: () => readHalts(readingAws.ssm, clock.now()),
    maintenance: () => closedCalendar(readingAws.ssm, settings.calendars, clock.now()),
    page: (subject, text) =>
      sandboxes.touch(`page ${subject}`, () => {
        pages.push(`${subject}: ${text}`);
        return Promise.resolve();
      }),
    log: () => {},
  };
  const rest = async (): Promise<void> => {
    do {
      await Promise.all(beside);
      await service.settle(() => true);
      if (onTouch) await sandboxes.quiet();
    } while (beside.size > 0);
  };
  return {
    clock,
    sim,
    service,
    world,
    inFlight,
    said,
    pages,
    cards,
    asked,
    settle: (until) => service.settle(until),
    async runTo(length) {
      const until = startMs + toMs(length);
      for (await rest(); (clock.next() ?? Infinity) <= until; await rest()) clock.advanceTo(clock.next() ?? until);
      clock.advanceTo(until);
    },
    close: () => {
      service.close();
      sim.stop();
    },
  };
}

/** The same clients, whose every command is told before it is sent. */
function watched(aws: Aws, tell: (command: string) => void): Aws {
  return new Proxy(aws, {
    get: (clients, name) => {
      const client: unknown = Reflect.get(clients, name);
      if (typeof client !== "object" || client === null) return client;
      return new Proxy(client, {
        get: (target, property) => {
          const value: unknown = Reflect.get(target, property);
          if (property !== "send" || typeof value !== "function") return value;
          return (command: object, ...more: unknown[]): unknown => {
            tell(command.constructor.name.replace(/Command$/, ""));
            return Reflect.apply(value, target, [command, ...more]);
          };
        },
      });
    },
  });
}

/** A GPU fleet of `size` spot instances with a worker service, a target group and a queue in flight. */
export function seedFleet(
  { sim, inFlight, clock }: AnyStack,
  { size = 4, max = 6, messages = 3, queue: name = "jobs" } = {},
) {
  const group = sim.seed.group({
    name: "gpu-workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size,
    max,
    spot: true,
    cluster: "gpu",
    targetGroups: ["chat"],
  });
  sim.seed.service({ cluster: "gpu", name: "worker", desired: size });
  const [doomed = ""] = group.instances;
  const queue = sim.seed.queue({
    name,
    visibilitySeconds: 900,
    messages: Array.from({ length: messages + 2 }, (_, i) => `job ${i}`),
  });
  return {
    group,
    doomed,
    queue,
    /** A worker on the doomed instance takes messages and writes them into the ledger. */
    work: async (): Promise<void> => {
      const got = (await sim.call("sqs", "ReceiveMessage", { QueueUrl: queue.url, MaxNumberOfMessages: messages })) as {
        Messages?: { MessageId: string; ReceiptHandle: string }[];
      };
      for (const { MessageId, ReceiptHandle } of got.Messages ?? []) {
        await inFlight.take(doomed, {
          queueUrl: queue.url,
          messageId: MessageId,
          receiptHandle: ReceiptHandle,
          visibleUntil: clock.now() + 900_000,
        });
      }
    },
  };
}

/** What chat's latency metric says, from now on, in milliseconds: `[after, ms]`, each until the next. Seen every 30 s. */
export function chatLatency({ sim }: AnyStack, ...course: readonly (readonly [after: Duration, ms: number])[]): void {
  const samples: [number, number][] = [];
  for (const [index, [after, ms]] of course.entries()) {
    const next = course[index + 1];
    const end = next ? toMs(next[0]) : toMs({ hours: 2 });
    for (let at = toMs(after); at < end; at += 30_000) samples.push([startMs + at, ms]);
  }
  sim.seed.metric({ namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" }, samples });
}

/** EC2's warning for an instance, as EventBridge delivers it. */
export const interruption = (instanceId: string, at: number, id = "e-1") => ({
  version: "0",
  id,
  "detail-type": "EC2 Spot Instance Interruption Warning",
  source: "aws.ec2",
  account: "123456789012",
  time: new Date(at).toISOString(),
  region: "us-east-2",
  resources: [`arn:aws:ec2:us-east-2a:instance/${instanceId}`],
  detail: { "instance-id": instanceId, "instance-action": "terminate" },
});

/** An alarm of the chat service that goes off. */
export const alarm = (at: number, id = "a-1") => ({
  version: "0",
  id,
  "detail-type": "CloudWatch Alarm State Change",
  source: "aws.cloudwatch",
  account: "123456789012",
  time: new Date(at).toISOString(),
  region: "us-east-2",
  resources: ["arn:aws:cloudwatch:us-east-2:123456789012:alarm:chat-latency-high"],
  detail: {
    alarmName: "chat-latency-high",
    configuration: { metrics: [] },
    previousState: { value: "OK", reason: "fine", timestamp: new Date(at - 60_000).toISOString() },
    state: {
      value: "ALARM",
      reason: "Threshold Crossed: 2400 was greater than the threshold (1500).",
      timestamp: new Date(at).toISOString(),
    },
  },
});
