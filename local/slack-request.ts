import { createHmac } from "node:crypto";

/** What Lambda hands over behind a function URL or an HTTP API. */
export interface SlackRequest {
  readonly version: "2.0";
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  readonly headers: Record<string, string>;
  readonly requestContext: { readonly http: { readonly method: string; readonly path: string } };
  readonly isBase64Encoded: boolean;
  readonly body: string;
}

/** How a request is signed and sent. */
export interface Signing {
  readonly secret: string;
  /** Milliseconds since the epoch. Default: now. Bolt compares with the system's clock, whatever a test's clock says. */
  readonly at?: number;
  /** Set by Slack when it delivers the same request again. */
  readonly retry?: number;
}

/** A button, the person who presses it, and where. */
export interface Press {
  readonly button: string;
  readonly value: string;
  readonly user: string;
  readonly team: string;
  readonly channel: string;
  readonly ts: string;
  readonly responseUrl?: string;
  /** Opens a form. */
  readonly trigger?: string;
}

/** What triggers something that opens no form. */
const anyTrigger = "13345224609.738474920.8088930838d88f008e0";

/** Somebody presses a button, as Slack tells it: `block_actions`, form-encoded. */
export function pressed(
  { button, value, user, team, channel, ts, responseUrl, trigger = anyTrigger }: Press,
  signing: Signing,
): SlackRequest {
  const payload = {
    type: "block_actions",
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: team },
    api_app_id: "A0PARAMEDIC",
    token: "legacy-and-unused",
    container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
    trigger_id: trigger,
    team: { id: team, domain: "example" },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel, name: "incidents" },
    message: { type: "message", bot_id: "B0PARAMEDIC", ts, text: "a card" },
    state: { values: {} },
    ...(responseUrl !== undefined && { response_url: responseUrl }),
    actions: [
      {
        type: "button",
        action_id: button,
        block_id: "decision",
        value,
        text: { type: "plain_text", text: button, emoji: true },
        action_ts: "1717000000.000100",
      },
    ],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return signed(body, "application/x-www-form-urlencoded", signing);
}

/** A form, what was entered into it by block, and by whom. */
export interface Submit {
  readonly user: string;
  readonly team: string;
  readonly view: { readonly callback_id?: string; readonly private_metadata?: string };
  /** Text for a text field, a list of values for what was chosen. */
  readonly values: Readonly<Record<string, string | readonly string[]>>;
}

/** Somebody submits a form, as Slack tells it: `view_submission`, form-encoded. */
export function submitted({ user, team, view, values }: Submit, signing: Signing): SlackRequest {
  const fields = Object.entries(values).map(([block, value]) => [
    block,
    { [block]: typeof value === "string" ? { type: "plain_text_input", value } : chosen(value) },
  ]);
  const payload = {
    type: "view_submission",
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: team },
    api_app_id: "A0PARAMEDIC",
    token: "legacy-and-unused",
    trigger_id: anyTrigger,
    team: { id: team, domain: "example" },
    enterprise: null,
    is_enterprise_install: false,
    view: { id: "V0FORM", type: "modal", hash: "1.2", ...view, state: { values: Object.fromEntries(fields) } },
    response_urls: [],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return signed(body, "application/x-www-form-urlencoded", signing);
}

const chosen = (values: readonly string[]) =>
  values.length === 1
    ? { type: "static_select", selected_option: { value: values[0] } }
    : { type: "checkboxes", selected_options: values.map((value) => ({ value })) };

/** Somebody types `/paramedic …`, as Slack tells it. */
export function commanded(
  {
    text,
    user,
    team,
    channel,
    responseUrl = "https://hooks.slack.com/commands/unused",
    trigger = anyTrigger,
  }: Pick<Press, "user" | "team" | "channel" | "responseUrl" | "trigger"> & { readonly text: string },
  signing: Signing,
): SlackRequest {
  const body = new URLSearchParams({
    command: "/paramedic",
    text,
    user_id: user,
    user_name: user.toLowerCase(),
    team_id: team,
    team_domain: "example",
    channel_id: channel,
    channel_name: "incidents",
    api_app_id: "A0PARAMEDIC",
    is_enterprise_install: "false",
    trigger_id: trigger,
    response_url: responseUrl,
    token: "legacy-and-unused",
  });
  return signed(body.toString(), "application/x-www-form-urlencoded", signing);
}

/** Somebody opens the bot's home, as Slack tells it. */
export function homeOpened({ user, team }: { user: string; team: string }, signing: Signing): SlackRequest {
  const body = {
    type: "event_callback",
    event_id: "Ev0HOME",
    event_time: 1_717_000_000,
    team_id: team,
    api_app_id: "A0PARAMEDIC",
    token: "legacy-and-unused",
    authorizations: [{ team_id: team, user_id: "U0BOT", is_bot: true, is_enterprise_install: false }],
    event: { type: "app_home_opened", user, channel: "D0HOME", tab: "home", event_ts: "1717000000.000100" },
  };
  return signed(JSON.stringify(body), "application/json", signing);
}

/** Slack asks whether the address is ours. */
export const urlVerification = (challenge: string, signing: Signing): SlackRequest =>
  signed(JSON.stringify({ type: "url_verification", token: "unused", challenge }), "application/json", signing);

/** Any body under a signature. */
export function signed(body: string, type: string, { secret, at = Date.now(), retry }: Signing): SlackRequest {
  const seconds = String(Math.floor(at / 1000));
  const signature = createHmac("sha256", secret).update(`v0:${seconds}:${body}`).digest("hex");
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/slack",
    rawQueryString: "",
    headers: {
      "content-type": type,
      "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
      "x-slack-request-timestamp": seconds,
      "x-slack-signature": `v0=${signature}`,
      ...(retry !== undefined && { "x-slack-retry-num": String(retry), "x-slack-retry-reason": "http_timeout" }),
    },
    requestContext: { http: { method: "POST", path: "/slack" } },
    isBase64Encoded: true,
    body: Buffer.from(body).toString("base64"),
  };
}
