import { invalid } from "./aws-errors.ts";

/** Where the local functions pretend to live. */
export interface Place {
  readonly region: string;
  readonly account: string;
}

/** There is one published version of everything here; the alias `durable`, as osls makes it, points to it. */
export const version = "1";
export const qualifiers: readonly string[] = ["durable", version, "$LATEST"];

export const functionArn = ({ region, account }: Place, name: string, qualifier?: string): string =>
  `arn:aws:lambda:${region}:${account}:function:${name}${qualifier === undefined ? "" : `:${qualifier}`}`;

export const executionArn = (place: Place, fn: string, name: string, id: string): string =>
  `${functionArn(place, fn, version)}/durable-execution/${name}/${id}`;

const reference = /^(?:arn:[\w-]+:lambda:[\w-]+:\d{12}:function:|\d{12}:function:)?([\w-]+)(?::([\w$-]+))?$/;

/** Reads `name`, `name:qualifier`, a partial or a whole function ARN; a `Qualifier` given beside it must agree. */
export function readFunction(text: string, beside?: string): { name: string; qualifier: string | undefined } {
  const [, name, inside] = reference.exec(text) ?? [];
  if (name === undefined) throw invalid(`The function name ${text} is not valid.`);
  if (inside !== undefined && beside !== undefined && inside !== beside)
    throw invalid("The derived qualifier from the function name does not match the specified qualifier.");
  return { name, qualifier: inside ?? beside };
}

/** `[A-Za-z0-9-_]{1,64}` (API_Invoke). */
export function checkExecutionName(name: string): void {
  if (!/^[\w-]{1,64}$/.test(name)) throw invalid(`The durable execution name ${name} must match [a-zA-Z0-9-_]{1,64}.`);
}
