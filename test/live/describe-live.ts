import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Lab, labAvailable, startLab } from "./lab.ts";
import type { Availability } from "./laboratory.ts";
import { type OtherServers, otherServersAvailable, startOtherServers } from "./other-servers.ts";

/** What tests share: one of it runs for all tests of a `describe`. */
interface Laboratory<T> {
  available(): Availability;
  start(): Promise<T>;
}

/** Tests that share Dovecot and Postfix. */
export const describeLive = describeIn<Lab>({ available: labAvailable, start: startLab });

/** Tests that share GreenMail and Exim. */
export const describeOthers = describeIn<OtherServers>({ available: otherServersAvailable, start: startOtherServers });

/**
 * Where the laboratory cannot run its tests are skipped and the reason is printed; with `CI` and `GMAILSYNC_LIVE=1` set that
 * is a failure.
 */
function describeIn<T extends { close(): Promise<void> }>(laboratory: Laboratory<T>) {
  return (title: string, tests: (running: () => T) => void): void => {
    const availability = laboratory.available();
    if (!availability.available) {
      console.warn(`Skipped: ${title}. The live mail laboratory ${availability.reason}`);
      const required = Boolean(process.env["CI"]) && process.env["GMAILSYNC_LIVE"] === "1";
      it.runIf(required)("the live mail laboratory can run where it is required", () => {
        expect(availability).toEqual({ available: true });
      });
    }
    describe.skipIf(!availability.available)(title, { timeout: 30_000 }, () => {
      let running: T | undefined;
      beforeAll(async () => {
        running = await laboratory.start();
      }, 60_000);
      afterAll(() => running?.close(), 30_000);
      tests(() => {
        if (running === undefined) throw new Error("the laboratory has not started");
        return running;
      });
    });
  };
}
