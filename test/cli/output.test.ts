import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { expect, test } from "vitest";
import { COMMAND } from "../support/command.ts";

test("a command whose reader has had enough ends without a word, and not as one that went well", async () => {
  const child = spawn(COMMAND, ["sandbox", "--help"], { stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  let said = "";
  child.stderr.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  expect(said).toBe("");
  expect(code).toBe(1);
});

const FULL = "/dev/full";

test.runIf(existsSync(FULL))("a command whose output finds no room says so, and has failed", async () => {
  const full = openSync(FULL, "w");
  const child = spawn(COMMAND, ["sandbox", "--help"], { stdio: ["ignore", full, "pipe"] });
  closeSync(full);
  let said = "";
  child.stderr?.on("data", (chunk) => {
    said += chunk;
  });
  const [code] = await once(child, "close");
  expect(said).toMatch(/^gmailsync: its output cannot be written: .*ENOSPC.*\n$/);
  expect(code).toBe(1);
});
