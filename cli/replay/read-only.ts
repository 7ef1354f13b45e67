import type { Aws } from "../../src/aws/clients.ts";
import { BotError } from "../../src/bot-error.ts";

/** How every operation that only looks begins; IAM's simulator asks itself what would be allowed. */
export const looks = /^(Describe|Get|List|SimulatePrincipalPolicy)/;

/** As much of an SDK client as is needed to keep it from changing anything. */
interface Guardable {
  readonly middlewareStack: {
    add(
      middleware: <Next extends (args: never) => unknown>(next: Next, context: { commandName?: string }) => Next,
      options: { step: "initialize"; name: string; priority: "high" },
    ): void;
  };
}

/**
 * Makes it impossible to change anything through a client, whoever holds it: any operation that does not merely look is
 * refused before it leaves the SDK.
 */
export function readOnly<C extends Guardable>(client: C): C {
  client.middlewareStack.add(
    (next, context) => {
      const { commandName = "an unnamed command" } = context;
      if (looks.test(commandName)) return next;
      throw new BotError("bad_plan", `replaying: ${commandName} would change the account, and a replay only looks`);
    },
    { step: "initialize", name: "paramedicReadOnly", priority: "high" },
  );
  return client;
}

/** All of the clients that actions are given. */
export function allReadOnly(aws: Aws): Aws {
  for (const client of Object.values(aws)) readOnly(client as Guardable);
  return aws;
}
