import { SSMClient } from "@aws-sdk/client-ssm";
import { reading } from "../../../src/aws/clients.ts";
import { toMs } from "../../../src/clock.ts";
import { Random } from "../../../src/detect/random.ts";
import { readLearned } from "../../../src/aws/learned-memory.ts";
import { createMemory } from "../../../src/client/memory.ts";
import { createBot, type Suppressed } from "../bot.ts";
import { testHarm } from "../harm.ts";
import {
  byPeople,
  drawMemoryJobs,
  type Fared,
  type Family,
  follow,
  type MemoryJob,
  memoryMiBMax,
  readMemory,
} from "../memory-world.ts";
import type { Run, Scenario, Trial, Worlds } from "../scenario.ts";
import { onItsOwn } from "../settings.ts";
import { readRuntimes } from "../spot-world.ts";

const endMs = toMs({ hours: 60 });
/** What it costs to have a job looked at and started again by hand, in hours of its instance: an assumption. */
const undoneHours = 4;
const harmTried = 2;

/** S2: one in ten kinds of training jobs is given too little memory; two kinds fail by their own mistake. */
export const outOfMemory: Scenario = {
  id: "S2",
  title: "Jobs that run out of memory",
  about:
    "180 jobs of 30 kinds in a day and a half, with the memory that real GPU jobs ask for. One kind in ten needs up to twice as much and is " +
    `killed. Lost are the hours of instances that worked for nothing, and ${undoneHours} for each job that somebody has to start again.`,
  days: endMs / 86_400_000,
  lossUnit: "instance-hours",
  against: "alarms and people",
  goals: [
    { metric: "repeatsLeftPercent", atMost: 10, says: "90 % fewer repeated kills than with blind retries" },
    { metric: "thirdTimes", atMost: 0, says: "nothing fails a third time in the same way" },
    { metric: "slackPercent", atMost: 25, says: "at most a quarter more memory than needed" },
    { metric: "recoveredShare", atLeast: 0.7, says: "0.7 of what can be recovered" },
  ],
  open(traces): Worlds {
    const [memory, hours] = [readMemory(traces), readRuntimes(traces)];
    return { run: (seed) => trial(drawMemoryJobs(memory, hours, Random.fromSeed(seed)), seed) };
  },
};

async function trial({ families, jobs }: { families: Family[]; jobs: MemoryJob[] }, seed: number): Promise<Trial> {
  const kinds = families.filter(({ needsMiB, memoryMiB }) => needsMiB > memoryMiB).length;
  const blind = follow(jobs, ({ family }, tries) => (tries.length < 3 ? family.memoryMiB : undefined));
  const toRun = (fared: Fared): Run => ({
    loss: loss(fared),
    metrics: {
      oomKills: fared.oomKills,
      repeatsLeftPercent: (100 * (fared.oomKills - kinds)) / (blind.oomKills - kinds),
      undoneJobs: fared.undone,
      thirdTimes: fared.thirdTimes,
      slackPercent: fared.slackPercent,
      wastedHours: fared.wastedHours,
    },
  });
  const { fared, calls, changes, prompts } = await withBot(families, jobs, { seed });
  const rerun = async (suppressed: Suppressed) => loss((await withBot(families, jobs, { seed, suppressed })).fared);
  const unasked = await withBot(families, jobs, { seed, asks: false });
  const harm = await testHarm(calls, loss(fared), Random.fromSeed(seed), rerun, harmTried);
  const known = new Set<string>();
  return {
    bot: { ...toRun(fared), actions: { taken: changes, wrong: 0, ...harm }, prompts },
    baselines: {
      nothing: toRun(follow(jobs, () => undefined)),
      "alarms and people": toRun(byPeople(jobs, Random.fromSeed(seed))),
      "retry three times": toRun(blind),
      "Paramedic, pipelines do not ask it": toRun(unasked.fared),
      "half as much again": toRun(
        follow(jobs, (_, tries) => (tries.length < 3 ? (tries.at(-1) ?? 0) * 1.5 : undefined)),
      ),
    },
    // Nobody can know of a kind before its first job was killed.
    oracle: toRun(
      follow(
        jobs.toSorted((a, b) => a.atH - b.atH),
        ({ family }) => (family.isBroken ? undefined : family.needsMiB),
        ({ family: { name, memoryMiB, needsMiB } }) => {
          if (known.has(name)) return Math.max(memoryMiB, needsMiB);
          known.add(name);
          return memoryMiB;
        },
      ),
    ),
  };
}

