import type { FunctionConfiguration, ListVersionsByFunctionResponse } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { SimError } from "../error.ts";
import type { Ground } from "../ground.ts";
import { acts, page, reads, wording } from "../operation.ts";
import type { SimulatedService } from "../operation.ts";
import type { LambdaFunction } from "../world/lambda.ts";
import { aliasOperations } from "./lambda-alias.ts";
import { concurrencyOperations } from "./lambda-concurrency.ts";
import { functionArn, functionName, functionOf, matchRevision, paged, token } from "./lambda-function.ts";
import { mappingBehaviour, mappingOperations } from "./lambda-mapping.ts";

type Version = LambdaFunction["versions"][number];

function described(
  ground: Ground,
  { name, revision, modifiedAt, isUpdating }: LambdaFunction,
  { version, memoryMb, timeoutSeconds, publishedAt }: Version,
): FunctionConfiguration {
  const isLatest = version === "$LATEST";
  return {
    FunctionName: name,
    FunctionArn: `${functionArn(ground, name)}${isLatest ? "" : `:${version}`}`,
    Version: version,
    MemorySize: memoryMb,
    Timeout: timeoutSeconds,
    ...(isLatest && { RevisionId: revision }),
    LastModified: new Date(isLatest ? modifiedAt : publishedAt).toISOString(),
    State: "Active",
    LastUpdateStatus: isLatest && isUpdating ? "InProgress" : "Successful",
  };
}

/** The function as it can be changed. */
const latest = ({ memoryMb, timeoutSeconds, modifiedAt }: LambdaFunction): Version => ({
  version: "$LATEST",
  memoryMb,
  timeoutSeconds,
  publishedAt: modifiedAt,
});

function refuseWhileUpdating(ground: Ground, { name, isUpdating }: LambdaFunction): void {
  if (!isUpdating) return;
  throw new SimError(
    "ResourceConflictException",
    `The operation cannot be performed at this time. An update is in progress for resource: ${functionArn(ground, name)}`,
    409,
  );
}

const named = { FunctionName: functionName };

/** What Lambda takes for its memory: whole megabytes from 128 to 10,240. */
const memory = z.int().min(128).max(10_240);

/**
 * Functions, versions, aliases, reserved concurrency and event source mappings. Nothing is invoked, and what a function
 * uses is what a test says it uses: seed the metrics.
 */
export const lambda: SimulatedService = {
  name: "lambda",
  target: "AWSGirApiService",
  wording: wording(
    {
      throttled: "TooManyRequestsException",
      denied: "AccessDeniedException",
      broken: "ServiceException",
      invalid: "InvalidParameterValueException",
    },
    { throttled: 429, denied: 403 },
  ),
  operations: {
    GetFunctionConfiguration: reads(
      z.strictObject({ ...named, Qualifier: z.string().optional() }),
      (ground, { FunctionName, Qualifier = "$LATEST" }): FunctionConfiguration => {
        const found = functionOf(ground, FunctionName);
        const wanted = found.aliases[Qualifier]?.version ?? Qualifier;
        const version = [latest(found), ...found.versions].find((one) => one.version === wanted);
        if (version) return described(ground, found, version);
        const arn = `${functionArn(ground, found.name)}:${Qualifier}`;
        throw new SimError("ResourceNotFoundException", `Function not found: ${arn}`, 404);
      },
    ),
    UpdateFunctionConfiguration: acts(
      z.strictObject({
        ...named,
        MemorySize: memory.optional(),
        Timeout: z.int().min(1).max(900).optional(),
        RevisionId: z.string().optional(),
      }),
      (ground, { FunctionName, MemorySize, Timeout, RevisionId }): FunctionConfiguration => {
        const found = functionOf(ground, FunctionName);
        refuseWhileUpdating(ground, found);
        matchRevision(RevisionId, found.revision);
        ground.change(found, {
          ...(MemorySize !== undefined && { memoryMb: MemorySize }),
          ...(Timeout !== undefined && { timeoutSeconds: Timeout }),
          revision: ground.uuid(),
          modifiedAt: ground.now(),
          isUpdating: true,
        });
        ground.later(ground.between(2, 6), "function-updated", found.name);
        return described(ground, found, latest(found));
      },
    ),
    ListVersionsByFunction: reads(
      z.strictObject({ ...named, ...paged(10_000) }),
      (ground, { FunctionName, Marker, MaxItems }): ListVersionsByFunctionResponse => {
        const found = functionOf(ground, FunctionName);
        const { items, next } = page([latest(found), ...found.versions], MaxItems, Marker);
        return { Versions: items.map((version) => described(ground, found, version)), ...token(next) };
      },
    ),
    PublishVersion: acts(
      z.strictObject({ ...named, Description: z.string().optional(), RevisionId: z.string().optional() }),
      (ground, { FunctionName, RevisionId }): FunctionConfiguration => {
        const found = functionOf(ground, FunctionName);
        refuseWhileUpdating(ground, found);
        matchRevision(RevisionId, found.revision);
        const last = found.versions.at(-1);
        // Nothing has changed since the last one: Lambda answers that one.
        if (last?.memoryMb === found.memoryMb && last.timeoutSeconds === found.timeoutSeconds)
          return described(ground, found, last);
        const version = String(Number(last?.version ?? 0) + 1);
        const published = { ...latest(found), version, publishedAt: ground.now() };
        ground.append(found.versions, [published]);
        return described(ground, found, published);
      },
    ),
    ...concurrencyOperations,
    ...aliasOperations,
    ...mappingOperations,
  },
  due: {
    ...mappingBehaviour,
    "function-updated": (ground, { of }) => {
      const found = ground.world.functions[of];
      if (found) ground.change(found, { isUpdating: false });
    },
  },
};
