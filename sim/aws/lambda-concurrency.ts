import type { Concurrency, GetFunctionConcurrencyResponse } from "@aws-sdk/client-lambda";
import { z } from "zod";
import { SimError } from "../error.ts";
import { acts, reads } from "../operation.ts";
import type { Operation } from "../operation.ts";
import { functionName, functionOf } from "./lambda-function.ts";

/** A new account may run so many at once, and must leave a hundred of them to the functions that reserve none. */
const accountMax = 1_000;
const unreservedMin = 100;

const named = { FunctionName: functionName };

/** Reserved concurrency. No call of these takes a RevisionId: the last writer wins. */
export const concurrencyOperations: Record<string, Operation> = {
  GetFunctionConcurrency: reads(z.strictObject(named), (ground, { FunctionName }): GetFunctionConcurrencyResponse => {
    const { reserved } = functionOf(ground, FunctionName);
    return reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved };
  }),
  PutFunctionConcurrency: acts(
    z.strictObject({ ...named, ReservedConcurrentExecutions: z.int().min(0) }),
    (ground, { FunctionName, ReservedConcurrentExecutions: reserved }): Concurrency => {
      const found = functionOf(ground, FunctionName);
      const others = Object.values(ground.world.functions).filter(({ name }) => name !== found.name);
      const left = others.reduce((sum, other) => sum - (other.reserved ?? 0), accountMax - reserved);
      if (left < unreservedMin) {
        throw new SimError(
          "InvalidParameterValueException",
          `Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${unreservedMin}].`,
        );
      }
      ground.change(found, { reserved });
      return { ReservedConcurrentExecutions: reserved };
    },
  ),
  DeleteFunctionConcurrency: acts(z.strictObject(named), (ground, { FunctionName }) => {
    ground.change(functionOf(ground, FunctionName), { reserved: undefined });
    return {};
  }),
};
