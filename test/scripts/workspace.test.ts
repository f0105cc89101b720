import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { run } from "../../scripts/exec.ts";
import { pulumiCli } from "../../scripts/pulumi-cli.ts";
import { demoEnvironment } from "../../scripts/workspace.ts";

let root: string;

// A name that a URL must not carry as it is.
beforeEach(() => {
  root = join(mkdtempSync(join(tmpdir(), "workspace-test-")), "a b%41#c");
  mkdirSync(root);
});
afterEach(() => rmSync(join(root, ".."), { recursive: true, force: true }));

it("keeps all that the real CLI writes inside the clone, whatever the clone's folder is called", async () => {
  const cli = await pulumiCli({ root: join(import.meta.dirname, "../.."), log: console.log });
  const home = join(root, "home");
  mkdirSync(home);
  writeFileSync(join(root, "Pulumi.yaml"), "name: probe\nruntime: yaml\n");
  const env = { ...process.env, HOME: home, ...demoEnvironment(root) };
  const args = ["stack", "init", "demo", "--non-interactive"];
  expect(await run(cli.command, args, { cwd: root, env, timeoutMs: 20_000 })).toMatchObject({ code: 0 });
  expect(existsSync(join(root, ".gmailsync/state/.pulumi/stacks/probe/demo.json"))).toBe(true);
  expect(readdirSync(home)).toEqual([]);
});
