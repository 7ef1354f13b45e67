import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { canonicalJson } from "../../src/json.ts";
import { SimError, notSimulated } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import { type Attributes, attributes, type DynamoTable } from "../world/dynamodb.ts";

function tableOf(ground: Ground, name: string): DynamoTable {
  const found = ground.world.tables[name];
  if (found) return found;
  throw new SimError("ResourceNotFoundException", "Requested resource not found");
}

/** Where an item lives, from its own key attributes. */
function placeOf({ key }: DynamoTable, item: Attributes): string {
  if (key.some((name) => item[name] === undefined))
    throw new SimError("ValidationException", "One or more parameter values were invalid: Missing the key");
  return canonicalJson(key.map((name) => item[name] ?? null));
}

const putting = z.strictObject({
  TableName: z.string(),
  Item: attributes,
  ConditionExpression: z.string().optional(),
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: attributes.default({}),
});

/** Whether an item meets the two conditions that are simulated: that an attribute is not there, or has a value. */
function meets(
  was: Attributes,
  condition: string,
  { ExpressionAttributeNames: names, ExpressionAttributeValues: values }: z.output<typeof putting>,
): boolean {
  const [, absent] = /^attribute_not_exists\((\S+)\)$/.exec(condition) ?? [];
  if (absent !== undefined) return was[names[absent] ?? absent] === undefined;
  const [, left = "", right = ""] = /^(\S+) = (:\S+)$/.exec(condition) ?? [];
  if (right === "") throw notSimulated(`the condition ${condition} of dynamodb:PutItem`);
  return isDeepStrictEqual(was[names[left] ?? left], values[right]);
}

/** Single items of tables, with conditional writes: as much as actions use of the bot's table. */
export const dynamodb: SimulatedService = {
  name: "dynamodb",
  target: "DynamoDB_20120810",
  wording: wording({
    throttled: "ProvisionedThroughputExceededException",
    denied: "AccessDeniedException",
    broken: "InternalServerError",
    invalid: "ValidationException",
  }),
  operations: {
    GetItem: reads(
      z.strictObject({ TableName: z.string(), Key: attributes, ConsistentRead: z.boolean().optional() }),
      (ground, { TableName, Key }) => {
        const table = tableOf(ground, TableName);
        const Item = table.items[placeOf(table, Key)];
        return Item ? { Item } : {};
      },
    ),
    PutItem: acts(putting, (ground, input) => {
      const table = tableOf(ground, input.TableName);
      const place = placeOf(table, input.Item);
      const was = table.items[place] ?? {};
      if (input.ConditionExpression !== undefined && !meets(was, input.ConditionExpression, input))
        throw new SimError("ConditionalCheckFailedException", "The conditional request failed");
      ground.add(table.items, place, input.Item);
      return {};
    }),
  },
};
