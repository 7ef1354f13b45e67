import { defineSettings, type Settings, type SettingsInput } from "../../src/settings.ts";

/** The one service of most tests. */
export const chat = {
  name: "chat",
  latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" } },
  latencyMs: { normal: 750, high: 1_500 },
  alarms: ["chat-latency-high"],
} satisfies SettingsInput["services"][number];

/** An installation with one service, one cluster and two approvers. */
export const settingsOf = (more: Partial<SettingsInput> = {}): Settings =>
  defineSettings({
    stage: "test",
    channel: "C0INCIDENTS",
    team: "T0PARAMEDIC",
    clusters: ["gpu"],
    services: [chat],
    approvers: [
      { slack: "U0ALEX", name: "Alex", may: ["*"] },
      { slack: "U0SAM", name: "Sam", may: ["spot-interruption"] },
    ],
    autonomy: { "spot-interruption": "auto", degrade: "approve" },
    ...more,
  });
