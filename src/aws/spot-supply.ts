import { type EC2Client, GetSpotPlacementScoresCommand } from "@aws-sdk/client-ec2";
import { z } from "zod";
import { see, type Seen, type SupplySums } from "../policies/spot-supply.ts";
import type { Settings } from "../settings.ts";
import type { Aws } from "./clients.ts";
import { isNamed } from "./failure.ts";
import { change, dynamoTable, readBody, type Table, tableNameOf } from "./table.ts";

const spells = z.object({ hours: z.number(), losses: z.number() });
const sums = z.object({
  atH: z.number(),
  available: z.array(z.string()),
  zones: z.record(z.string(), spells),
  none: z.object({ hours: z.number(), ends: z.number() }),
  elsewhere: z.number(),
});

/** Of ten: 10 is "highly likely to succeed", 1 "not likely". AWS promises nothing of those between. */
const likelyFrom = 6;

/**
 * The zones, by their ids, in which EC2 would probably have a spot instance of a type now. A recommendation and no promise; it
 * costs nothing, and asking for the same again and again is allowed.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/spot-placement-score.html
 */
export async function spotZones(ec2: EC2Client, instanceType: string, region: string): Promise<ReadonlySet<string>> {
  const { SpotPlacementScores = [] } = await ec2.send(
    new GetSpotPlacementScoresCommand({
      InstanceTypes: [instanceType],
      TargetCapacity: 1,
      SingleAvailabilityZone: true,
      RegionNames: [region],
    }),
  );
  return new Set(
    SpotPlacementScores.flatMap(({ AvailabilityZoneId, Score = 0 }) =>
      Score >= likelyFrom && AvailabilityZoneId !== undefined ? [AvailabilityZoneId] : [],
    ),
  );
}

/** Where what was seen of the supply is kept: the bot's own table. */
export const supplyTable = (aws: Pick<Aws, "dynamodb">, { stage }: Pick<Settings, "stage">): Table =>
  dynamoTable(aws.dynamodb, tableNameOf(stage));

const itemKey = (instanceType: string) => ({ pk: "spot-supply", sk: instanceType });

/** What was seen of the supply of a type. `undefined`: nothing, or the bot is not deployed here. */
export async function readSupply(table: Table, instanceType: string): Promise<SupplySums | undefined> {
  try {
    const item = await table.get(itemKey(instanceType));
    return item && readBody(item, sums);
  } catch (error) {
    if (isNamed(error, "ResourceNotFoundException")) return undefined;
    throw error;
  }
}

/** Adds looks, oldest first, to what was seen of the supply of a type. */
export async function noteSupply(table: Table, instanceType: string, looks: readonly Seen[]): Promise<void> {
  await change(table, itemKey(instanceType), sums, (was) => {
    const all = looks.reduce<SupplySums | undefined>(see, was);
    return all && { body: { ...all, available: [...all.available], zones: { ...all.zones } } };
  });
}
