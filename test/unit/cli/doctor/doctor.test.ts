import { afterEach, describe, expect, it, vi } from "vitest";
import { checks } from "../../../../cli/doctor/examine.ts";
import { doctor } from "../../../../cli/doctor/doctor.ts";
import { actsWith } from "../../../../infra/permissions.ts";
import { runbooks } from "../../../../runbooks/index.ts";
import { settingsOf } from "../../../support/settings.ts";
import { paper } from "../given.ts";
import { examined, installed, policyOf, wellKept } from "./given.ts";

afterEach(() => void vi.unstubAllEnvs());

describe("paramedic doctor", () => {
  it("finds nothing missing in an account that is well kept, and changes nothing in it", async () => {
    const { exit, findings, calls } = await examined({ scene: wellKept });

    expect(findings.filter(({ state }) => state === "missing" || state === "unknown")).toEqual([]);
    expect(exit).toBe(0);
    expect(calls.length).toBeGreaterThan(5);
    expect(calls.filter(({ mutating }) => mutating)).toEqual([]);
  });

  it("answers every check that it has, and a way out for whatever is not fine", async () => {
    const { findings } = await examined({ settings: { calendars: ["freeze"] } });

    expect(new Set(findings.map(({ check }) => check))).toEqual(
      new Set(Object.keys(checks).filter((check) => !["groups", "deregistration"].includes(check))),
    );
    for (const { state, wayOut } of findings) expect(wayOut !== undefined).toBe(state !== "fine");
  });

  it("names groups without the tag, at their maximum, in one zone, and says what rebalancing off means", async () => {
    const { exit, of } = await examined({
      scene: (sim) =>
        void sim.seed.group({ name: "bare", zones: ["us-east-2a"], type: "g5.xlarge", size: 2, max: 2, spot: true }),
    });

    expect(of("groups").map(({ state, says }) => `${state}: ${says}`)).toEqual([
      "missing: has no tag paramedic = act, so AWS refuses whatever the bot would change",
      "missing: is at its maximum of 2, so no replacement can be launched before an instance goes",
      "advice: has one zone, in which capacity runs out at once",
      "advice: capacity rebalancing is off, so only the bot launches replacements",
    ]);
    expect(exit).toBe(3);
  });

  it("names permissions that the role of remediate lacks, and those that something above it takes away", async () => {
    const { of } = await examined({
      said: {
        ...installed,
        "AWSIdentityManagementV20100508.GetRolePolicy": policyOf(
          actsWith({ runbooks, settings: settingsOf({}) }).filter((action) => action !== "ssm:PutParameter"),
        ),
        "AWSIdentityManagementV20100508.SimulatePrincipalPolicy": {
          EvaluationResults: [
            {
              EvalActionName: "autoscaling:LaunchInstances",
              EvalDecision: "implicitDeny",
              PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
            },
            {
              EvalActionName: "sqs:ChangeMessageVisibility",
              EvalDecision: "explicitDeny",
              OrganizationsDecisionDetail: { AllowedByOrganizations: false },
            },
          ],
        },
      },
    });

    expect(new Set(of("permissions").map(({ state, says }) => `${state}: ${says}`))).toEqual(
      new Set([
        "missing: lacks ssm:PutParameter",
        "missing: its permissions boundary takes away autoscaling:LaunchInstances",
        "missing: a policy of the organisation takes away sqs:ChangeMessageVisibility",
      ]),
    );
  });

  it("names target groups whose deregistration takes longer than the notice", async () => {
    const { of } = await examined({
      scene: (sim) => {
        wellKept(sim);
        for (const target of Object.values(sim.world.targetGroups)) target.deregistrationDelayMs = 300_000;
      },
    });

    expect(of("deregistration")).toMatchObject([
      { state: "missing", about: "chat", says: "its deregistration delay of 300 s is over the notice of 120 s" },
    ]);
  });

  it("names capacity providers that do not drain by themselves, and clusters that are not there", async () => {
    const { of } = await examined({
      settings: { clusters: ["gpu", "gone"] },
      scene: (sim) => {
        sim.seed.group({
          name: "g",
          zones: ["us-east-2a"],
          type: "m5.large",
          size: 1,
          max: 2,
          spot: true,
          cluster: "gpu",
        });
        sim.seed.capacityProvider({ name: "gpu-provider", cluster: "gpu", group: "g", managedDraining: false });
      },
    });

    expect(of("clusters").map(({ state, about }) => [state, about])).toEqual([
      ["missing", "gone"],
      ["advice", "gpu-provider"],
    ]);
  });

  it("names alarms of the settings that are not there, and counts those that nobody answers to", async () => {
    const { of } = await examined({ scene: (sim) => void (sim.world.alarms["disk-full"] = { state: "OK" }) });

    expect(of("alarms")).toMatchObject([
      { state: "missing", about: "chat-latency-high" },
      { state: "advice", says: "no runbook answers to disk-full" },
    ]);
  });

  it("says which alarms nobody hears when the rule for alarms is disabled", async () => {
    const said = {
      ...installed,
      "AWSEvents.ListRules": { Rules: [{ Name: "paramedic-test-alarms", State: "DISABLED" }] },
    };
    const { of } = await examined({ scene: wellKept, said });

    expect(of("rules")[0]).toMatchObject({
      state: "missing",
      about: expect.stringContaining("paramedic-test-alarms"),
      says: "not there, or disabled; 1 alarms of the settings are heard by nobody",
    });
  });

  it("names a service whose latency nobody can read, and one whose tasks have no client", async () => {
    const { of } = await examined({
      scene: (sim) => {
        sim.seed.group({
          name: "g",
          zones: ["us-east-2a"],
          type: "m5.large",
          size: 1,
          max: 2,
          spot: true,
          cluster: "gpu",
        });
        sim.seed.service({ cluster: "gpu", name: "chat", desired: 1 });
      },
    });

    expect(of("metrics")).toMatchObject([{ state: "missing", about: "chat" }]);
    expect(of("clients")).toMatchObject([
      { state: "missing", about: "chat", says: expect.stringContaining("not given PARAMEDIC_TABLE") },
    ]);
  });

  it("names functions that are not deployed, and the alias of the one that acts", async () => {
    const { of } = await examined({
      said: { ...installed, "AWSGirApiService.GetFunctionConfiguration": { __type: "ResourceNotFoundException" } },
    });

    expect(of("installation").map(({ about }) => about)).toContain("paramedic-test-remediate");
    expect(of("installation").every(({ wayOut }) => wayOut?.includes("npm run deploy -- --stage test"))).toBe(true);
  });

  it("names quotas that leave no room", async () => {
    const { of } = await examined({
      scene: wellKept,
      said: { ...installed, "ServiceQuotasV20190624.GetServiceQuota": { Quota: { Value: 0 } } },
    });

    expect(of("quotas").map(({ state, about }) => `${state}: ${about}`)).toEqual([
      "missing: Lambda executions at once",
      "missing: vCPUs of G and VT spot instances",
    ]);
  });

  it("says who has halted the bot", async () => {
    const { of } = await examined({
      scene: (sim) =>
        sim.seed.parameter({ name: "/paramedic/halt", value: JSON.stringify({ by: "Alex", why: "migration" }) }),
    });

    expect(of("halt")).toMatchObject([{ state: "advice", says: "everything is halted by Alex: migration" }]);
  });

  it("tells a permission that is missing, and looks at the rest all the same", async () => {
    const { exit, findings } = await examined({
      scene: (sim) => {
        wellKept(sim);
        sim.faults.add({ service: "ecs", operation: "DescribeClusters", kind: "denied" });
      },
    });

    expect(findings.filter(({ state }) => state === "unknown")).toMatchObject([
      {
        check: "clusters",
        about: "ecs:DescribeClusters",
        wayOut: expect.stringContaining("allow ecs:DescribeClusters"),
      },
    ]);
    expect(exit).toBe(0);
  });

  it("says that a question is not answered by an endpoint that does not know it", async () => {
    const { of } = await examined({ scene: wellKept, said: {} });

    expect(of("quotas")).toMatchObject([{ state: "unknown", about: "NotSimulated" }]);
  });

  it("ends with 4 and the way out where nothing answers", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const io = paper();
    const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "us-east-2" };
    const exit = await doctor([], io, { settings: settingsOf(), env });

    expect({ exit, out: io.written.out }).toEqual({ exit: 4, out: "" });
    expect(io.written.err).toContain("http://127.0.0.1:1 cannot be reached");
    expect(io.written.err).toContain("Set AWS_REGION and credentials");
  });

  it("ends with 4 where the credentials are not taken", async () => {
    const said = { ...installed, "AWSEvents.ListRules": { __type: "UnrecognizedClientException" } };
    const { exit, err } = await examined({ said });

    expect(exit).toBe(4);
    expect(err).toContain("cannot be reached: UnrecognizedClientException");
  });
});
