import { GetAliasCommand, UpdateAliasCommand } from "@aws-sdk/client-lambda";
import { z } from "zod";
import type { Aws } from "../aws/clients.ts";
import { isNamed } from "../aws/failure.ts";
import { defineAction } from "../runbook/action.ts";
import { resource } from "../runbook/resource.ts";

const params = z.object({ function: z.string(), alias: z.string(), version: z.string() });
type Params = z.infer<typeof params>;

/** Where an alias leads. The revision changes with every change of the alias, and with nothing else. */
const route = z.object({ version: z.string(), weights: z.record(z.string(), z.number()), revision: z.string() });

async function routeOf(aws: Aws, { function: FunctionName, alias: Name }: Params): Promise<z.infer<typeof route>> {
  const {
    FunctionVersion = "",
    RoutingConfig,
    RevisionId = "",
  } = await aws.lambda.send(new GetAliasCommand({ FunctionName, Name }));
  return { version: FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {}, revision: RevisionId };
}

const leadsTo = ({ version, weights }: z.infer<typeof route>, wanted: string): boolean =>
  version === wanted && Object.keys(weights).length === 0;

async function lead(
  aws: Aws,
  { function: FunctionName, alias: Name }: Params,
  { version, weights, revision }: z.infer<typeof route>,
): Promise<{ revision: string }> {
  const { RevisionId = "" } = await aws.lambda.send(
    new UpdateAliasCommand({
      FunctionName,
      Name,
      FunctionVersion: version,
      RoutingConfig: { AdditionalVersionWeights: weights },
      RevisionId: revision,
    }),
  );
  return { revision: RevisionId };
}

/**
 * Leads all traffic of a Lambda alias to one version, and back to what it was.
 *
 * Every write names the revision that it is made on, so Lambda itself refuses it (`PreconditionFailedException`) where
 * somebody else has changed the alias in between, on the way there and on the way back.
 */
export const shiftAlias = defineAction({
  id: "lambda.shift-alias",
  summary: ({ function: name, alias, version }) => `lead all traffic of ${name}:${alias} to version ${version}`,
  params,
  permissions: ["lambda:GetAlias", "lambda:UpdateAlias"],
  touches: ({ function: name }) => [resource.function(name)],
  before: ({ params, aws }) => routeOf(aws, params),
  do: ({ params, aws, before }) => {
    const found = route.parse(before);
    if (leadsTo(found, params.version)) return Promise.resolve({ revision: found.revision });
    return lead(aws, params, { version: params.version, weights: {}, revision: found.revision });
  },
  probe: async ({ params, aws, before }) => {
    const now = await routeOf(aws, params);
    const { revision } = now;
    // Another revision than before, and where we wanted it: ours, or somebody else's who wanted the same.
    return leadsTo(now, params.version) && revision !== route.parse(before).revision
      ? { applied: true, out: { revision } }
      : { applied: false };
  },
  undo: async ({ params, aws, before, out }) => {
    const found = route.parse(before);
    const done = z.object({ revision: z.string() }).safeParse(out);
    if (!done.success || done.data.revision === found.revision) return;
    try {
      await lead(aws, params, { ...found, revision: done.data.revision });
    } catch (error) {
      // It has been changed since, or is gone: it is no longer ours.
      if (!isNamed(error, "PreconditionFailedException", "ResourceNotFoundException")) throw error;
    }
  },
});
