import settings from "../paramedic.config.ts";
import { runbooks } from "../runbooks/index.ts";
import { checkRunbooks } from "../src/engine/check-runbooks.ts";
import { bakedSettings, leanZod } from "./bundling.ts";
import { parameterNames, readInstallation } from "./installation.ts";
import { deployedSettings } from "./settings.ts";
import * as template from "./template.ts";
import { triggersOnly } from "./triggers-only.ts";

// What serverless.yml includes with `file(infra/osls.js)`. osls loads no TypeScript there; everything is in the files above.

export const installation = async ({ resolveVariable }) => {
  const given = {
    stage: await resolveVariable("sls:stage"),
    region: await resolveVariable("opt:region, param:region"),
  };
  for (const name of parameterNames) given[name] ??= await resolveVariable(`param:${name}`);
  return quietly(() => readInstallation(given));
};

const installed = ({ resolveConfigurationProperty }) => resolveConfigurationProperty(["custom", "installation"]);
const deployed = (installation) => ({
  installation,
  runbooks: checkRunbooks(runbooks, settings),
  settings: deployedSettings(settings, installation),
});

export const environment = async (osls) => template.environment(await installed(osls));

export const resources = async (osls) => {
  const installation = await installed(osls);
  return quietly(() => template.resources(deployed(installation)));
};

/** The plugins of serverless-esbuild, which hands over the whole of osls. */
export default ({ service }) => [
  bakedSettings(deployed(service.custom.installation).settings),
  triggersOnly(runbooks),
  leanZod,
];

/** osls prints the stack of what is thrown here. What is wrong is in the message, and where is no matter of ours. */
function quietly(make) {
  try {
    return make();
  } catch (error) {
    if (error.name === "BotError") error.stack = error.message;
    throw error;
  }
}
