import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Browser tests need Debian's chromium; `npm run test:browser` runs them, and so does CI.
    exclude: ["test/browser/**", "node_modules/**"],
    environment: "node",
    // Two workers: the machines this runs on have two cores, and some tests start real servers.
    maxWorkers: 2,
    testTimeout: 60_000,
  },
});
