import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as passes } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { Sandbox } from "../support/runtime-api/sandbox.ts";

const rubbish: (() => unknown)[] = [];
afterEach(async () => {
  for (const remove of rubbish.splice(0)) await remove();
});

/** A sandbox for a function of these lines. */
async function given(code: string, timeoutMs = 5_000): Promise<Sandbox> {
  const root = mkdtempSync(join(tmpdir(), "paramedic-sandbox-"));
  mkdirSync(join(root, "functions"));
  writeFileSync(join(root, "functions/one.mjs"), code);
  const sandbox = await Sandbox.open({ name: "one", root, handler: "functions/one.handler", env: {}, timeoutMs });
  rubbish.push(
    () => sandbox.close(),
    () => rmSync(root, { recursive: true }),
  );
  return sandbox;
}

describe("a sandbox", () => {
  it("stays for the next event, and nothing in it goes on in between", async () => {
    const sandbox = await given(`
      let ticks = 0;
      setInterval(() => { ticks += 1; }, 5);
      export const handler = async ({ waits }) => {
        await new Promise((resolve) => setTimeout(resolve, waits));
        return ticks;
      };`);

    const before = Number(await sandbox.invoke({ waits: 100 }));
    await sandbox.frozen();
    await passes(500);
    const after = Number(await sandbox.invoke({ waits: 0 }));

    expect(before).toBeGreaterThan(5);
    // A hundred ticks would have fitted into half a second.
    expect(after - before).toBeLessThan(20);
    expect(sandbox.starts).toBe(1);
  });

  it("knows its deadline, and is killed and started anew when it is over it", async () => {
    const sandbox = await given(
      `export const handler = async (event, { getRemainingTimeInMillis }) => {
        if (event === "hang") await new Promise((resolve) => setTimeout(resolve, 60_000));
        return getRemainingTimeInMillis();
      };`,
      500,
    );

    await expect(sandbox.invoke("hang")).rejects.toMatchObject({ name: "Sandbox.Timedout" });
    const left = Number(await sandbox.invoke("answer"));

    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(500);
    expect(sandbox.starts).toBe(2);
  });

  it("says how it died", async () => {
    const sandbox = await given(`export const handler = async () => process.exit(3);`);

    await expect(sandbox.invoke({})).rejects.toMatchObject({
      name: "Runtime.ExitError",
      message: expect.stringContaining("exit status 3"),
    });
  });

  it("goes on after what the handler throws, and ends with what is thrown beside it", async () => {
    const sandbox = await given(`
      export const handler = async (event) => {
        if (event === "beside") setImmediate(() => { throw new TypeError("nobody caught it"); });
        if (event === "beside") await new Promise((resolve) => setTimeout(resolve, 1_000));
        throw new RangeError("it was caught");
      };`);

    await expect(sandbox.invoke("once")).rejects.toMatchObject({ name: "RangeError" });
    await expect(sandbox.invoke("twice")).rejects.toMatchObject({ name: "RangeError" });
    expect(sandbox.starts).toBe(1);
    await expect(sandbox.invoke("beside")).rejects.toMatchObject({ name: "TypeError" });
  });

  it.each([
    ["throws while it is loaded", `throw new SyntaxError("bad"); export const handler = async () => 1;`, "SyntaxError"],
    ["exports no handler", `export const handler = 1;`, "Runtime.HandlerNotFound"],
    ["takes a callback", `export const handler = (a, b, c) => c();`, "Runtime.CallbackHandlerDeprecated"],
  ])("tells whoever invokes a function that it %s", async (_, code, name) => {
    await expect((await given(code)).invoke({})).rejects.toMatchObject({ name });
  });
});
