import { functionNames, type Resources, roleId } from "./names.ts";
import { type Deployed, policiesOf } from "./permissions.ts";

/** One role for each function, with what that function may do and nothing else. */
export function roles(deployed: Deployed): Resources {
  const policies = policiesOf(deployed);
  const { permissionsBoundary } = deployed.installation;
  return Object.fromEntries(
    functionNames.map((name) => [
      roleId(name),
      {
        Type: "AWS::IAM::Role",
        Properties: {
          Description: `What Paramedic's ${name} function may do`,
          AssumeRolePolicyDocument: {
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" }],
          },
          ...(permissionsBoundary && { PermissionsBoundary: permissionsBoundary }),
          Policies: [{ PolicyName: name, PolicyDocument: { Version: "2012-10-17", Statement: policies[name] } }],
        },
      },
    ]),
  );
}
