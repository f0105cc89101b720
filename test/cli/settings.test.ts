import { expect, test } from "vitest";
import { settings } from "../../provider/cli/settings.ts";
import { testSandbox } from "../support/sandbox.ts";

test("what commands that only look go out by refuses to write, whatever the environment says", async () => {
  const sandbox = await testSandbox();
  const services = settings("doctor", { ...sandbox.environment, GMAILSYNC_READ_ONLY: "false" });
  if (typeof services === "number") throw new Error("not configured");
  expect(() => services.network.permit("writes")).toThrow("READ_ONLY");
  await services.network.close();
});
