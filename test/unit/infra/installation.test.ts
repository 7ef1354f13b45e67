import { describe, expect, it } from "vitest";
import { readInstallation } from "../../../infra/installation.ts";
import { deployedSettings } from "../../../infra/settings.ts";
import { everything, parameters, settings } from "./given.ts";

describe("the parameters of a deployment", () => {
  it("may all be left empty but those that have a default", () => {
    expect(readInstallation(parameters)).toMatchObject({ stage: "prod", autonomy: "observe", logDays: 30 });
  });

  it("may name what is already there", () => {
    expect(readInstallation(everything)).toMatchObject({
      subnets: ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
      spotConcurrency: 5,
    });
  });

  it.each([
    ["stage", "Prod-1", "stage: 1 to 16 lower-case letters and digits"],
    ["region", "europe", "region: a region such as us-east-2"],
    ["autonomy", "auto", "autonomy: observe or configured"],
    ["pageTopic", "on-call", "pageTopic: the ARN of a standard SNS topic"],
    [
      "pageTopic",
      "arn:aws:sns:us-east-1:123456789012:on-call",
      "pageTopic: is in us-east-1, the bot would be in eu-west-1",
    ],
    ["bus", "arn:aws:events:eu-west-1:123456789012:event-bus/company", "bus: the name of an event bus, not its ARN"],
    ["subnets", "subnet-0123456789abcdef0", "securityGroups: a VPC needs subnets and securityGroups, both or none"],
    ["subnets", "vpc-0123456789abcdef0", "ids such as subnet-0123456789abcdef0"],
    ["kmsKey", "alias/paramedic", "kmsKey: the ARN of a key, not of an alias"],
    ["permissionsBoundary", "boundary", "permissionsBoundary: the ARN of a managed policy"],
    ["logDays", "31", "logDays: one of 1, 3, 5, 7, 14, 30"],
    ["spotConcurrency", "0", "spotConcurrency: at least 1"],
    ["slackToken", "xoxb", 'Unrecognized key: "slackToken"'],
  ])("are refused when %s is %s, and it is said what it should be", (name, value, says) => {
    expect(() => readInstallation({ ...parameters, [name]: value })).toThrow(says);
  });

  it("cannot have an address subscribed to a topic that is not ours", () => {
    expect(() => readInstallation({ ...everything, pageEmail: "on-call@example.com" })).toThrow(
      /pageEmail: subscribe it/,
    );
  });
});

describe("the settings that are deployed", () => {
  it("leave no autonomy to any runbook until the deployment says so", () => {
    expect(deployedSettings(settings, { stage: "prod", autonomy: "observe" }).autonomy).toEqual({});
    expect(deployedSettings(settings, { stage: "prod", autonomy: "configured" }).autonomy).toEqual(settings.autonomy);
  });

  it("are those of the stage they are deployed to", () => {
    expect(deployedSettings(settings, { stage: "test", autonomy: "observe" })).toEqual({
      ...settings,
      stage: "test",
      autonomy: {},
    });
  });
});
