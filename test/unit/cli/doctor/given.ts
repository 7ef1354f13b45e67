import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { vi } from "vitest";
import { z } from "zod";
import { doctor } from "../../../../cli/doctor/doctor.ts";
import { actsWith } from "../../../../infra/permissions.ts";
import { runbooks } from "../../../../runbooks/index.ts";
import { ruleName, rulesOf } from "../../../../infra/rules.ts";
import { listen } from "../../../../local/servers.ts";
import { createSim, type Sim } from "../../../../sim/sim.ts";
import { RunningClock } from "../../../../sim/clock.ts";
import type { SettingsInput } from "../../../../src/settings.ts";
import { settingsOf } from "../../../support/settings.ts";
import { paper } from "../given.ts";

/** What an operation that is not simulated answers: an object, or a refusal in AWS's words. */
type Said = Readonly<Record<string, object | { readonly __type: string }>>;

/** The policy of a role, as IAM hands it over. */
export function policyOf(actions: readonly string[]) {
  const Statement = [{ Sid: "Acting1", Effect: "Allow", Action: actions, Resource: "*" }];
  const PolicyDocument = encodeURIComponent(JSON.stringify({ Version: "2012-10-17", Statement }));
  return { RoleName: "paramedic-test-remediate", PolicyName: "remediate", PolicyDocument };
}

/** An installation that is there in full, in the words of the services that the simulation leaves out. */
export const installed: Said = {
  "AWSGirApiService.ListDurableExecutionsByFunction": { DurableExecutions: [] },
  "AWSGirApiService.GetFunctionConfiguration": {
    State: "Active",
    Role: "arn:aws:iam::123456789012:role/paramedic-test-remediate",
  },
  "AWSIdentityManagementV20100508.GetRolePolicy": policyOf(actsWith({ runbooks, settings: settingsOf({}) })),
  "AWSIdentityManagementV20100508.SimulatePrincipalPolicy": { EvaluationResults: [] },
  "AWSEvents.ListRules": {
    Rules: Object.keys(rulesOf({ stage: "test" })).map((id) => ({
      Name: ruleName({ stage: "test" }, id),
      State: "ENABLED",
    })),
  },
  "ServiceQuotasV20190624.GetServiceQuota": { Quota: { Value: 1_000 } },
};

const json = z.object({
  stage: z.string(),
  findings: z.array(
    z.object({
      check: z.string(),
      state: z.enum(["fine", "advice", "missing", "unknown"]),
      about: z.string(),
      says: z.string(),
      wayOut: z.string().optional(),
    }),
  ),
});
export type Findings = z.infer<typeof json>["findings"];

const targetOf = ({ headers }: IncomingMessage): string => String(headers["x-amz-target"] ?? "");

/** Before the simulation: what it does not simulate is answered as `said`. */
const before =
  (sim: Sim, said: Said): RequestListener =>
  (request, response) => {
    const answer = said[targetOf(request)];
    if (!answer) return sim.listener(request, response);
    request.resume();
    const status = "__type" in answer ? 400 : 200;
    response.writeHead(status, { "content-type": "application/x-amz-json-1.1" }).end(JSON.stringify(answer));
  };

/** Examines an account over HTTP, as the command does, and answers what it said. */
export async function examined({
  scene = () => undefined,
  said = installed,
  settings = {},
  args = [],
}: {
  scene?: (sim: Sim) => void;
  said?: Said;
  settings?: Partial<SettingsInput>;
  args?: readonly string[];
} = {}) {
  const clock = new RunningClock();
  const sim = createSim({ clock, seed: 1 });
  scene(sim);
  const server = await listen(createServer(before(sim, said)));
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const io = paper();
  const env = { AWS_ENDPOINT_URL: server.url, AWS_REGION: "us-east-2", PARAMEDIC_PROTOCOL: "json" };
  try {
    const exit = await doctor(["--stage", "test", "--json", ...args], io, { settings: settingsOf(settings), env });
    const { findings } = io.written.out === "" ? { findings: [] } : json.parse(JSON.parse(io.written.out));
    const of = (check: string): Findings => findings.filter((one) => one.check === check);
    return { exit, findings, of, err: io.written.err, calls: sim.calls };
  } finally {
    clock.stop();
    sim.stop();
    await server.close();
    vi.unstubAllEnvs();
  }
}

/** A fleet with which nothing is wrong, and a service that can be read. */
export function wellKept(sim: Sim): void {
  const group = sim.seed.group({
    name: "gpu-workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 2,
    max: 4,
    spot: true,
    cluster: "gpu",
    targetGroups: ["chat"],
    capacityRebalance: true,
    tags: { paramedic: "act" },
  });
  sim.seed.capacityProvider({ name: "gpu", cluster: "gpu", group: group.name, managedDraining: true });
  for (const target of Object.values(sim.world.targetGroups)) target.deregistrationDelayMs = 60_000;
  sim.seed.metric({
    namespace: "Paramedic",
    name: "LatencyMs",
    dimensions: { Service: "chat" },
    samples: [[Date.now() - 60_000, 640]],
  });
  sim.world.alarms["chat-latency-high"] = { state: "OK" };
}
