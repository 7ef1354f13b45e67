import { isNamed } from "../../src/aws/failure.ts";
import type { Account } from "./account.ts";
import { alarms, rules } from "./checks/alarms.ts";
import { clusters, deregistration, groups } from "./checks/fleets.ts";
import { installation, region } from "./checks/installation.ts";
import { permissions } from "./checks/permissions.ts";
import { quotaRoom } from "./checks/quotas.ts";
import { clients, metrics } from "./checks/services.ts";
import { calendars, halt } from "./checks/switches.ts";
import { type Finding, unknown } from "./finding.ts";

/** Everything that is looked at, in the order in which it is told. The names are public. */
export const checks: Readonly<Record<string, (account: Account) => Promise<Finding[]>>> = {
  region,
  installation,
  permissions,
  rules,
  quotas: quotaRoom,
  halt,
  calendars,
  alarms,
  metrics,
  clients,
  clusters,
  groups,
  deregistration,
};

/** A finding and the check it is of. */
export type Found = Finding & { readonly check: string };

/** What nobody answers to: no network, a wrong endpoint, no credentials. Nothing else can be said then. */
const unreachable = /^(TimeoutError|CredentialsProviderError|TokenProviderError|NetworkingError|Error)$/;
const refusals = ["UnrecognizedClientException", "InvalidClientTokenId", "ExpiredToken", "ExpiredTokenException"];

/** Whether an error says that the account itself cannot be reached. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error &&
  (isNamed(error, ...refusals) || (unreachable.test(error.name) && !("$metadata" in error && statusOf(error))));

const statusOf = (error: Error): unknown => {
  const metadata: unknown = Reflect.get(error, "$metadata");
  return typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "httpStatusCode") : undefined;
};

/**
 * Looks at everything. What may not be looked at is told as not known, and does not keep the rest from being looked at.
 *
 * @throws the SDK's error when the account cannot be reached at all.
 */
export async function examine(account: Account): Promise<Found[]> {
  const each = await Promise.all(
    Object.entries(checks).map(async ([check, look]) =>
      (await look(account).catch((error: unknown) => [notLooked(error)])).map((found) => ({ check, ...found })),
    ),
  );
  return each.flat();
}

function notLooked(error: unknown): Finding {
  if (isUnreachable(error) || !(error instanceof Error)) throw error;
  const [, permission] = /not authorized to perform: ([\w-]+:\w+)/.exec(error.message) ?? [];
  if (/AccessDenied|UnauthorizedOperation/.test(error.name))
    return unknown(
      permission ?? "permission",
      "whoever runs this may not look",
      `allow ${permission ?? "it"} to the credentials that doctor runs with`,
    );
  return unknown(error.name, error.message, "run it again; if it stays so, this endpoint does not answer the question");
}
