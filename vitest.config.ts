import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Browser tests need Debian's chromium; `npm run test:browser` runs them, and so does CI.
    exclude: ["test/browser/**", "node_modules/**"],
    environment: "node",
    // Three on the two cores that the machines have: some tests start real servers, and wait for them.
    maxWorkers: 3,
    testTimeout: 60_000,
  },
});
