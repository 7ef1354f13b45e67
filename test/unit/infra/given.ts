import { readInstallation } from "../../../infra/installation.ts";
import { runbooks } from "../../../runbooks/index.ts";
import { defineSettings } from "../../../src/settings.ts";

/** Parameters as osls hands them over: what is not given is an empty text. */
export const parameters = {
  stage: "prod",
  region: "eu-west-1",
  autonomy: "observe",
  slackSecret: "",
  pageTopic: "",
  pageEmail: "",
  bus: "",
  metricStream: "",
  tracing: "",
  subnets: "",
  securityGroups: "",
  kmsKey: "",
  permissionsBoundary: "",
  logDays: "30",
  spotConcurrency: "",
};

/** Everything that an installation can be told about what is already there. */
export const everything = {
  ...parameters,
  slackSecret: "ops/paramedic",
  pageTopic: "arn:aws:sns:eu-west-1:123456789012:on-call",
  bus: "company",
  metricStream: "on",
  tracing: "on",
  subnets: "subnet-0123456789abcdef0, subnet-0123456789abcdef1",
  securityGroups: "sg-0123456789abcdef0",
  kmsKey: "arn:aws:kms:eu-west-1:123456789012:key/01234567-89ab-cdef-0123-456789abcdef",
  permissionsBoundary: "arn:aws:iam::123456789012:policy/boundary",
  spotConcurrency: "5",
};

export const settings = defineSettings({
  stage: "prod",
  channel: "C1",
  team: "T1",
  clusters: ["gpu"],
  services: [
    { name: "chat", latency: { namespace: "Chat", name: "Latency" }, latencyMs: { normal: 500, high: 1_000 } },
  ],
  approvers: [{ slack: "U1", name: "Alex", may: ["*"] }],
  autonomy: { "spot-interruption": "auto" },
  calendars: ["freeze"],
});

export const deployed = (given: object = {}) => ({
  runbooks,
  settings,
  installation: readInstallation({ ...parameters, ...given }),
});
