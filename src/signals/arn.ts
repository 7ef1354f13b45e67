import { z } from "zod";

/** The longest ARN AWS has. */
const arnCharsMax = 2048;

/** An ARN of a service and, if given, of a type of resource: `arn("ecs", "task")`. Any partition, region and account. */
export function arn(service: string, type?: string) {
  return z
    .string({ error: "missing" })
    .max(arnCharsMax)
    .regex(
      new RegExp(`^arn:[^:]+:${service}:[^:]*:[^:]*:${type ? `${type}[/:]` : ""}.`),
      `not the ARN of ${type ? `a ${type}` : `something in ${service}`}`,
    );
}

/**
 * What an ARN names, without the type of resource: `i-1` of `…:instance/i-1`, `prod/1f2e` of `…:task/prod/1f2e`. What is not
 * an ARN is already a name.
 */
export function nameIn(arn: string): string {
  if (!arn.startsWith("arn:")) return arn;
  const [, , service, , , ...resource] = arn.split(":");
  // S3's resources have no type: what is before the slash is the bucket.
  return service === "s3" ? resource.join(":") : resource.join(":").replace(/^[A-Za-z-]+[/:]/, "");
}

export const regionIn = (arn: string): string | undefined => arn.split(":")[3];

export const accountIn = (arn: string): string | undefined => arn.split(":")[4];
