import { afterEach, describe, expect, it } from "vitest";
import { retryTraining } from "../../runbooks/retry-training.ts";
import { changed } from "../support/episodes.ts";
import { jobStack, type JobStack } from "../support/jobs.ts";
import { settingsOf } from "../support/stack.ts";

let g: JobStack;
afterEach(() => g.s.close());

const type = "ml.g5.xlarge";
const given = () => {
  g = jobStack({ settings: settingsOf({ autonomy: { "retry-training": "auto" } }), runbooks: [retryTraining] });
};
const capacity = (market: "spot" | "on-demand", count: number) =>
  g.s.sim.seed.pool({ type, zone: "sagemaker", market, count });
const tune = (more: object = {}) =>
  g.s.sim.seed.trainingJob({ name: "tune", checkpoints: "s3://checkpoints/tune", tags: { team: "chat" }, ...more });
const job = (name: string) => g.s.sim.world.trainings[name];
const names = () => Object.keys(g.s.sim.world.trainings);
const outcome = async () => (await g.outcomes("retry-training"))[0];

describe("a training job", () => {
  it("that waited for spot as long as it may is trained on demand, from its checkpoints", async () => {
    given();
    capacity("spot", 0);
    tune({ spot: true, runtime: { hours: 2 }, wait: { hours: 3 } });
    await g.to({ hours: 6 });
    expect(await outcome()).toBe("healed: every step was done");
    expect(job("tune-r1")).toMatchObject({
      status: "Completed",
      spot: false,
      checkpoints: "s3://checkpoints/tune",
      instanceType: type,
      tags: { team: "chat", remediates: "tune", "paramedic:copy": "1" },
    });
    expect(changed(g.s)).toEqual(["CreateTrainingJob"]);
  });

  it("that found no capacity on demand is trained again half an hour later", async () => {
    given();
    capacity("on-demand", 0);
    tune();
    await g.to({ minutes: 30 });
    expect(names()).toEqual(["tune"]);
    capacity("on-demand", 1);
    await g.to({ hours: 3 });
    expect(await outcome()).toBe("healed: every step was done");
    expect(job("tune-r1")).toMatchObject({ status: "Completed" });
  });

  it("that spot interrupts is left to SageMaker, which resumes it", async () => {
    given();
    g.s.sim.seed.trainingProgram({ image: "tune:4", interruptedAfter: [{ minutes: 20 }, { minutes: 20 }] });
    tune({ spot: true });
    await g.to({ hours: 3 });
    expect(job("tune")).toMatchObject({ status: "Completed" });
    expect(await g.incidents()).toEqual([]);
  });

  it("that failed by itself is left as it is, and why is said", async () => {
    given();
    g.s.sim.seed.trainingProgram({ image: "tune:4", failure: "AlgorithmError: loss is NaN, exit code: 1" });
    tune();
    await g.to({ hours: 1 });
    expect(await outcome()).toBe(
      "skipped: tune failed by itself: AlgorithmError: loss is NaN, exit code: 1. Left as it is",
    );
    expect(changed(g.s)).toEqual([]);
  });

  it("without checkpoints is a person's to pay for again, once it has run for more than an hour", async () => {
    given();
    g.s.sim.seed.trainingProgram({
      image: "tune:4",
      takes: { hours: 4 },
      failure: "InternalServerError: We encountered an internal error. Please try again.",
    });
    g.s.sim.seed.trainingJob({ name: "tune" });
    await g.to({ hours: 3 });
    expect(await outcome()).toMatch(/^skipped: tune keeps no checkpoints: .+ 120 minutes a second time/);
  });

  it("that somebody stopped is no trouble", async () => {
    given();
    tune();
    await g.to({ minutes: 20 });
    await g.s.sim.call("sagemaker", "StopTrainingJob", { TrainingJobName: "tune" });
    await g.to({ minutes: 30 });
    expect(await g.incidents()).toEqual([]);
  });

  it("is trained again three times at most", async () => {
    given();
    capacity("on-demand", 0);
    tune();
    await g.to({ hours: 6 });
    expect(names()).toEqual(["tune", "tune-r1", "tune-r2", "tune-r3"]);
    expect((await g.outcomes("retry-training")).at(-1)).toMatch(/trained again 3 times: it needs other capacity$/);
  });

  it("is stopped, and people are paged, when it does not train within two hours", async () => {
    given();
    capacity("spot", 0);
    tune({ spot: true, runtime: { hours: 1 }, wait: { hours: 1 } });
    await g.to({ minutes: 55 });
    capacity("on-demand", 0);
    await g.to({ hours: 4 });
    expect(await outcome()).toMatch(
      /^undone: tune-r1 trains: not within 2 h; tune-r\d is Failed, Failed \(CapacityError/,
    );
    expect(g.s.pages.length).toBeGreaterThan(0);
  });

  it("is refused and left when the quota has no room for it", async () => {
    given();
    capacity("spot", 0);
    tune({ spot: true, runtime: { hours: 1 }, wait: { hours: 1 } });
    await g.to({ minutes: 55 });
    g.s.sim.seed.trainingQuota({ type, count: 0 });
    await g.to({ hours: 2 });
    expect(await outcome()).toMatch(
      /^escalated: could not train tune again as tune-r1 on demand: ResourceLimitExceeded/,
    );
  });
});
