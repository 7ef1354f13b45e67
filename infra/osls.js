import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { bakedSettings, leanZod } from "./bundling.ts";
import { readInstallation } from "./installation.ts";
import { deployedSettings } from "./settings.ts";
import * as template from "./template.ts";

// What serverless.yml includes with `file(infra/osls.js)`. osls loads no TypeScript there; everything is in the files above.

const installationOf = async ({ resolveConfigurationProperty }) =>
  readInstallation(await resolveConfigurationProperty(["custom", "installation"]));

export const resources = async (osls) => {
  const installation = await installationOf(osls);
  return template.resources({ installation, runbooks, settings: deployedSettings(settings, installation) });
};

export const environment = async (osls) => template.environment(await installationOf(osls));

/** The plugins of serverless-esbuild, which hands over the whole of osls. */
export default ({ service }) => [
  bakedSettings(deployedSettings(settings, readInstallation(service.custom.installation))),
  leanZod,
];
