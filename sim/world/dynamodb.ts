import { z } from "zod";

/** An item as it goes over the wire: every value with its type, `{ "S": "text" }`. Numbers are texts. */
export const attributes = z.record(z.string(), z.record(z.string(), z.json()));
export type Attributes = z.infer<typeof attributes>;

const table = z.object({
  name: z.string(),
  /** The attributes that the primary key is made of, partition key first. */
  key: z.array(z.string()),
  items: z.record(z.string(), attributes),
});
export type DynamoTable = z.infer<typeof table>;

/** The part of the world that DynamoDB keeps. */
export const dynamoWorld = { tables: z.record(z.string(), table) };
