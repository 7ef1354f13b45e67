import type { SettingsInput } from "../../src/settings.ts";
import type { Asking } from "./ask.ts";
import { type Found, toName } from "./found.ts";

type Service = SettingsInput["services"][number];

/** What stands where only people know the answer, and nobody gave it. */
export const unanswered = { channel: "C0000000000", team: "T0000000000", approver: "U0000000000" } as const;

/** Makes settings of what was found and what people answer. A fresh installation has no autonomy: it observes. */
export async function interview(ask: Asking, found: Found): Promise<SettingsInput> {
  const channel = await ask("Slack channel for incidents, by its id", unanswered.channel);
  const team = await ask("Slack workspace, by its id", unanswered.team);
  const people = await ask("Who may decide, as ID NAME, separated by commas", `${unanswered.approver} Nobody yet`);
  const clusters = await ask("ECS clusters to look for instances in", found.clusters.join(", "));
  const services: Service[] = [];
  for (const proposed of found.services) {
    const { latency, latencyMs, alarms = [] } = proposed;
    const what = `${latency.namespace} ${latency.name} (${alarms.join(", ")})`;
    const name = await ask(`Name of the service behind ${what}; - for none`, proposed.name);
    if (name === "-") continue;
    const high = await milliseconds(ask, `From how many ms on is ${name} slow`, latencyMs.high);
    const normal = await milliseconds(ask, `How many ms are normal for ${name}`, Math.min(latencyMs.normal, high / 2));
    services.push({ ...proposed, name: toName(name), latencyMs: { normal, high } });
  }
  if (found.services.length === 0) services.push(...(await firstService(ask)));
  return {
    stage: "dev",
    channel,
    team,
    clusters: listed(clusters),
    services,
    approvers: listed(people).map((one) => {
      const [slack = "", ...name] = one.split(/\s+/);
      return { slack, name: name.join(" ") || slack, may: ["*"] };
    }),
    autonomy: {},
  };
}

/** A service nobody found an alarm of: its name, and the metric that says how long people wait for it. */
async function firstService(ask: Asking): Promise<Service[]> {
  const name = await ask("A service to look after; - for none", "-");
  if (name === "-") return [];
  const namespace = await ask(`CloudWatch namespace of its latency`, "Paramedic");
  const metric = await ask(`Name of that metric, in milliseconds`, "LatencyMs");
  const dimensions = await ask(`Its dimensions, as NAME=VALUE, separated by commas`, `Service=${toName(name)}`);
  const high = await milliseconds(ask, `From how many ms on is it slow`, 1_000);
  const normal = await milliseconds(ask, `How many ms are normal`, high / 2);
  const pairs = listed(dimensions).map((pair) => pair.split("=").map((part) => part.trim()));
  return [
    {
      name: toName(name),
      latency: {
        namespace,
        name: metric,
        dimensions: Object.fromEntries(pairs.map(([key = "", value = ""]) => [key, value])),
      },
      latencyMs: { normal, high },
    },
  ];
}

/** Asks until it is a number above zero; whoever asks nobody gets the proposal, which is one. */
async function milliseconds(ask: Asking, question: string, proposal: number): Promise<number> {
  for (;;) {
    const answer = Number(await ask(question, String(proposal)));
    if (Number.isFinite(answer) && answer > 0) return answer;
  }
}

const listed = (text: string): string[] =>
  text
    .split(",")
    .map((one) => one.trim())
    .filter(Boolean);
