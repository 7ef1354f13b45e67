import { createServer, type RequestListener, type Server } from "node:http";
import { CreateTableCommand, DynamoDBClient, ResourceInUseException } from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { tableSchema } from "../src/aws/table.ts";

/** A server on a free port of 127.0.0.1. */
export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

const host = "127.0.0.1";

/** How long a server that is closed may still answer what it was asked before. */
const politeMs = 2_000;

/** Starts a server and says where it is. */
export async function listen(server: Server): Promise<Running> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP server has an address");
  return {
    url: `http://${host}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        // What is being answered is answered first: a store that is closed under a request brings the process down.
        const impatience = setTimeout(() => server.closeAllConnections(), politeMs);
        server.close(() => {
          clearTimeout(impatience);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

export const serveHttp = (listener: RequestListener): Promise<Running> => listen(createServer(listener));

/** DynamoDB, with the bot's table in it. Kept in `folder`, or in memory. */
export async function startDynamo(tableName: string, folder?: string): Promise<Running> {
  const running = await listen(dynalite({ createTableMs: 0, ...(folder && { path: folder }) }));
  const client = new DynamoDBClient({
    endpoint: running.url,
    region: "us-east-2",
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
  });
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        ...tableSchema,
      }),
    );
  } catch (error) {
    // It is there from an earlier start.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
  client.destroy();
  return running;
}
