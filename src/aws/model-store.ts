import { ListObjectsV2Command, PutObjectCommand, S3ServiceException, type S3Client } from "@aws-sdk/client-s3";
import { BotError } from "../bot-error.ts";
import type { ModelStore, StoredModel } from "../engine/model-store.ts";
import { modelFolder, s3Models } from "./models.ts";

/** The models in the bot's bucket, for the one who makes them. */
export function s3ModelStore(bucket: string, client: S3Client): ModelStore {
  return {
    ...s3Models(bucket, client),
    async list() {
      const found = new Map<string, StoredModel>();
      let ContinuationToken: string | undefined;
      do {
        const page = await client
          .send(new ListObjectsV2Command({ Bucket: bucket, Prefix: modelFolder, ContinuationToken }))
          .catch((cause: unknown) => failed("listing the models", cause));
        for (const { Key, ETag, LastModified } of page.Contents ?? []) {
          if (Key !== undefined && ETag !== undefined && LastModified)
            found.set(Key.slice(modelFolder.length), { tag: ETag, at: LastModified.getTime() });
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
      return found;
    },
    async write(name, bytes, over) {
      const condition = over ? { IfMatch: over.tag } : { IfNoneMatch: "*" };
      try {
        await client.send(new PutObjectCommand({ Bucket: bucket, Key: modelFolder + name, Body: bytes, ...condition }));
        return true;
      } catch (error) {
        if (error instanceof S3ServiceException && refusals.has(error.$metadata.httpStatusCode ?? 0)) return false;
        return failed(`writing model ${name}`, error);
      }
    },
  };
}

/**
 * 412: another one is there than the one that was listed. 409: another one is just being written. 404: the one that was listed
 * has been deleted. A repeat by the SDK may be refused because the first try was written: then it is ours that stands.
 */
const refusals = new Set([412, 409, 404]);

function failed(doing: string, cause: unknown): never {
  throw new BotError("aws_failed", `${doing}: ${String(cause)}`, { cause, retryable: true });
}
