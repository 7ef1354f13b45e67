import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { z } from "zod";
import { acting } from "./calls.ts";
import { readEnvironment } from "./environment.ts";
import { eventBridgeSamples, type SampleBus } from "./sample-bus.ts";

/** The bus on which the bot sends samples to itself. */
export function canaryBus(env: NodeJS.ProcessEnv): SampleBus {
  const { PARAMEDIC_BUS } = readEnvironment(env, {
    /** Name of the bus that the bot reads samples from. */
    PARAMEDIC_BUS: z.string().min(1).default("paramedic"),
  });
  return eventBridgeSamples(new EventBridgeClient(acting), PARAMEDIC_BUS);
}
