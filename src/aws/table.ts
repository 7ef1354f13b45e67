import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ConditionalCheckFailedException,
  type CreateTableCommandInput,
  type DynamoDBClient,
} from "@aws-sdk/client-dynamodb";
import {
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { z } from "zod";
import { BotError } from "../bot-error.ts";
import { systemClock } from "../clock.ts";
import type { Json } from "../json.ts";
import { expiryOf } from "./retention.ts";

/** Where an item lives. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** One item: a body of plain JSON under a key, with the version that conditional writes compare. */
export interface Item extends Key {
  /** 1 when created, counted up by every replace. */
  readonly version: number;
  readonly body: Json;
  /** Binary that does not belong into JSON, such as a detector's state. */
  readonly bytes?: Uint8Array;
  /** Names a list that `recent` reads, newest `at` first. */
  readonly list?: string;
  readonly at?: number;
}

/** The one table: the truth. Only single-item conditional writes, so that every change is all or nothing. */
export interface Table {
  /** A strongly consistent read. */
  get(key: Key): Promise<Item | undefined>;
  /** Writes an item that must not be there yet. `false`: it is. */
  create(item: Omit<Item, "version">): Promise<boolean>;
  /** Writes an item over the version that was read. `false`: somebody else was faster. */
  replace(item: Item): Promise<boolean>;
  /**
   * Adds one to a number in the body without reading it first, so that any number of writers get through at once. An answer
   * that is lost may count twice. `false`: there is no such item.
   */
  increment(key: Key, field: string): Promise<boolean>;
  /** The items of one partition in order of `sk`, strongly consistent. */
  query(pk: string, options?: { newestFirst?: boolean; limit?: number }): Promise<Item[]>;
  /** The newest items of a list, newest first, by `at`. Eventually consistent. */
  recent(list: string, options: { limit: number }): Promise<Item[]>;
}

/** How often a change is tried again when somebody else was faster: 50 writers who meet at one item all get through. */
const tries = 16;

/** Writers who have met at one item wait for different whiles, longer every time: at first 8 ms at most, in the end a second. */
export const stepAside = (meetings: number): Promise<void> => sleep(randomInt(1, 2 ** Math.min(3 + meetings, 10)));

/**
 * Reads an item, lets `change` make a new body of it, and writes that back over the same version; again if somebody
 * else was faster. `change` may see its own earlier write, when the answer to it was lost: it must leave such a body
 * alone, by answering `undefined`, which changes nothing.
 *
 * @throws BotError `store_conflict` (retryable) when others are faster every time.
 */
export async function change<B extends Json>(
  table: Table,
  key: Key,
  schema: z.ZodType<B>,
  change: (body: B | undefined) => { body: B; list?: string; at?: number } | undefined,
): Promise<B | undefined> {
  for (let i = 0; i < tries; i++) {
    const item = await table.get(key);
    const was = item && readBody(item, schema);
    const next = change(was);
    if (!next) return was;
    const { body, list = item?.list, at = item?.at } = next;
    const write = { ...key, body, ...(list !== undefined && { list }), ...(at !== undefined && { at }) };
    const written = item ? await table.replace({ ...write, version: item.version }) : await table.create(write);
    if (written) return body;
    await stepAside(i);
  }
  throw new BotError("store_conflict", `changing ${key.pk} ${key.sk}: somebody else was faster ${tries} times`, {
    retryable: true,
  });
}

/** Reads what came back from the table. @throws BotError `bad_input` when it is not what we write there. */
export function readBody<B>(item: Item, schema: z.ZodType<B>): B {
  const read = schema.safeParse(item.body);
  if (read.success) return read.data;
  throw new BotError("bad_input", `reading ${item.pk} ${item.sk}: ${z.prettifyError(read.error)}`, {
    cause: read.error,
  });
}

const stored = z.object({
  pk: z.string(),
  sk: z.string(),
  version: z.int().positive(),
  body: z.json(),
  bytes: z.instanceof(Uint8Array).optional(),
  list: z.string().optional(),
  at: z.number().optional(),
});

/** The operations below, as IAM actions on the table; `recent` is a Query on its index. */
export const tableOperations = [
  "dynamodb:GetItem",
  "dynamodb:PutItem",
  "dynamodb:UpdateItem",
  "dynamodb:Query",
] as const;

/** Name of the index behind `recent`: partition `list`, sort `at`. Sparse: only listed items are in it. */
export const recentIndex = "recent";

/** What the table is called, in an account and on a laptop: `PARAMEDIC_TABLE` says the same. */
export const tableNameOf = (stage: string): string => `paramedic-${stage}`;

/** How the table is made: the same in an account and on a laptop. */
export const tableSchema = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
    { AttributeName: "list", AttributeType: "S" },
    { AttributeName: "at", AttributeType: "N" },
  ],
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: recentIndex,
      KeySchema: [
        { AttributeName: "list", KeyType: "HASH" },
        { AttributeName: "at", KeyType: "RANGE" },
      ],
      Projection: { ProjectionType: "ALL" },
    },
  ],
} satisfies Partial<CreateTableCommandInput>;

