import type { RequestListener } from "node:http";
import { z } from "zod";
import type { Duration } from "../src/clock.ts";
import { toMs } from "../src/clock.ts";
import { applicationAutoscaling } from "./aws/application-autoscaling.ts";
import { athena } from "./aws/athena.ts";
import { autoscaling } from "./aws/autoscaling.ts";
import { batch } from "./aws/batch.ts";
import { cloudwatch } from "./aws/cloudwatch.ts";
import { dynamodb } from "./aws/dynamodb.ts";
import { ec2, interrupt, recommendRebalance } from "./aws/ec2.ts";
import { killTask } from "./aws/ecs-behaviour.ts";
import { ecs } from "./aws/ecs.ts";
import { elbv2 } from "./aws/elbv2.ts";
import { eventbridge } from "./aws/eventbridge.ts";
import { lambda } from "./aws/lambda.ts";
import { sagemaker } from "./aws/sagemaker.ts";
import { sns } from "./aws/sns.ts";
import { sqs } from "./aws/sqs.ts";
import { ssm } from "./aws/ssm.ts";
import type { TimerClock } from "./clock.ts";
import { SimError, notSimulated } from "./error.ts";
import { createFaults } from "./faults.ts";
import type { Faults } from "./faults.ts";
import { Ground } from "./ground.ts";
import type { EventBridgeEvent } from "./ground.ts";
import { createListener } from "./http.ts";
import { attach } from "./in-process.ts";
import type { SdkClient } from "./in-process.ts";
import { toSimError } from "./operation.ts";
import type { ServiceName } from "./operation.ts";
import { createSeeds } from "./seed.ts";
import type { Seeds } from "./seed.ts";
import { createAnswer, toWire } from "./wire.ts";
import type { Reply } from "./wire.ts";
import { emptyWorld } from "./world.ts";
import type { SavedWorld, World } from "./world.ts";

// Facts are heard in this order: the group takes an instance into service before the cluster hears of it.
const services = [
  ec2,
  autoscaling,
  elbv2,
  ecs,
  ssm,
  cloudwatch,
  sqs,
  sns,
  eventbridge,
  lambda,
  athena,
  sagemaker,
  batch,
  applicationAutoscaling,
  dynamodb,
];

/** One call that reached the simulation. */
export interface Call {
  readonly at: number;
  readonly service: ServiceName;
  readonly operation: string;
  /** The IAM action a role needs for it. */
  readonly permission: string;
  readonly input: unknown;
  /** `ok`, the name of the error, `lost` (applied, not answered), `reset` (neither) or `hangs`. */
  readonly outcome: string;
  readonly mutating: boolean;
  /** Whether the world is different for it. */
  readonly changed: boolean;
}

export interface Sim {
  /** The one it was made with. */
  readonly clock: TimerClock;
  /** Asks without an SDK. Throws a {@link SimError}; a lost connection is one too, named `TimeoutError`. */
  call(service: ServiceName, operation: string, input: unknown): Promise<unknown>;
  /** Points a real SDK client at this simulation, in process. Returns the same client. */
  attach<C extends SdkClient>(client: C): C;
  /** The same simulation for `http.createServer`. */
  readonly listener: RequestListener;
  readonly faults: Omit<Faults, "meet">;
  /** Every call, oldest first; the last 50,000, so that a long run of the local stack does not fill the memory. */
  readonly calls: readonly Call[];
  readonly world: World;
  readonly seed: Seeds;
  readonly spot: {
    /** Gives the two-minute notice; EC2 takes the instance when they are over. */
    interrupt(instanceId: string): void;
    recommendRebalance(instanceId: string): void;
  };
  readonly tasks: {
    /** The kernel kills a task that asks for more memory than it was given. */
    outOfMemory(taskArn: string): void;
  };
  /** The whole world, its future included. `createSim({ state })` carries on from it. */
  save(): SavedWorld;
  /** Stops everything that happens by itself. */
  stop(): void;
}

export interface SimOptions {
  readonly clock: TimerClock;
  readonly seed: number;
  readonly region?: string;
  readonly account?: string;
  /** Carries on from here; then the seed, region and account are those of the saved world. */
  readonly state?: SavedWorld;
  /** How long after PutMetricData a value can be read. Nothing by default; AWS takes one to two minutes. */
  readonly metricDelay?: Duration;
  /** After each step that changed the world. */
  readonly onChange?: () => void;
  /** Gets every event, of AWS's own and of PutEvents, with the name of its bus. */
  readonly emit?: (event: EventBridgeEvent, bus: string) => void;
}

