import { describe, expect, test } from "vitest";
import { ServiceError } from "../../sandbox/dataverse/service-error.ts";
import { Throttle } from "../../sandbox/dataverse/throttle.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { webApi } from "../support/web-api.ts";

function limited(requestLimit: number | null) {
  const { dataverse } = seedWorld(0);
  dataverse.behaviour.requestLimit = requestLimit;
  return dataverse;
}

/** Seconds to wait, 0 for none. */
function wait(throttle: Throttle, world: ReturnType<typeof limited>): number {
  try {
    throttle.admit(world);
    return 0;
  } catch (error) {
    return error instanceof ServiceError && error.status === 429 ? Number(error.headers["retry-after"]) : Number.NaN;
  }
}

describe("Retry-After of the sandbox's Dataverse", () => {
  test.each([
    ["a burst", 3, [0, 0, 0, 0]],
    ["requests here and there", 3, [0, 1000, 250_500, 260_000]],
    ["one that goes on", 2, [0, 10, 20, 5000, 5001, 100_000]],
    ["a limit of one", 1, [0, 1]],
  ])("is the time after which a request is let in, and not a second more: %s", (_, limit, moments) => {
    let now = 0;
    const throttle = new Throttle(() => now);
    const world = limited(limit);
    let seconds = 0;
    for (now of moments) seconds = wait(throttle, world);
    expect(seconds).toBeGreaterThan(0);
    now += (seconds - 1) * 1000;
    expect(wait(throttle, world)).toBe(1);
    now += 1000;
    expect(wait(throttle, world)).toBe(0);
  });

  test("tells each request its own wait when the limit was lowered meanwhile", () => {
    let now = 0;
    const throttle = new Throttle(() => now);
    const world = limited(3);
    for (now of [0, 1000, 2000]) expect(wait(throttle, world)).toBe(0);
    world.behaviour.requestLimit = 1;
    expect(wait(throttle, world)).toBe(300);
    now = 302_000;
    expect(wait(throttle, world)).toBe(0);
  });

  test("is the whole window where nothing is let in", () => {
    expect(wait(new Throttle(() => 5), limited(0))).toBe(300);
  });
});

test("a sandbox that was reset has forgotten the requests before", async () => {
  const sandbox = await testSandbox();
  for (const _ of [1, 2]) {
    await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "1" });
    const send = await webApi(sandbox);
    expect((await send("GET", "WhoAmI")).status).toBe(200);
    expect((await send("GET", "WhoAmI")).status).toBe(429);
    sandbox.reset();
  }
});

test.each(["requestLimit", "approval", "administrationMode"])("an empty %s is no behaviour", async (name) => {
  const sandbox = await testSandbox();
  const before = { ...sandbox.world.dataverse.behaviour };
  await expect(administer(sandbox, "set-behaviour", "dataverse", { [name]: "" })).rejects.toThrow(name);
  expect(sandbox.world.dataverse.behaviour).toEqual(before);
});