/**
 * The table in DynamoDB: partition key `pk`, sort key `sk`, and the index `recent`.
 *
 * A conditional write whose answer is lost may be applied and then be refused by the retry. `create` and `replace` then
 * answer `false` although they did it, and `change` reads again and finds its own write: nothing is done twice.
 */
export function dynamoTable(client: DynamoDBClient, name: string): Table {
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const put = async (item: Item, condition: string, values?: Record<string, unknown>): Promise<boolean> => {
    return await unlessRefused(
      documents.send(
        new PutCommand({
          TableName: name,
          Item: { ...item, ...expiryOf(item.pk, systemClock.now()) },
          ConditionExpression: condition,
          ...(values && { ExpressionAttributeValues: values, ExpressionAttributeNames: { "#version": "version" } }),
        }),
      ),
    );
  };
  /** DynamoDB answers at most 1 MB at a time. */
  const pages = async (query: QueryCommandInput, limit: number): Promise<Item[]> => {
    const items: Item[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const Limit = Number.isFinite(limit) ? limit - items.length : undefined;
      const page = await documents.send(new QueryCommand({ ...query, Limit, ExclusiveStartKey }));
      items.push(...(page.Items ?? []).map((item) => stored.parse(item)));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey && items.length < limit);
    return items;
  };
  return {
    async get({ pk, sk }) {
      const { Item } = await documents.send(new GetCommand({ TableName: name, Key: { pk, sk }, ConsistentRead: true }));
      return Item && stored.parse(Item);
    },
    create: (item) => put({ ...item, version: 1 }, "attribute_not_exists(pk)"),
    replace: (item) => put({ ...item, version: item.version + 1 }, "#version = :was", { ":was": item.version }),
    async increment({ pk, sk }, field) {
      return await unlessRefused(
        documents.send(
          new UpdateCommand({
            TableName: name,
            Key: { pk, sk },
            UpdateExpression: "SET #body.#field = #body.#field + :one, #version = #version + :one",
            ConditionExpression: "attribute_exists(pk)",
            ExpressionAttributeNames: { "#body": "body", "#field": field, "#version": "version" },
            ExpressionAttributeValues: { ":one": 1 },
          }),
        ),
      );
    },
    query: (pk, { newestFirst = false, limit = Infinity } = {}) =>
      pages(
        {
          TableName: name,
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ConsistentRead: true,
          ScanIndexForward: !newestFirst,
        },
        limit,
      ),
    recent: (list, { limit }) =>
      pages(
        {
          TableName: name,
          IndexName: recentIndex,
          KeyConditionExpression: "#list = :list",
          ExpressionAttributeNames: { "#list": "list" },
          ExpressionAttributeValues: { ":list": list },
          ScanIndexForward: false,
        },
        limit,
      ),
  };
}

/** Whether a conditional write was done. */
async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
