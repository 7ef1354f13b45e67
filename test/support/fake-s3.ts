import { createHash } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

/** A bucket that keeps S3's promises: an object is written whole or not at all, and conditions are met at that moment. */
export class FakeS3 {
  readonly objects = new Map<string, { bytes: Uint8Array; etag: string; at: number }>();
  /** Lets the next requests fail. */
  isDown = false;
  readonly #now: () => number;
  /** S3 lists a thousand at a time. */
  readonly #page: number;

  constructor(now: () => number = () => 0, page = 1000) {
    this.#now = now;
    this.#page = page;
  }

  /** A real client to it, without a network. */
  client(): S3Client {
    return new S3Client({
      region: "us-east-2",
      forcePathStyle: true,
      maxAttempts: 1,
      credentials: { accessKeyId: "fake", secretAccessKey: "fake" },
      requestHandler: { handle: async (request: Request) => ({ response: await this.#answer(request) }) },
    });
  }

  put(key: string, bytes: Uint8Array): void {
    const etag = `"${createHash("md5").update(bytes).digest("hex")}"`;
    this.objects.set(key, { bytes: Uint8Array.from(bytes), etag, at: this.#now() });
  }

  async #answer({ method, path, query = {}, headers, body = new Uint8Array() }: Request) {
    await Promise.resolve();
    if (this.isDown) return reply(503, error("ServiceUnavailable"));
    const key = decodeURIComponent(path.split("/").slice(2).join("/"));
    if (query["list-type"] === "2") return reply(200, this.#list(String(query["prefix"]), query["continuation-token"]));
    const was = this.objects.get(key);
    if (method === "GET") return was ? reply(200, was.bytes) : reply(404, error("NoSuchKey"));
    const { "if-match": match, "if-none-match": noneMatch } = headers;
    if (match !== undefined && !was) return reply(404, error("NoSuchKey"));
    if ((match !== undefined && match !== was?.etag) || (noneMatch === "*" && was))
      return reply(412, error("PreconditionFailed"));
    this.put(key, body);
    return reply(200, "");
  }

  #list(prefix: string, after: unknown): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    const from = typeof after === "string" ? keys.indexOf(after) : 0;
    const next = keys[from + this.#page];
    const contents = keys.slice(from, from + this.#page).map((key) => {
      const { etag, at } = this.objects.get(key)!;
      const when = new Date(at).toISOString();
      return `<Contents><Key>${key}</Key><ETag>${etag}</ETag><LastModified>${when}</LastModified></Contents>`;
    });
    const more = next === undefined ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
    return `<ListBucketResult>${contents.join("")}${more}</ListBucketResult>`;
  }
}

const error = (code: string): string => `<Error><Code>${code}</Code><Message>${code}</Message></Error>`;

function reply(statusCode: number, body: string | Uint8Array) {
  const stream = new Blob([Buffer.from(body)]).stream();
  return { statusCode, headers: {}, body: stream };
}
