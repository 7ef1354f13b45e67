import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Incident } from "../../src/incidents/incident.ts";
import { readSignal } from "../../src/signals/read-signal.ts";
import { root } from "../repo/tree.ts";
import { unread } from "../../src/engine/unread.ts";
import { type Packaged, packaged } from "../support/packaged.ts";
import { type Account, createAccount } from "../support/runtime-api/account.ts";
import { alarm } from "../support/stack.ts";

// A dozen processes have to come up, whatever else the machine is busy with.
vi.setConfig({ testTimeout: 120_000 });

let made: Packaged;
let account: Account;

beforeAll(async () => {
  made = await packaged("packed", { autonomy: "configured" });
  account = await createAccount(made);
  // So many that the remediations below are never half of the fleet.
  account.sim.seed.group({
    name: "gpu-workers",
    zones: ["us-east-2a", "us-east-2b"],
    type: "g5.xlarge",
    size: 16,
    max: 32,
    spot: true,
    cluster: "gpu",
    targetGroups: ["chat"],
  });
}, 120_000);
afterAll(async () => {
  await account?.close();
  made?.remove();
});
beforeEach(() => {
  account.sim.faults.clear();
  account.invokeHangs = false;
});

/** Looks again and again until there is an answer. Real processes are at work, so real time has to pass. */
async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  const endBy = Date.now() + 80_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > endBy) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const running = (): string => {
  const asked = new Set(account.sim.calls.map(({ input }) => JSON.stringify(input)));
  const untouched = Object.values(account.sim.world.instances).filter(
    ({ id, state }) => state === "running" && ![...asked].some((input) => input.includes(id)),
  );
  return untouched[0]?.id ?? "";
};
const incidentOf = async (root: string): Promise<Incident | undefined> =>
  (await account.stores.incidents.recent(50)).find((incident) => incident.root === root);
const changes = (operation: string, about: string) =>
  account.sim.calls.filter(
    (call) => call.operation === operation && call.changed && JSON.stringify(call.input).includes(about),
  );
const doneSteps = async (id: string): Promise<string[]> =>
  (await account.stores.journal.read(id)).flatMap(({ action, state }) => (state === "done" ? action : []));

it("a spot warning goes through the packaged rule, spot and remediate, and the instance is drained and replaced", async () => {
  const instance = running();
  account.sim.spot.interrupt(instance);

  const incident = await until("it has acted", async () => {
    const found = await incidentOf(`instance/${instance}`);
    const done = found && (await doneSteps(found.id));
    return done?.includes("autoscaling.detach-instance") ? found : undefined;
  });

  expect(await doneSteps(incident.id)).toEqual(
    expect.arrayContaining(["autoscaling.launch-replacement", "ecs.drain-instance"]),
  );
  expect(account.deadLetters).toEqual([]);
  expect(account.sandboxes.spot.starts).toBe(1);
});

it("an alarm goes through the queue and intake, a person is asked, and a click goes through slack to remediate", async () => {
  account.sim.seed.metric({
    namespace: "Paramedic",
    name: "LatencyMs",
    dimensions: { Service: "chat" },
    samples: [[account.clock.now() - 30_000, 2_400]],
  });
  await account.emit(alarm(account.clock.now()));
  const asked = await until("a person is asked", async () => {
    const phase = (await incidentOf("service/chat"))?.phase;
    return phase?.state === "waiting" ? phase : undefined;
  });
  const card = await until("the card is there", async () =>
    (await account.slack.messages()).find(({ blocks }) => JSON.stringify(blocks).includes(asked.approvalId)),
  );
  const answer = await account.slack.click({
    user: "U0ALEX",
    ts: card.ts,
    actionId: "approve",
    value: asked.approvalId,
  });

  expect(answer).toEqual({ status: 200, text: "Approved." });
  const incident = await until("it has acted", async () => {
    const found = await incidentOf("service/chat");
    return found?.firstActionAt === undefined ? undefined : found;
  });
  expect(await until("it is done", async () => (await doneSteps(incident.id))[0])).toBe("level.set");
});

it("a frozen function takes the next event although every connection of it was closed meanwhile", async () => {
  await account.sandboxes.spot.frozen();
  account.hangUp();
  const instance = running();
  account.sim.spot.interrupt(instance);

  await until("it has started", async () => (await incidentOf(`instance/${instance}`))?.firstActionAt);
  expect(account.sandboxes.spot.starts).toBe(1);
});

it("an execution that is ended from outside goes through the packaged rule to watch, which wakes people", async () => {
  const pages = account.pages();
  const instance = running();
  account.sim.faults.add({ service: "autoscaling", operation: "LaunchInstances", kind: "hang" });
  account.sim.spot.interrupt(instance);
  const name = await until("it acts", async () => {
    const found = await incidentOf(`instance/${instance}`);
    return found?.phase.state === "acting" ? `paramedic-packed-${found.id}` : undefined;
  });
  account.service.stop(name);

  await until("watch has seen it", () => (account.sandboxes.watch.starts > 0 ? true : undefined));
  await account.sandboxes.watch.frozen();
  await until("people are woken", () => (account.pages() > pages ? true : undefined));
  expect(account.sandboxes.watch.starts).toBe(1);
});

