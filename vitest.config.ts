import { defineConfig } from "vitest/config";

/** Tests that drive the real Pulumi CLI. */
const engine = ["test/engine/**/*.test.ts", "test/upgrade/*.test.ts"];
/** Tests against real mail servers, which not every machine has: `npm run test:live`. */
const live = "test/live/**/*.test.ts";
/** What is killed and cut off through the real CLI, case by case: `npm run chaos`, and samples in the others. */
const chaos = "test/chaos/*.test.ts";
/** Tests of drift and of what is lost, in which few mailboxes are looked at by pages, as many are. */
const pages = [
  "test/resources/{mailbox,mailbox-owners,email-server-profile,identity,histories}.test.ts",
  "test/resources/mailbox-activation{,-changes,-tolerate}.test.ts",
];
/** The same through the real CLI. */
const drift = ["test/engine/{lifecycle,fleet,consent}.test.ts"];
const withPages = { GMAILSYNC_PAGES: "always" };
/** No test: writes what the tests of later versions read. */
const record = "test/upgrade/record.ts";

export default defineConfig({
  test: {
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    // Of tests that say so, which wait more than they work.
    maxConcurrency: 3,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"], exclude: [...engine, live, chaos] } },
      {
        extends: true,
        test: { name: "engine", include: engine, testTimeout: 120_000, hookTimeout: 120_000 },
      },
      { extends: true, test: { name: "pages", include: pages, env: withPages } },
      { extends: true, test: { name: "chaos", include: [chaos], testTimeout: 300_000 } },
      ...(process.env["GMAILSYNC_LONG"]
        ? [
            {
              extends: true as const,
              test: {
                name: "chaos by pages",
                include: [chaos],
                testTimeout: 300_000,
                env: { CHAOS_SEED: "21", ...withPages },
              },
            },
            {
              extends: true as const,
              test: {
                name: "engine by pages",
                include: drift,
                testTimeout: 120_000,
                hookTimeout: 120_000,
                env: withPages,
              },
            },
          ]
        : []),
      ...(process.env["RECORD_VERSION"]
        ? [{ extends: true as const, test: { name: "record", include: [record], testTimeout: 120_000 } }]
        : []),
      ...(process.env["GMAILSYNC_LIVE"] ? [{ extends: true as const, test: { name: "live", include: [live] } }] : []),
    ],
  },
});
