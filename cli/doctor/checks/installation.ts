import { GetFunctionConfigurationCommand, ListDurableExecutionsByFunctionCommand } from "@aws-sdk/client-lambda";
import { functionName, functionNames } from "../../../infra/names.ts";
import { isNamed } from "../../../src/aws/failure.ts";
import type { Account } from "../account.ts";
import { type Finding, fine, missing } from "../finding.ts";

/** Whether the functions are there, and the one that acts is durable and has the alias that it is started by. */
export async function installation({ aws, stage }: Account): Promise<Finding[]> {
  const deploy = `npm run deploy -- --stage ${stage}, or name the stage that is deployed with --stage`;
  const found = await Promise.all(
    functionNames.map(async (name) => {
      const full = functionName({ stage }, name);
      const alias = name === "remediate" ? { Qualifier: "durable" } : {};
      try {
        return await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName: full, ...alias }));
      } catch (error) {
        if (!isNamed(error, "ResourceNotFoundException")) throw error;
        return missing(
          full,
          name === "remediate" ? "there is no such function with the alias durable" : "is not there",
          deploy,
        );
      }
    }),
  );
  const gone = found.flatMap((one) => ("state" in one ? [one] : []));
  return gone.length > 0 ? gone : [fine(`paramedic-${stage}`, "all functions are there")];
}

/**
 * Whether the region has durable functions: one that has knows the question, whoever is asked about. Only a real account can
 * settle what a region without them answers; anything but the two known answers is told as not known.
 */
export async function region({ aws, stage }: Account): Promise<Finding[]> {
  const where = await aws.lambda.config.region();
  const FunctionName = functionName({ stage }, "remediate");
  try {
    await aws.lambda.send(new ListDurableExecutionsByFunctionCommand({ FunctionName, MaxItems: 1 }));
  } catch (error) {
    if (!isNamed(error, "ResourceNotFoundException")) throw error;
  }
  return [fine(where, "the region has durable functions")];
}