const callsMax = 50_000;

/** SQS has no IAM actions for its batches: the single one's covers them. */
const permissionOf = (service: ServiceName, operation: string): string =>
  `${service}:${service === "sqs" ? operation.replace(/Batch$/, "") : operation}`;

/**
 * An AWS that behaves: it launches with delay, runs out of capacity, drains, throttles and loses answers, on the clock it is given.
 *
 * Deterministic: the same seed, clock and calls give the same world, ids and delays included.
 */
export function createSim(options: SimOptions): Sim {
  const { clock, seed, region = "us-east-2", account = "123456789012", state, metricDelay } = options;
  const world = state ? structuredClone(state.world) : emptyWorld(seed, account, region);
  if (metricDelay) world.metricDelayMs = toMs(metricDelay);
  const ground = new Ground(world, clock, services, {
    deliver: options.emit ?? (() => {}),
    onChange: options.onChange ?? (() => {}),
  });
  const faults = createFaults();
  const calls: Call[] = [];

  /** Runs one operation on the world. What it throws other than a `SimError` is a bug of the simulation. */
  function apply(service: ServiceName, operation: string, input: unknown): Reply {
    const found = services.find(({ name }) => name === service);
    const op = found?.operations[operation];
    if (!found || !op) return { kind: "error", error: notSimulated(`${service}:${operation}`) };
    try {
      return { kind: "output", output: structuredClone(op.run(ground, input)) };
    } catch (error) {
      if (error instanceof SimError) return { kind: "error", error };
      if (error instanceof z.ZodError) return { kind: "error", error: toSimError(found, operation, error) };
      throw error;
    }
  }

  async function ask(service: ServiceName, operation: string, input: unknown): Promise<Reply> {
    const found = services.find(({ name }) => name === service);
    const fault = faults.meet(service, operation, input);
    if (fault?.kind === "slow")
      await new Promise<void>((resolve) => void clock.at(clock.now() + (fault.ms ?? 0), resolve));
    ground.catchUp();
    const { version } = world;
    const reply = ((): Reply => {
      switch (fault?.kind) {
        case "throttle":
        case "server-error":
        case "denied": {
          if (!found) return apply(service, operation, input);
          const { throttled, broken, denied } = found.wording;
          const errors = {
            throttle: throttled,
            "server-error": broken,
            denied: denied(permissionOf(service, operation)),
          };
          return { kind: "error", error: errors[fault.kind] };
        }
        case "hang":
          return { kind: "hangs" };
        case "reset-before":
          return { kind: "dropped" };
        case "lost-response":
          apply(service, operation, input);
          return { kind: "dropped" };
        case "slow":
        case undefined:
          return apply(service, operation, input);
      }
    })();
    calls.push({
      at: clock.now(),
      service,
      operation,
      permission: permissionOf(service, operation),
      input,
      outcome: outcomeOf(reply, fault?.kind),
      mutating: found?.operations[operation]?.mutating ?? false,
      changed: world.version !== version,
    });
    if (calls.length > callsMax) calls.shift();
    ground.settle();
    return reply;
  }

  ground.arm();
  const answer = createAnswer(services, ask);
  return {
    clock,
    async call(service, operation, input) {
      const reply = await ask(service, operation, JSON.parse(toWire(input ?? {})));
      switch (reply.kind) {
        case "output":
          return reply.output;
        case "error":
          throw reply.error;
        case "dropped":
          throw new SimError("TimeoutError", "read ECONNRESET", 500);
        case "hangs":
          return new Promise<never>(() => {});
      }
    },
    attach: (client) => attach(client, answer),
    listener: createListener(answer),
    faults,
    calls,
    world,
    seed: createSeeds(ground),
    tasks: {
      outOfMemory(taskArn) {
        ground.catchUp();
        killTask(ground, taskArn);
        ground.settle();
      },
    },
    spot: {
      interrupt(instanceId) {
        ground.catchUp();
        interrupt(ground, instanceId);
        ground.settle();
      },
      recommendRebalance(instanceId) {
        ground.catchUp();
        recommendRebalance(ground, instanceId);
        ground.settle();
      },
    },
    save: () => ({ format: 1, world: structuredClone(world) }),
    stop: () => ground.stop(),
  };
}

function outcomeOf(reply: Reply, fault: string | undefined): string {
  switch (reply.kind) {
    case "output":
      return "ok";
    case "error":
      return reply.error.name;
    case "dropped":
      return fault === "lost-response" ? "lost" : "reset";
    case "hangs":
      return "hangs";
  }
}
