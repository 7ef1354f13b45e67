import { defineSettings } from "./src/settings.ts";

/**
 * What this installation looks after. As it stands it describes the estate that `npm start` brings up: a fleet of GPU spot
 * instances behind a queue, and a chat service that answers from them. Put your own in its place.
 */
export default defineSettings({
  stage: "local",
  channel: "C0INCIDENTS",
  team: "T0PARAMEDIC",
  clusters: ["gpu"],
  services: [
    {
      name: "chat",
      latency: { namespace: "Paramedic", name: "LatencyMs", dimensions: { Service: "chat" }, stat: "Average" },
      latencyMs: { normal: 750, high: 1_500 },
      alarms: ["chat-latency-high"],
    },
  ],
  // Two, because nobody approves what they have asked for themselves.
  approvers: [
    { slack: "U0ALEX", name: "Alex", may: ["*"] },
    { slack: "U0SAM", name: "Sam", may: ["*"] },
  ],
  autonomy: { "spot-interruption": "auto", degrade: "approve" },
  approvalMinutes: 30,
});
