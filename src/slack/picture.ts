import type { WebClient } from "@slack/web-api";
import { slackFailed } from "./failure.ts";

/** A picture of a few kilobytes is there in tenths of a second, or it is not worth waiting for. */
const uploadMs = 3_000;

/**
 * Gives a picture to Slack and answers its id, for an image block. It is shared with nobody until a message shows it.
 *
 * Slack looks through it for a while after that, and until then refuses messages with it (`invalid_blocks`).
 *
 * @throws BotError `slack_failed`; with `missing_scope` when the app was installed without `files:write`.
 */
export async function givePicture(client: WebClient, png: Buffer, alt: string): Promise<string> {
  const failed = (error: unknown) => slackFailed("giving a picture to Slack", error);
  const { file_id: id, upload_url: url } = await client.files
    .getUploadURLExternal({ filename: "signal.png", length: png.length, alt_text: alt })
    .catch((error: unknown) => {
      throw failed(error);
    });
  if (id === undefined || url === undefined) throw failed(new Error("Slack does not say where to"));
  const { ok, status } = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: new Uint8Array(png),
    signal: AbortSignal.timeout(uploadMs),
  }).catch((error: unknown) => {
    throw failed(error);
  });
  if (!ok) throw failed(new Error(`the upload was answered with ${status}`));
  await client.files.completeUploadExternal({ files: [{ id, title: alt }] }).catch((error: unknown) => {
    throw failed(error);
  });
  return id;
}
