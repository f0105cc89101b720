import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { seedWorld } from "../../sandbox/world/seed.ts";
import { administer, mailboxRow, temporaryDirectory } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";

test("with a state file the world outlives the process, in a file of its owner only", async () => {
  const directory = temporaryDirectory();
  const stateFile = join(directory, "world.json");
  const first = await startSandbox({ directory: join(directory, "a"), stateFile });
  await administer(first, "set-mailbox", ANNA, { incomingemaildeliverymethod: "2" });
  await first.close();
  expect(statSync(stateFile).mode & 0o077).toBe(0);

  const second = await startSandbox({ directory: join(directory, "b"), stateFile });
  expect(mailboxRow(second, ANNA)["incomingemaildeliverymethod"]).toBe(2);
  await second.close();
});

test("a world from before mail was fetched does not begin to by itself", async () => {
  const directory = temporaryDirectory();
  const stateFile = join(directory, "world.json");
  const { pollIntervalSeconds, ...behaviour } = seedWorld(0).dataverse.behaviour;
  expect(pollIntervalSeconds).toBe(300);
  const world = seedWorld(0);
  writeFileSync(stateFile, JSON.stringify({ ...world, dataverse: { ...world.dataverse, behaviour } }));
  const sandbox = await startSandbox({ directory, stateFile });
  expect(sandbox.world.dataverse.behaviour).toEqual({ ...behaviour, pollIntervalSeconds: 0 });
  await sandbox.close();
});

test("a state file that is none is told, and left as it is", async () => {
  const directory = temporaryDirectory();
  const stateFile = join(directory, "world.json");
  writeFileSync(stateFile, "planted: json");
  await expect(startSandbox({ directory, stateFile })).rejects.toThrow(/state file .* cannot be read: it is not JSON$/);
  expect(readFileSync(stateFile, "utf8")).toBe("planted: json");
});
