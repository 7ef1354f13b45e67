import { BotError } from "../bot-error.ts";
import type { Chat } from "./world.ts";

/** The chat of functions that never speak: `spot` and `intake` leave that to the remediation, and stay small and quick. */
export const silent = (): Chat => ({
  show: () => Promise.reject(new BotError("slack_failed", "showing an incident: this function has no chat")),
  tell: () => Promise.reject(new BotError("slack_failed", "telling a thread: this function has no chat")),
});
