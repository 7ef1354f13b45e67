import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ConsoleState } from "../../local/console/state.ts";
import { refusedStart, type Started, startedStack } from "../support/started.ts";

let folder: string;
let running: Started | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "paramedic-"));
});
afterEach(async () => {
  await running?.end("SIGKILL");
  running = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const start = async (...more: string[]) =>
  (running = await startedStack(["--port", "0", "--data", folder, "--speed", "10", ...more]));
const degrade = (state: ConsoleState) => state.incidents.find(({ runbook }) => runbook === "degrade");

/** The card that asks for approval, and the question's id, once there is one. */
function question(state: ConsoleState) {
  const phase = degrade(state)?.phase;
  if (phase?.state !== "waiting") return undefined;
  const card = state.channel.find(({ blocks }) => JSON.stringify(blocks).includes(phase.approvalId));
  return card && { ts: card.ts, value: phase.approvalId };
}

const done = (state: ConsoleState) => degrade(state)?.story.filter(({ text }) => text.startsWith("Done:")) ?? [];

describe("npm start", () => {
  it("acts once on a click after it was killed while a person was asked, and refuses the second click", async () => {
    const first = await start();
    await first.cause("slow");
    await first.until((state) => question(state) !== undefined);
    await first.end("SIGKILL");

    const second = await start();
    const asked = question(await second.until((state) => question(state) !== undefined));
    const answers = [
      await second.click({ user: "U0ALEX", actionId: "approve", ts: asked?.ts ?? "", value: asked?.value ?? "" }),
      await second.click({ user: "U0ALEX", actionId: "deny", ts: asked?.ts ?? "", value: asked?.value ?? "" }),
    ];
    const after = await second.until((state) => done(state).length > 0);

    expect(answers).toEqual([
      { status: 200, text: "Approved." },
      { status: 200, text: "Alex has already approved this." },
    ]);
    expect(done(after).map(({ text }) => text)).toEqual(["Done: set chat to limited."]);
    expect(after.services[0]?.level).toBe("limited");
    expect(degrade(after)?.seen).toBeGreaterThanOrEqual(1);
  });

  it("gives the level back after a few clicks on Skip 10 min", async () => {
    const stack = await start();
    await stack.cause("slow");
    const asked = question(await stack.until((state) => question(state) !== undefined));
    await stack.click({ user: "U0ALEX", actionId: "approve", ts: asked?.ts ?? "", value: asked?.value ?? "" });
    await stack.until((state) => done(state).length > 0);

    for (let i = 0; i < 4; i++) await stack.cause("skip-ten-minutes");

    const after = await stack.until((state) => degrade(state)?.phase.state === "closed");
    expect(degrade(after)?.phase).toMatchObject({ outcome: "healed" });
    expect(degrade(after)?.story.map(({ text }) => text)).toContain("Undone: set chat to limited.");
    // Forty minutes of an estate that samples every ten seconds: on a busy machine that is a minute of work.
  }, 150_000);

  it("stops on Ctrl-C, keeps what is in flight, and carries on", async () => {
    const first = await start();
    await first.cause("slow");
    await first.until((state) => question(state) !== undefined);

    expect(await first.end("SIGINT")).toBe(0);

    const second = await start();
    const [incident] = (await second.until((state) => question(state) !== undefined)).incidents.filter(
      ({ runbook }) => runbook === "degrade",
    );
    expect(incident?.phase.state).toBe("waiting");
    expect(second.said()).toMatch(/Carrying on with \d open incident/);
  });

  it("forgets everything with --fresh", async () => {
    const first = await start();
    await first.cause("slow");
    await first.until((state) => state.incidents.length > 0);
    await first.end("SIGKILL");

    const second = await start("--fresh");

    expect((await second.state()).incidents).toEqual([]);
  });

  it("refuses a second one on the same data, naming the first", async () => {
    await start();

    const { code, said } = await refusedStart(["--port", "0", "--data", folder]);

    expect(code).toBe(2);
    expect(said).toMatch(/Cannot start: keeping data in .*: process \d+ is using it/);
    expect(said).toContain("--data FOLDER");
  });

  it("refuses a port that is taken, and starts on another afterwards", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;

    const { code, said } = await refusedStart(["--port", String(port), "--data", folder]);
    taken.close();

    expect(code).toBe(2);
    expect(said).toContain(`127.0.0.1:${port}`);
    expect(said).toContain("--port");
    expect((await start()).said()).toContain("on duty");
  });

  it("refuses an option it does not know, and shows those it does", async () => {
    const { code, said } = await refusedStart(["--prot", "1", "--data", folder]);

    expect(code).toBe(2);
    expect(said).toContain("Unknown option '--prot'");
    expect(said).toContain("--port NUMBER");
  });

  it("says how to start anew when the saved data is damaged", async () => {
    writeFileSync(join(folder, "world.json"), "{ this is no JSON");

    const { code, said } = await refusedStart(["--port", "0", "--data", folder]);

    expect(code).toBe(2);
    expect(said).toContain("--fresh");
  });
});
