import { BotError } from "../src/bot-error.ts";
import { startConsole } from "./console/server.ts";
import { incidentsHappen } from "./estate/mishaps.ts";
import { help, readOptions } from "./options.ts";
import { forget, takePlaces } from "./places.ts";
import { consoleSource } from "./source.ts";
import { startStack } from "./stack.ts";

const say = (line: string) => void process.stderr.write(`${line}\n`);

/** `npm start`: everything on this machine, until Ctrl-C. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) return void process.stdout.write(`${help}\n`);
  const places = takePlaces(options.data);
  try {
    if (options.fresh) forget(options.data);
    say("Starting DynamoDB, SQS, SNS, Slack, the durable service and the simulated AWS …");
    const stack = await startStack({ places, speed: options.speed, log: (line) => say(`  ${line}`) });
    const page = await startConsole({ source: consoleSource(stack), port: options.port }).catch(
      async (error: unknown) => {
        await stack.close();
        throw error;
      },
    );
    const open = (await stack.stores.incidents.recent(30)).filter(({ phase }) => phase.state !== "closed");
    if (open.length > 0) say(`Carrying on with ${open.length} open incident${open.length === 1 ? "" : "s"}.`);
    incidentsHappen(stack, say);
    say(`\nParamedic is on duty: ${page.url}\nCtrl-C stops it; the next start carries on.\n`);

    const stop = async () => {
      say("\nStopping; what is in flight is kept.");
      await page.close();
      await stack.close();
      places.release();
      process.exit(0);
    };
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.once(signal, () => {
        // A second one means now.
        process.once(signal, () => process.exit(130));
        void stop();
      });
    }
  } catch (error) {
    places.release();
    throw error;
  }
}

main().catch((error: unknown) => {
  // What a user can mend is said in a line; anything else is a bug and shows where it came from.
  say(
    error instanceof BotError
      ? `Cannot start: ${error.message}`
      : `A bug: ${error instanceof Error ? error.stack : String(error)}`,
  );
  process.exit(error instanceof BotError ? 2 : 1);
});
