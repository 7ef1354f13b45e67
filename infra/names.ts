import type { Installation } from "./installation.ts";

/** The functions there are, as serverless.yml names them. */
export const functionNames = ["spot", "intake", "remediate", "slack", "watch", "learn"] as const;
export type FunctionName = (typeof functionNames)[number];

/** A CloudFormation value: text, or a function of CloudFormation's. */
export type Value = string | { readonly [fn: `Fn::${string}`]: unknown } | { readonly Ref: string };

/** Resources by their logical id. */
export type Resources = Readonly<Record<string, CloudFormationResource>>;
export interface CloudFormationResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: "Retain";
  readonly UpdateReplacePolicy?: "Retain";
}

export const sub = (text: string): Value => ({ "Fn::Sub": text });
export const ref = (id: string): Value => ({ Ref: id });
export const arnOf = (id: string): Value => ({ "Fn::GetAtt": [id, "Arn"] });

/** An ARN in the account and region of the stack. */
export const arn = (service: string, rest: string): string =>
  "arn:${AWS::Partition}:" + service + ":${AWS::Region}:${AWS::AccountId}:" + rest;

type Named = Pick<Installation, "stage">;

/** What everything of this installation is called, to begin with. */
export const prefix = ({ stage }: Named): string => `paramedic-${stage}`;

/** A function's name, as osls makes it: the same for its log group and its alarms. */
export const functionName = (installation: Named, name: FunctionName): string => `${prefix(installation)}-${name}`;

/** `SpotLambdaFunction`: how osls calls a function in the template. */
export const functionId = (name: FunctionName): string => `${capital(name)}LambdaFunction`;
export const roleId = (name: FunctionName): string => `${capital(name)}Role`;

const capital = (name: string): string => name.slice(0, 1).toUpperCase() + name.slice(1);

/** The only way to start a remediation: AWS refuses to invoke a durable function by an unqualified name. */
export const remediateAlias = (installation: Named): string =>
  arn("lambda", `function:${functionName(installation, "remediate")}:durable`);
