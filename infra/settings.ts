import type { Settings } from "../src/settings.ts";
import type { Installation } from "./installation.ts";

/**
 * The settings as they are deployed: those of `paramedic.config.ts`, in the stage of the deployment, and without any
 * autonomy until the deployment says `autonomy=configured`. A fresh install observes, whatever the file says.
 */
export function deployedSettings(
  settings: Settings,
  { stage, autonomy }: Pick<Installation, "stage" | "autonomy">,
): Settings {
  return { ...settings, stage, autonomy: autonomy === "configured" ? settings.autonomy : {} };
}
