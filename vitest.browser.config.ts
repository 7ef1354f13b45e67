import { defineConfig } from "vitest/config";

/** Tests in a real browser: Debian's chromium, or what `CHROMIUM` names. `npm run test:browser` runs them. */
export default defineConfig({
  test: {
    include: ["test/browser/**/*.test.ts"],
    environment: "node",
    // A browser uses both cores of the machines this runs on by itself.
    maxWorkers: 1,
    // Starting the browser takes seconds on a busy machine.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
