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
}

/** Somebody presses a button, as Slack tells it: `block_actions`, form-encoded. */
export function pressed(
  { button, value, user, team, channel, ts, responseUrl }: Press,
  signing: Signing,
): SlackRequest {
  const payload = {
    type: "block_actions",
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: team },
    api_app_id: "A0PARAMEDIC",
    token: "legacy-and-unused",
    container: { type: "message", message_ts: ts, channel_id: channel, is_ephemeral: false },
    trigger_id: "13345224609.738474920.8088930838d88f008e0",
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
