import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Finished, run } from "../../scripts/exec.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const integrity = "sha512-0000";
const MIT = { version: "1.0.0", integrity, license: "MIT" };

/** A package with one peer, which needs two more, one of them beside a library that only the work here needs. */
const PACKAGES = {
  "": {},
  "node_modules/peer": { ...MIT, dependencies: { protobufjs: "1", inner: "1" } },
  "node_modules/protobufjs": { ...MIT, hasInstallScript: true },
  "node_modules/inner": { ...MIT, license: "GPL-3.0-only" },
  "node_modules/peer/node_modules/inner": { ...MIT, resolved: "https://registry.npmjs.org/inner/-/inner-1.0.0.tgz" },
  "node_modules/tool": { ...MIT, license: "MPL-2.0" },
};

/** What is said of a lock file with these packages beside those above. */
async function check(packages: object, allowScripts: object = { protobufjs: false }): Promise<Finished> {
  const cwd = temporaryDirectory();
  writeFileSync(join(cwd, "package.json"), JSON.stringify({ peerDependencies: { peer: "1" }, allowScripts }));
  writeFileSync(join(cwd, "package-lock.json"), JSON.stringify({ packages: { ...PACKAGES, ...packages } }));
  return run(process.execPath, [join(ROOT, "scripts", "supply-chain.ts")], { cwd, timeoutMs: 60_000 });
}

test("what is pinned, licensed and quiet is let through, with the script that is known", async () => {
  const { code, stdout, stderr } = await check({});
  expect([code, stderr]).toEqual([0, ""]);
  expect(stdout).toMatch(/^known install script: protobufjs, .+\n$/);
});

const INNER = "node_modules/peer/node_modules/inner";
test.each<[string, object, string]>([
  ["has no hash", { "node_modules/tool": { version: "1.0.0", license: "MIT" } }, "node_modules/tool has no sha512"],
  ["has a weak hash", { "node_modules/tool": { ...MIT, integrity: "sha1-0000" } }, "node_modules/tool has no sha512"],
  [
    "comes from another registry",
    { [INNER]: { ...MIT, resolved: "https://registry.npmjs.org.example/inner.tgz" } },
    `${INNER} is not from https://registry.npmjs.org/`,
  ],
  ["has another licence", { [INNER]: { ...MIT, license: "GPL-3.0-only" } }, `${INNER} is licensed under GPL-3.0-only`],
  [
    "has two licences",
    { [INNER]: { ...MIT, license: "(MIT AND GPL-3.0-only)" } },
    `${INNER} is licensed under (MIT AND`,
  ],
  ["names no licence", { [INNER]: { version: "1.0.0", integrity } }, `${INNER} is licensed under undefined`],
  ["runs a script at users", { [INNER]: { ...MIT, hasInstallScript: true } }, "inner runs an install script at users"],
  [
    "runs a script here",
    { "node_modules/tool": { ...MIT, hasInstallScript: true } },
    "node_modules/tool has an install script: `allowScripts`",
  ],
  ["runs no script any more", { "node_modules/protobufjs": MIT }, "protobufjs has no install script any more"],
])("a package that %s is refused, and named", async (_, packages, words) => {
  const { code, stderr } = await check(packages, { protobufjs: false, inner: false });
  expect(code).toBe(1);
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(words)]);
});

test("of two licences to choose from one has to be allowed", async () => {
  expect((await check({ [INNER]: { ...MIT, license: "(GPL-3.0-only OR MIT)" } })).code).toBe(0);
});
