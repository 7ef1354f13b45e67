import { beforeEach, describe, expect, it } from "vitest";
import { s3ModelStore } from "../../../src/aws/model-store.ts";
import { modelFolder } from "../../../src/aws/models.ts";
import { FakeS3 } from "../../support/fake-s3.ts";

const bytes = (...numbers: number[]) => Uint8Array.from(numbers);

let bucket: FakeS3;
beforeEach(() => void (bucket = new FakeS3(() => 1_000_000, 2)));

const store = () => s3ModelStore("models", bucket.client());
const listed = async (name: string) => (await store().list()).get(name);

describe("models in S3", () => {
  it("come back as they were written, and are not there before", async () => {
    expect(await store().read("a")).toBeUndefined();

    expect(await store().write("a", bytes(1, 2, 250), undefined)).toBe(true);

    expect(await store().read("a")).toEqual(bytes(1, 2, 250));
  });

  it("are written by the first of two who find none, and the other one is told", async () => {
    const both = await Promise.all([store().write("a", bytes(1), undefined), store().write("a", bytes(2), undefined)]);

    expect(both.toSorted()).toEqual([false, true]);
    expect(await store().read("a")).toEqual(bytes(both[0] ? 1 : 2));
  });

  it("are written over by one of two who have listed the same", async () => {
    await store().write("a", bytes(0), undefined);
    const was = await listed("a");

    expect(await store().write("a", bytes(1), was)).toBe(true);
    expect(await store().write("a", bytes(2), was)).toBe(false);

    expect(await store().read("a")).toEqual(bytes(1));
  });

  it("that were deleted meanwhile are not written over", async () => {
    await store().write("a", bytes(0), undefined);
    const was = await listed("a");
    bucket.objects.clear();

    expect(await store().write("a", bytes(1), was)).toBe(false);
  });

  it("are listed page by page, those of other versions left out", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await store().write(name, bytes(1), undefined);
    bucket.put("models/1/old", bytes(9));

    const found = await store().list();

    expect([...found.keys()]).toEqual(["a", "b", "c", "d", "e"]);
    expect(found.get("e")).toEqual({ at: 1_000_000, tag: bucket.objects.get(`${modelFolder}e`)?.etag });
  });

  it("that cannot be reached are told with their name and a code, and are worth another try", async () => {
    bucket.isDown = true;

    const failure = { code: "aws_failed", retryable: true };
    await expect(store().read("a")).rejects.toMatchObject({ ...failure, message: expect.stringContaining("model a") });
    await expect(store().write("a", bytes(1), undefined)).rejects.toMatchObject(failure);
    await expect(store().list()).rejects.toMatchObject(failure);
  });
});
