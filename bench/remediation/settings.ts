import { runbooks } from "../../runbooks/index.ts";
import { defineSettings, type Settings, type SettingsInput } from "../../src/settings.ts";

/** An installation in which every runbook may act by itself, so that every mistake of the bot's shows as a change. */
export const onItsOwn = (more: Partial<SettingsInput> & Pick<SettingsInput, "services">): Settings =>
  defineSettings({
    stage: "bench",
    channel: "C0BENCH",
    team: "T0BENCH",
    clusters: ["gpu"],
    approvers: [{ slack: "U0ALEX", name: "Alex", may: ["*"] }],
    autonomy: Object.fromEntries(runbooks.map(({ id }) => [id, "auto" as const])),
    ...more,
  });
