import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, labAvailable, startLab } from "./lab.ts";

/**
 * Tests that share one laboratory. Where it cannot run they are skipped and the reason is printed; with `CI` and
 * `GMAILSYNC_LIVE=1` set that is a failure.
 */
export function describeLive(title: string, tests: (lab: () => Lab) => void): void {
  const availability = labAvailable();
  if (!availability.available) {
    console.warn(`Skipped: ${title}. The live mail laboratory ${availability.reason}`);
    const required = Boolean(process.env["CI"]) && process.env["GMAILSYNC_LIVE"] === "1";
    it.runIf(required)("the live mail laboratory can run where it is required", () => {
      expect(availability).toEqual({ available: true });
    });
  }
  describe.skipIf(!availability.available)(title, { timeout: 30_000 }, () => {
    let running: Lab | undefined;
    beforeAll(async () => {
      running = await startLab();
    }, 60_000);
    afterAll(() => running?.close(), 30_000);
    tests(() => {
      if (running === undefined) throw new Error("the laboratory has not started");
      return running;
    });
  });
}
