import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { isHere, TARGETS, writeArchives } from "../../scripts/build/archives.ts";
import { findOnPath } from "../../scripts/pulumi-executables.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, ROOT } from "../support/package.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const run = promisify(execFile);
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** One executable has 120 MB, which is written and packed: with `npm run test:all`. */
describe.runIf(LONG)("the plugin's archive for this platform", { timeout: 600_000 }, () => {
  const target = TARGETS.find(isHere);
  let archive = "";

  beforeAll(async () => {
    const { directory } = await installedPackage();
    const folders = { root: ROOT, dist: directory, into: join(temporaryDirectory(), "archives") };
    [archive = ""] = target ? await writeArchives(folders, [target]) : [];
  }, 600_000);

  test("is named as the engine looks for it, holds one executable and licences, and has a checksum", async () => {
    expect(basename(archive)).toBe(`pulumi-resource-gmailsync-v${version}-${target?.os}-${target?.arch}.tar.gz`);
    const { stdout } = await run("tar", ["-tzf", archive]);
    expect(stdout.trim().split("\n").toSorted()).toEqual([
      "LICENSE",
      "NODE-LICENSE.txt",
      "THIRD-PARTY-NOTICES.txt",
      "pulumi-resource-gmailsync",
    ]);
    const hash = createHash("sha256").update(readFileSync(archive)).digest("hex");
    expect(readFileSync(join(archive, "..", "SHA256SUMS"), "utf8")).toBe(`${hash}  ${basename(archive)}\n`);
  });

  test.for([
    { node: "no Node.js", script: undefined },
    { node: "Node.js 20", script: "#!/bin/sh\necho v20.20.2\n" },
  ])("brings up a project that names no plugin, with a fleet, where PATH has $node", async ({ script }) => {
    const sandbox = await testSandbox();
    const path = temporaryDirectory();
    for (const name of ["pulumi", "pulumi-language-yaml"])
      symlinkSync(findOnPath(name, process.env["PATH"] ?? "") ?? "", join(path, name));
    if (script !== undefined) writeFileSync(join(path, "node"), script, { mode: 0o755 });
    const stack = new TestStack(sandbox, { environment: { PATH: path } });
    await stack.expect(["plugin", "install", "resource", "gmailsync", version, "--file", archive]);
    const fleet = `
fleet:
  type: gmailsync:Fleet
  properties:
    spec:
      clients: {north: {projectId: northwind-mail, clientId: ${SEED_CLIENT_ID}, clientSecret: "\${googleClientSecret}"}}
      mailboxes: [{address: bert@northwind.example}]`;
    stack.program([blocks.profile(), blocks.mailbox("anna"), blocks.activation("anna"), fleet].join("\n"));
    const file = join(stack.directory, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^plugins:\n(?: .*\n)+/m, ""));
    expect(readFileSync(file, "utf8")).not.toContain("plugins:");
    await stack.expect(["stack", "init", "test"]);
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: SEED_CLIENT_SECRET });

    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    for (const name of ["anna", "bert"])
      expect(mailboxRow(sandbox, `${name}@northwind.example`)["incomingemailstatus"]).toBe(1);
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    const destroy = await stack.destroy();
    expect(destroy.code, destroy.output).toBe(0);
  });
});
