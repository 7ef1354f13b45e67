import { GetFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { GetRolePolicyCommand, SimulatePrincipalPolicyCommand } from "@aws-sdk/client-iam";
import { z } from "zod";
import { functionName } from "../../../infra/names.ts";
import { actsWith } from "../../../infra/permissions.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { isNamed } from "../../../src/aws/failure.ts";
import type { Account } from "../account.ts";
import { type Finding, fine, missing } from "../finding.ts";

const policy = z.object({
  Statement: z.array(z.object({ Effect: z.enum(["Allow", "Deny"]), Action: z.array(z.string()) })),
});

/** So many actions are asked about at once; IAM's simulator takes its time for each. */
const askedMax = 50;

/**
 * Whether the role of `remediate` has what the runbooks and settings of this checkout need, and whether anything above the
 * role (a permissions boundary, a policy of the organisation) takes it away, as far as IAM's simulator sees that.
 */
export async function permissions({ aws, iam, settings, stage }: Account): Promise<Finding[]> {
  const FunctionName = functionName({ stage }, "remediate");
  const needed = actsWith({ runbooks, settings });
  let role: string | undefined;
  try {
    role = (await aws.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).Role;
  } catch (error) {
    // Another check tells that it is not deployed.
    if (isNamed(error, "ResourceNotFoundException")) return [];
    throw error;
  }
  if (role === undefined) return [];
  const RoleName = role.slice(role.lastIndexOf("/") + 1);
  const { PolicyDocument = "" } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: "remediate" }));
  const { Statement } = policy.parse(JSON.parse(decodeURIComponent(PolicyDocument)));
  const has = new Set(Statement.flatMap(({ Effect, Action }) => (Effect === "Allow" ? Action : [])));
  const lacks = needed.filter((action) => !has.has(action));
  const taken = await takenAway(iam, role, needed);
  const found = [
    ...(lacks.length > 0
      ? [
          missing(
            RoleName,
            `lacks ${lacks.join(", ")}`,
            `npm run deploy -- --stage ${stage}: the role follows the runbooks`,
          ),
        ]
      : []),
    ...[...taken].map(([by, actions]) =>
      missing(
        RoleName,
        `${by} takes away ${actions.join(", ")}`,
        `allow them there, or take the runbook out that needs them`,
      ),
    ),
  ];
  return found.length > 0 ? found : [fine(RoleName, `has the ${needed.length} permissions that it acts with`)];
}

/** What something above the role takes away, by what it is. */
async function takenAway(
  iam: Account["iam"],
  role: string,
  actions: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const taken = new Map<string, string[]>();
  for (let i = 0; i < actions.length; i += askedMax) {
    const ActionNames = actions.slice(i, i + askedMax);
    const { EvaluationResults = [] } = await iam.send(
      new SimulatePrincipalPolicyCommand({ PolicySourceArn: role, ActionNames, MaxItems: askedMax }),
    );
    for (const {
      EvalActionName = "",
      PermissionsBoundaryDecisionDetail,
      OrganizationsDecisionDetail,
    } of EvaluationResults) {
      const by =
        PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary === false
          ? "its permissions boundary"
          : OrganizationsDecisionDetail?.AllowedByOrganizations === false
            ? "a policy of the organisation"
            : undefined;
      if (by !== undefined) taken.set(by, [...(taken.get(by) ?? []), EvalActionName]);
    }
  }
  return taken;
}
