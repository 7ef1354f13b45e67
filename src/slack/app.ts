import { App, AwsLambdaReceiver } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import { lookOver } from "../engine/overview.ts";
import { showIncident } from "../engine/tell.ts";
import type { World } from "../engine/world.ts";
import { answerClick } from "./answer-click.ts";
import { answerCommand } from "./answer-command.ts";
import { type Click, readClick } from "./click.ts";
import type { Answer } from "./decide.ts";
import { slackFailed } from "./failure.ts";
import { closing } from "./forms.ts";
import { home } from "./home.ts";
import { boltLogger } from "./log.ts";
import { createMembership } from "./membership.ts";
import { announce, remind } from "./notices.ts";
import { type Reaction, react } from "./react.ts";
import { readSubmission } from "./submission.ts";
import { takeForm } from "./take-form.ts";

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

  const identify = createMembership({ client, world });

  // Every button, whatever its id, so that also one from another version of the bot is answered.
  app.action(/^/, async ({ ack, body }) => {
    await ack();
    const read = readClick(body);
    if (!read) return world.log("error", "a click cannot be read");
    const click = { ...read, who: await identify(read.who) };
    const reaction = await react(world, click);
    const answer =
      reaction.kind === "answer"
        ? reaction
        : reaction.kind === "form"
          ? await open(click, reaction)
          : await remind({ world, client }, click, reaction.at);
    if (answer) await answerClick({ world, client }, click, answer.text);
    if (answer) await showWhatIsBehind(world, answer);
  });

  /** Opens a form; answers what came of the click if Slack does not open it. */
  async function open({ trigger: trigger_id, button }: Click, form: Extract<Reaction, { kind: "form" }>) {
    try {
      if (trigger_id === undefined) return await form.unopened();
      await client.views.open({ trigger_id, view: form.view });
      return undefined;
    } catch (error) {
      world.log("warn", "a form was not opened", { button, error: slackFailed("opening a form", error).message });
      return await form.unopened();
    }
  }

  // What a form says is decided before Slack is told that it was taken: its answer takes the form's place.
  app.view(/^/, async ({ ack, body }) => {
    const submission = readSubmission(body);
    if (!submission) {
      world.log("error", "a form cannot be read");
      return await ack({ response_action: "update", view: closing("This form cannot be read. Nothing was done.") });
    }
    const taken = await takeForm(world, { ...submission, who: await identify(submission.who) });
    if (taken.kind === "wrong") return await ack({ response_action: "errors", errors: { ...taken.errors } });
    await ack({ response_action: "update", view: closing(taken.answer.text) });
    if (taken.announces !== undefined) await announce({ world, client }, taken.announces);
    if (taken.shows !== undefined) await showIncident(world, taken.shows);
    await showWhatIsBehind(world, taken.answer);
  });

  app.command(/^\/paramedic/, async ({ ack, command: { text, user_id: id, team_id: team } }) => {
    const { blocks, announces } = await answerCommand(world, text, await identify({ id, team }));
    await ack({ response_type: "ephemeral", text: "Paramedic", blocks });
    if (announces) await announce({ world, client }, announces);
  });

  app.event("app_home_opened", async ({ event: { user: user_id, tab }, body: { team_id } }) => {
    if (tab !== "home" || team_id !== world.settings.team) return;
    try {
      await client.views.publish({ user_id, view: home(await lookOver(world)) });
    } catch (error) {
      world.log("warn", "a home could not be shown", { error: slackFailed("publishing the home", error).message });
    }
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

/**
 * After a decision the remediation shows what it does; after anything else nobody does: a click that is refused may be on a
 * card that was left behind, and one approval of two changes nothing but the card.
 */
async function showWhatIsBehind(world: World, { refused, assented }: Answer): Promise<void> {
  if (assented) await showIncident(world, assented.incident);
  if (refused && (await isBehind(world, refused))) await showIncident(world, refused.incident);
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
