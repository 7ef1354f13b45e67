import { checkRunbooks } from "../src/engine/check-runbooks.ts";
import type { Runbook } from "../src/runbook/runbook.ts";
import type { Settings } from "../src/settings.ts";

/** What a bot is made of besides its code. */
export interface Deployed {
  readonly settings: Settings;
  readonly runbooks: readonly Runbook[];
}

/** What this checkout deploys. @throws BotError `bad_setting` when it could not be deployed. */
export async function deployed(): Promise<Deployed> {
  const [{ default: settings }, { runbooks }] = await Promise.all([
    import("../paramedic.config.ts"),
    import("../runbooks/index.ts"),
  ]);
  return { settings, runbooks: checkRunbooks(runbooks, settings) };
}
