import type { S3Client } from "@aws-sdk/client-s3";
import { BotError } from "../bot-error.ts";
import { detectorVersion } from "../detect/detector.ts";
import type { ModelReader } from "../engine/model-store.ts";
import { reading } from "./calls.ts";

/** ModelReader of another version of the detector are elsewhere: after an upgrade there are none, until `learn` has come by. */
export const modelFolder = `models/${detectorVersion}/`;

/**
 * The models in the bot's bucket, for reading. The client is loaded when the first series is cold: other starts do not wait
 * for it.
 */
export function s3Models(bucket: string, client?: S3Client): ModelReader {
  return {
    async read(name) {
      const { GetObjectCommand, NoSuchKey, S3Client } = await import("@aws-sdk/client-s3");
      client ??= new S3Client(reading);
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: modelFolder + name }));
        return await Body?.transformToByteArray();
      } catch (cause) {
        if (cause instanceof NoSuchKey) return undefined;
        throw new BotError("aws_failed", `reading model ${name}: ${String(cause)}`, { cause, retryable: true });
      }
    },
  };
}
