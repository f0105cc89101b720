import { spawn } from "node:child_process";
import { once } from "node:events";
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
