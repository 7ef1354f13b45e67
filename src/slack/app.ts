import { App, AwsLambdaReceiver } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import { showIncident } from "../engine/tell.ts";
import type { World } from "../engine/world.ts";
import { answerClick } from "./answer-click.ts";
import { readClick } from "./click.ts";
import { decide } from "./decide.ts";
import { boltLogger } from "./log.ts";

/** What Lambda hands to a function behind a function URL or an HTTP API, as far as bolt reads it. */
type Request = Parameters<ReturnType<AwsLambdaReceiver["toHandler"]>>[0];
type Reply = Awaited<ReturnType<ReturnType<AwsLambdaReceiver["toHandler"]>>>;

export interface SlackAppParts {
  readonly world: World;
  readonly client: WebClient;
  readonly signingSecret: string;
}

/**
 * Slack's requests in, decisions out: the handler of the Lambda function that Slack talks to.
 *
 * A request without Slack's signature, or one signed more than 5 minutes ago, is answered with 401 and does nothing. Every
 * click is answered to the one who clicked. Lambda can freeze after the reply, so the reply comes when all is done.
 */
export function slackApp({ world, client, signingSecret }: SlackAppParts) {
  const logger = boltLogger((...line) => world.log(...line));
  const receiver = new AwsLambdaReceiver({
    signingSecret,
    logger,
    invalidRequestSignatureHandler: ({ ts }) =>
      world.log("warn", "a request without Slack's signature was refused", { ts }),
  });
  const app = new App({
    receiver,
    logger,
    // Our client answers, so bolt needs no token; given one it would call auth.test and hang while Slack is unreachable.
    authorize: () => Promise.resolve({}),
    ignoreSelf: false,
    convoStore: false,
  });

  // Every button, whatever its id, so that also one from another version of the bot is answered.
  app.action(/^/, async ({ ack, body }) => {
    await ack();
    const click = readClick(body);
    if (!click) return world.log("error", "a click cannot be read");
    const { text, refused } = await decide(world, click);
    await answerClick({ world, client }, click, text);
    // After a decision the remediation shows what it does. A click that is refused may be on a card that was left behind.
    if (refused && (await isBehind(world, refused))) await showIncident(world, refused.incident);
  });

  const handle = receiver.toHandler();
  /** Two parameters: Lambda's Node 24 refuses a handler that has a third, for a callback. */
  const handler = async (request: Request, context: unknown): Promise<Reply> => {
    try {
      return await handle(decoded(request), context);
    } catch (error) {
      // Bolt reads the body before it checks the signature, and throws when it is not what its type says.
      world.log("warn", "a request cannot be read", { error: String(error) });
      return { statusCode: 400, body: "" };
    }
  };
  return { handler };
}

/** The body as text. Bolt would decode it as ASCII, and refuse the signature of every body that has other characters. */
function decoded(request: Request): Request {
  if (!request.isBase64Encoded || !request.body) return request;
  return { ...request, body: Buffer.from(request.body, "base64").toString("utf8"), isBase64Encoded: false };
}

/** Whether the incident no longer waits for this question, so that nobody else will take the buttons off the card. */
async function isBehind(world: World, about: { id: string; incident: string }): Promise<boolean> {
  try {
    const { phase } = await world.incidents.get(about.incident);
    return phase.state !== "waiting" || phase.approvalId !== about.id;
  } catch (error) {
    world.log("warn", "an incident cannot be read", { incident: about.incident, error: String(error) });
    return false;
  }
}
