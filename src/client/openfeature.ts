import {
  ErrorCode,
  type JsonValue,
  type Provider,
  type ResolutionDetails,
  StandardResolutionReasons as reasons,
} from "@openfeature/server-sdk";
import type { Circuit } from "./circuit/circuit.ts";
import type { Levels, SeenLevel } from "./level.ts";

/**
 * Levels and circuits as OpenFeature flags: `level.<service>` is a string (`full`, `limited`, `cached`, `minimal`),
 * `circuit.<name>` is true while the circuit lets every call through. A circuit on its way back reads as false, with the
 * share it lets through in the flag's metadata; who wants to be in that share calls through the circuit.
 *
 * ```ts
 * await OpenFeature.setProviderAndWait(openFeatureProvider(paramedic));
 * const level = await OpenFeature.getClient().getStringValue("level.chat", "full");
 * ```
 */
export function openFeatureProvider({
  seeLevel,
  circuit,
}: {
  readonly seeLevel: Levels["see"];
  readonly circuit: (name: string) => Circuit;
}): Provider {
  return {
    metadata: { name: "paramedic" },
    runsOn: "server",
    async resolveStringEvaluation(flag, fallback) {
      const service = after("level.", flag);
      if (service === undefined) return unlike(flag, fallback, "circuit.", "boolean");
      const seen = await seeLevel(service);
      if (seen.from === "default") {
        return failed(fallback, ErrorCode.GENERAL, `the level of ${service} has never been readable`);
      }
      return { value: seen.level, variant: seen.level, reason: reasonOf(seen) };
    },
    async resolveBooleanEvaluation(flag, fallback) {
      const name = after("circuit.", flag);
      if (name === undefined) return unlike(flag, fallback, "level.", "string");
      const { kind, share, isStale } = await circuit(name).state();
      const value = kind === "closed" || kind === "forced-closed" || kind === "metrics-only";
      return { value, variant: kind, reason: isStale ? reasons.STALE : reasons.CACHED, flagMetadata: { share } };
    },
    resolveNumberEvaluation: (flag, fallback) => Promise.resolve(neither(flag, fallback)),
    resolveObjectEvaluation: <T extends JsonValue>(flag: string, fallback: T) =>
      Promise.resolve(neither(flag, fallback)),
  };
}

function reasonOf({ from, isCached }: SeenLevel): string {
  switch (from) {
    case "last-known":
    case "default":
      return reasons.STALE;
    case "unset":
      return reasons.DEFAULT;
    case "parameter":
      return isCached ? reasons.CACHED : reasons.STATIC;
  }
}

const after = (prefix: string, flag: string): string | undefined =>
  flag.startsWith(prefix) && flag.length > prefix.length ? flag.slice(prefix.length) : undefined;

const failed = <T>(value: T, errorCode: ErrorCode, errorMessage: string): ResolutionDetails<T> => ({
  value,
  reason: reasons.ERROR,
  errorCode,
  errorMessage,
});

const unlike = <T>(flag: string, fallback: T, other: string, type: string): ResolutionDetails<T> =>
  after(other, flag) === undefined
    ? failed(fallback, ErrorCode.FLAG_NOT_FOUND, `${flag} is neither level.<service> nor circuit.<name>`)
    : failed(fallback, ErrorCode.TYPE_MISMATCH, `${flag} is a ${type}`);

const neither = <T>(flag: string, fallback: T): ResolutionDetails<T> =>
  unlike(
    flag,
    fallback,
    flag.startsWith("level.") ? "level." : "circuit.",
    flag.startsWith("level.") ? "string" : "boolean",
  );
