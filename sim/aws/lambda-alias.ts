import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, reads } from "../operation.ts";
import type { Operation } from "../operation.ts";
import type { LambdaAlias, LambdaFunction } from "../world/lambda.ts";
import { functionArn, functionName, functionOf, matchRevision } from "./lambda-function.ts";

function aliasOf(ground: Ground, fn: LambdaFunction, name: string): LambdaAlias {
  const alias = fn.aliases[name];
  if (alias) return alias;
  const arn = `${functionArn(ground, fn.name)}:${name}`;
  throw new SimError("ResourceNotFoundException", `Cannot find alias arn: ${arn}`, 404);
}

const described = (
  ground: Ground,
  fn: string,
  { name, version, weights, revision }: LambdaAlias,
): AliasConfiguration => ({
  AliasArn: `${functionArn(ground, fn)}:${name}`,
  Name: name,
  FunctionVersion: version,
  RevisionId: revision,
  ...(Object.keys(weights).length > 0 && { RoutingConfig: { AdditionalVersionWeights: weights } }),
});

const invalid = (why: string): SimError => new SimError("InvalidParameterValueException", why);

/** One other version at most, and both published. */
function checkRouting(ground: Ground, fn: LambdaFunction, version: string, weights: Record<string, number>): void {
  const others = Object.keys(weights);
  if (others.length > 1) throw invalid("Number of items in AdditionalVersionWeights cannot be greater than 1.");
  if (others.includes(version)) throw invalid(`Invalid function version ${version} in AdditionalVersionWeights.`);
  if (others.length > 0 && version === "$LATEST") throw invalid("$LATEST is not supported for an alias with routing.");
  for (const one of [version, ...others]) {
    if (one === "$LATEST" || fn.versions.some(({ version }) => version === one)) continue;
    throw new SimError("ResourceNotFoundException", `Function not found: ${functionArn(ground, fn.name)}:${one}`, 404);
  }
}

const named = { FunctionName: functionName, Name: z.string() };

export const aliasOperations: Record<string, Operation> = {
  GetAlias: reads(z.strictObject(named), (ground, { FunctionName, Name }): AliasConfiguration =>
    described(ground, FunctionName, aliasOf(ground, functionOf(ground, FunctionName), Name)),
  ),
  UpdateAlias: acts(
    z.strictObject({
      ...named,
      FunctionVersion: z.string().optional(),
      Description: z.string().optional(),
      RoutingConfig: z
        .strictObject({ AdditionalVersionWeights: z.record(z.string(), z.number().min(0).max(1)).optional() })
        .optional(),
      RevisionId: z.string().optional(),
    }),
    (ground, { FunctionName, Name, FunctionVersion, RoutingConfig, RevisionId }): AliasConfiguration => {
      const fn = functionOf(ground, FunctionName);
      const alias = aliasOf(ground, fn, Name);
      matchRevision(RevisionId, alias.revision);
      const version = FunctionVersion ?? alias.version;
      const weights = RoutingConfig ? (RoutingConfig.AdditionalVersionWeights ?? {}) : alias.weights;
      checkRouting(ground, fn, version, weights);
      ground.change(alias, { version, weights, revision: ground.uuid() });
      return described(ground, FunctionName, alias);
    },
  ),
};
