import { defineConfig } from "vitest/config";

/** Tests that drive the real Pulumi CLI. */
const engine = "test/engine/**/*.test.ts";

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [engine] } },
      {
        extends: true,
        test: { name: "engine", include: [engine], testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
});
