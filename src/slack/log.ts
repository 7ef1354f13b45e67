import { type Logger, LogLevel } from "@slack/bolt";
import type { World } from "../engine/world.ts";

/** Bolt's words in our log. Its debug lines are left out: they hold whole requests. */
export function boltLogger(log: World["log"]): Logger {
  const say =
    (level: "info" | "warn" | "error") =>
    (...words: unknown[]) =>
      log(level, `bolt: ${words.map(String).join(" ")}`);
  return {
    debug: () => undefined,
    info: say("info"),
    warn: say("warn"),
    error: say("error"),
    getLevel: () => LogLevel.INFO,
    setLevel: () => undefined,
    setName: () => undefined,
  };
}
