import { metricBelow } from "../src/actions/metric-below.ts";
import { restorePromptVersion } from "../src/actions/restore-prompt-version.ts";
import { shiftAlias } from "../src/actions/shift-alias.ts";
import { shiftTraffic } from "../src/actions/shift-traffic.ts";
import { suspectOf } from "../src/policies/suspect-change.ts";
import type { Choice } from "../src/runbook/look/traffic.ts";
import { say, skip, until } from "../src/runbook/plan.ts";
import { defineRunbook } from "../src/runbook/runbook.ts";
import { modelTrouble } from "../src/runbook/triggers/model.ts";

/**
 * Leads traffic back to the model or prompt from before, when errors or drift follow a new one.
 *
 * It takes back one thing, the last that changed before the trouble, and looks whether that helped; if it did not, the new
 * one goes live again, because then it was not the cause. What helped stays: going forward again is for people, who mend or
 * retrain first.
 */
export const rollbackModel = defineRunbook({
  id: "rollback-model",
  summary: "Leads traffic back to the model or prompt from before, when a new one does badly",
  on: [modelTrouble],
  lane: "slow",
  uses: [shiftTraffic, shiftAlias, restorePromptVersion, metricBelow],
  limit: { runs: 4, within: { hours: 24 } },

  async plan({ signal: { service, at, metric, high, suspectHours }, look }) {
    const latest = (await look.metric(metric, { over: { minutes: 5 } })).at(-1);
    if (latest && latest.value < high) return skip(`${metric.name} of ${service} is back at ${latest.value} by itself`);

    const choices = await look.choices(service);
    const suspect = suspectOf(choices.filter(isNew), { troubleAt: at, within: { hours: suspectHours } });
    if (!suspect) return skip(`no model or prompt of ${service} went live in the ${suspectHours} h before`);
    if (suspect.kind === "endpoint" && !suspect.isSteady)
      return skip(`SageMaker is changing ${suspect.endpoint} just now: it may be rolling back by itself`);
    const back = wayBack(suspect);
    if (!back) return skip(`there is nothing before ${nameOf(suspect)} to go back to`);

    return [
      back,
      until(`${metric.name} comes down`, metricBelow({ metric, below: high }), {
        every: { minutes: 1 },
        within: { minutes: 15 },
      }),
      say(`${nameOf(suspect)} brought the trouble. Please retrain or mend it before it goes live again.`),
    ];
  },
});

/** An endpoint all of whose traffic is on its stable variant has nothing new, whatever was changed about it. */
const isNew = (choice: Choice): boolean => choice.kind !== "endpoint" || newcomers(choice).length > 0;

const newcomers = ({ weights, stable }: Choice & { kind: "endpoint" }): string[] =>
  Object.keys(weights).filter((variant) => variant !== stable && (weights[variant] ?? 0) > 0);

function nameOf(choice: Choice): string {
  switch (choice.kind) {
    case "endpoint":
      return `variant ${newcomers(choice).join(", ")} of ${choice.endpoint}`;
    case "alias":
      return `version ${choice.live} of ${choice.function}`;
    case "prompt":
      return `version ${choice.live} of ${choice.parameter}`;
  }
}

function wayBack(choice: Choice) {
  switch (choice.kind) {
    case "endpoint": {
      const { endpoint, weights, stable } = choice;
      if (!(stable in weights)) return undefined;
      const none = Object.fromEntries(Object.keys(weights).map((variant) => [variant, 0]));
      return shiftTraffic({ endpoint, weights: { ...none, [stable]: 1 } });
    }
    case "alias": {
      const { function: name, alias, previous } = choice;
      return previous === undefined ? undefined : shiftAlias({ function: name, alias, version: previous });
    }
    case "prompt": {
      const { parameter, previous } = choice;
      return previous === undefined ? undefined : restorePromptVersion({ parameter, version: previous });
    }
  }
}