const loss = ({ wastedHours, undone }: Fared): number => wastedHours + undoneHours * undone;

/** `asks`: whoever submits jobs asks `memory` of `paramedic/client` with how much. */
async function withBot(
  families: readonly Family[],
  jobs: readonly MemoryJob[],
  { seed, suppressed, asks = true }: { seed: number; suppressed?: Suppressed; asks?: boolean },
) {
  const arn = "arn:aws:batch:us-east-2:123456789012:job-queue";
  const bot = createBot({
    seed,
    suppressed,
    settings: onItsOwn({
      services: [],
      batch: {
        queues: [{ spot: `${arn}/gpu-spot`, onDemand: `${arn}/gpu`, instanceType: "g5.48xlarge" }],
        memoryMiBMax,
      },
    }),
    // The rules that the bot is deployed with let through what Batch says, and not what EC2 says of each instance.
    emit: (event, bus) => (bus === "default" && event.source === "aws.batch" ? bot.deliver(event) : undefined),
  });
  const { sim, clock } = bot;
  const startMs = clock.now();
  sim.seed.jobQueue({ name: "gpu", type: "g5.48xlarge", memoryMiBMax });
  for (const { name, memoryMiB, needsMiB, hours, isBroken } of families) {
    sim.seed.jobDefinition({ name, memoryMiB, needsMiB, takes: { hours }, exitCode: isBroken ? 1 : 0 });
  }
  const ssm = sim.attach(new SSMClient({ ...reading, region: "us-east-2" }));
  const memory = createMemory({
    clock,
    timer: (ms, fn) => clock.at(clock.now() + ms, fn),
    report: ({ kind }) => {
      throw new Error(`a pipeline was told of ${kind}`);
    },
    read: (family) => readLearned(ssm, family),
  });
  for (const { name, family, atH } of jobs) {
    bot.at(startMs + atH * 3_600_000, async () => {
      const memoryMiB = asks ? await memory(family.name, family.memoryMiB) : family.memoryMiB;
      sim.seed.job({ name, queue: "gpu", definition: `${family.name}:1`, memoryMiB });
    });
  }
  await bot.runTo(startMs + endMs);
  const fared = judge(jobs, Object.values(sim.world.jobs));
  const result = {
    fared,
    calls: [...sim.calls],
    changes: bot.changes().length,
    prompts: bot.asked.length + bot.pages.length,
  };
  bot.close();
  return result;
}

type SimJob = ReturnType<typeof createBot>["sim"]["world"]["jobs"][string];

function judge(jobs: readonly MemoryJob[], all: readonly SimJob[]): Fared {
  let [oomKills, wastedHours, undone, thirdTimes] = [0, 0, 0, 0];
  const slack: number[] = [];
  for (const { name, family } of jobs) {
    const chain = all.filter((job) => job.name === name || job.name.startsWith(`${name}-r`));
    const attempts = chain.flatMap((job) => job.attempts.map((attempt) => ({ ...attempt, memoryMiB: job.memoryMiB })));
    const failed = attempts.filter(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
    oomKills += failed.filter(({ exitCode }) => exitCode === 137).length;
    for (const { startedAt, stoppedAt } of failed) wastedHours += (stoppedAt - (startedAt ?? stoppedAt)) / 3_600_000;
    const sizes = failed.map(({ memoryMiB }) => memoryMiB);
    if (sizes.some((size) => sizes.filter((one) => one === size).length >= 3)) thirdTimes += 1;
    const done = chain.find(({ status }) => status === "SUCCEEDED");
    if (!done && !family.isBroken) undone += 1;
    if (done && done.memoryMiB > family.memoryMiB) slack.push(done.memoryMiB / family.needsMiB - 1);
  }
  const slackPercent = slack.length === 0 ? 0 : (100 * slack.reduce((sum, one) => sum + one, 0)) / slack.length;
  return { oomKills, wastedHours, undone, thirdTimes, slackPercent };
}
