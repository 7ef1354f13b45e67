import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { z } from "zod";
import { acting } from "./calls.ts";
import { readEnvironment } from "./environment.ts";
import { eventBridgeFacts, type FactBus } from "./fact-bus.ts";
import { eventBridgeSamples, type SampleBus } from "./sample-bus.ts";

/** The bus `paramedic`, on which the bot sends samples to itself and says what has happened. */
export function ownBus(env: NodeJS.ProcessEnv): { readonly samples: SampleBus; readonly facts: FactBus } {
  const { PARAMEDIC_BUS } = readEnvironment(env, {
    /** Name of the bus that the bot reads samples from. */
    PARAMEDIC_BUS: z.string().min(1).default("paramedic"),
  });
  const events = new EventBridgeClient(acting);
  return {
    samples: eventBridgeSamples(events, PARAMEDIC_BUS),
    facts: eventBridgeFacts(events, PARAMEDIC_BUS, "paramedic"),
  };
}
