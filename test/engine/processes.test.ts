import { describe, expect, test } from "vitest";
import { Case } from "../chaos/case.ts";
import { UP_POINTS } from "../chaos/points.ts";
import { STRIKES } from "../chaos/strikes.ts";
import { tried } from "../support/long.ts";

const ENDS = ["kill -9 of the CLI", "a pipeline's cancel", "SIGINT twice", "SIGTERM twice"] as const;

describe.concurrent("an up that is ended while a mailbox is being written leaves no process, and nothing is lost", () => {
  test.each(tried(ENDS, 2))("by %s", async (how) => {
    const run = await Case.of("single");
    try {
      await run.struck("up", UP_POINTS["the 3rd mailbox"], STRIKES[how], "before");
      expect(run.seen.processes).toBe(0);
      await run.converges();
      await run.restores();
    } finally {
      await run.close();
    }
  });
});