it("a sandbox that dies in the middle of a change is followed by one that makes the change once", async () => {
  const instance = running();
  account.sim.faults.add({ service: "ecs", operation: "UpdateContainerInstancesState", kind: "hang", times: 1 });
  const hung = () => account.sim.calls.filter(({ outcome }) => outcome === "hangs").length;
  const before = hung();
  account.sim.spot.interrupt(instance);
  await until("the change is on its way", () => (hung() > before ? true : undefined));
  await account.sandboxes.remediate.crash();

  const crashed = account.sandboxes.remediate.starts;
  const incident = await until("it is drained all the same", async () => {
    if (account.sandboxes.remediate.starts === crashed) account.clock.skip(1_000);
    const found = await incidentOf(`instance/${instance}`);
    return found && (await doneSteps(found.id)).includes("ecs.drain-instance") ? found : undefined;
  });

  const [host] = Object.values(account.sim.world.hosts).filter(({ instanceId }) => instanceId === instance);
  expect(changes("UpdateContainerInstancesState", host?.arn ?? "none")).toHaveLength(1);
  const launches = (await account.stores.journal.read(incident.id)).filter(({ action }) => action.includes("launch"));
  expect(launches.map(({ state }) => state)).toEqual(["done"]);
});

it("spot is killed when it is over its time, is tried again, and starts the remediation that it had only recorded", async () => {
  const { spot } = account.sandboxes;
  const [instance, timeoutMs] = [running(), spot.deployed.timeoutMs];
  spot.deployed.timeoutMs = 1_000;
  account.invokeHangs = true;
  account.sim.spot.interrupt(instance);
  await until("it is recorded", () => incidentOf(`instance/${instance}`));
  await until("it was killed", () => (spot.isUp ? undefined : true));

  account.invokeHangs = false;
  spot.deployed.timeoutMs = timeoutMs;
  const killed = spot.starts;
  const incident = await until("it has started", async () => {
    if (spot.starts === killed) account.clock.skip(10_000);
    const found = await incidentOf(`instance/${instance}`);
    return found?.phase.state === "open" ? undefined : found;
  });

  expect(incident.seen).toBe(2);
  expect(spot.starts).toBe(killed + 1);
});

it("an event that spot fails at three times is put aside", async () => {
  const { spot } = account.sandboxes;
  const timeoutMs = spot.deployed.timeoutMs;
  spot.deployed.timeoutMs = 400;
  account.invokeHangs = true;
  account.sim.spot.interrupt(running());

  await until("it is given up", () => (account.clock.skip(20_000), account.deadLetters[0]));
  spot.deployed.timeoutMs = timeoutMs;

  expect(account.deadLetters).toEqual(["paramedic-packed-spot"]);
});

it("what nobody can read fails no batch of intake, and is counted", async () => {
  const record = (messageId: string, body: string) => ({ messageId, body, eventSource: "aws:sqs", attributes: {} });
  const answer = await account.sandboxes.intake.invoke({
    Records: [record("1", "{nonsense"), record("2", JSON.stringify(alarm(account.clock.now(), "a-2")))],
  });

  expect(answer).toEqual({ batchItemFailures: [] });
  expect((await unread(account.stores.table, 10)).map(({ kind }) => kind)).toContain("unreadable");
});

it("the round of every minute goes through watch, and what it sends itself through the bus, the queue and intake", async () => {
  const { watch } = account.sandboxes;
  const round = { "detail-type": "Scheduled Event", account: "123456789012", region: "us-east-2" };
  await until("its canary has arrived", async () => {
    expect(await watch.invoke(round)).toBeNull();
    return watch.said.includes('"CanaryArrived":[1]') ? true : undefined;
  });
  expect(watch.said).toContain('"HaltUnreadable":[0]');
});

it("intake reads in its bundle, of which much of zod was left out, what the sources read", async () => {
  const folder = join(root, "test/fixtures/events");
  const bodies = readdirSync(folder)
    .filter((name) => name.endsWith(".json") || name.endsWith(".txt"))
    .map((name) => readFileSync(join(folder, name), "utf8"));
  const wrong = ['{"source":1}', '{"source":"aws.ec2","detail-type":"EC2 Instance Rebalance Recommendation"}', "[]"];
  const texts = [...bodies, ...wrong];
  const Records = texts.map((body, index) => ({ messageId: String(index), body }));
  const before = new Set((await unread(account.stores.table, 500)).map(({ why }) => why));
  const answer = await account.sandboxes.intake.invoke({ Records });

  const expected = texts.flatMap((text) => {
    const signal = readSignal(text);
    if (signal.kind === "unreadable") return signal.why;
    return signal.kind === "unknown" ? `no reader for ${signal.detailType} from ${signal.source}` : [];
  });
  const after = new Set((await unread(account.stores.table, 500)).map(({ why }) => why));
  expect(answer).toEqual({ batchItemFailures: [] });
  expect(expected.length).toBeGreaterThan(2);
  expect(expected.filter((why) => !after.has(why))).toEqual([]);
  expect([...after].filter((why) => !before.has(why) && !expected.includes(why))).toEqual([]);
});
