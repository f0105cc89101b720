import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { LONG } from "../support/long.ts";
import { installedPackage, programFolder, ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const run = promisify(execFile);
const STRICT = "--noEmit --strict --module nodenext --target es2024 --skipLibCheck --types node --ignoreConfig".split(
  " ",
);
const tool = (name: string, ...args: string[]) => run(join(ROOT, "node_modules", ".bin", name), args, { cwd: ROOT });

describe("the package as it is published", () => {
  let archive: string;
  let directory: string;

  beforeAll(async () => {
    ({ archive, directory } = await installedPackage());
  }, 300_000);

  test("holds what is needed to run, and nothing else", async () => {
    const { stdout } = await run("tar", ["-tzf", archive]);
    const files = stdout
      .trim()
      .split("\n")
      .map((name) => name.replace("package/", ""));
    expect(files.filter((name) => !name.endsWith(".d.ts")).toSorted()).toEqual([
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "SECURITY.md",
      "THIRD-PARTY-NOTICES.txt",
      "bin/gmailsync",
      "bin/gmailsync.cjs",
      "bin/gmailsync.cmd",
      "bin/launch",
      "bin/launch.cjs",
      "bin/pulumi-resource-gmailsync",
      "bin/pulumi-resource-gmailsync.cjs",
      "bin/pulumi-resource-gmailsync.cmd",
      "package.json",
      "provider/cli/main.js",
      "provider/dynamic/index.js",
      "provider/dynamic/operations.js",
      "provider/plugin/main.js",
      "provider/sdk/index.js",
      "schema/gmailsync.json",
      "schema/mailboxes.schema.json",
      "schema/world.schema.json",
    ]);
  });

  test("says whose code it holds, and under which terms", () => {
    const notices = readFileSync(join(directory, "THIRD-PARTY-NOTICES.txt"), "utf8");
    for (const name of ["@pulumi/pulumi", "@grpc/grpc-js", "google-auth-library", "undici", "@peculiar/x509", "yaml"]) {
      const { version } = JSON.parse(readFileSync(join(ROOT, "node_modules", name, "package.json"), "utf8"));
      expect(notices).toContain(`\n${name} ${version}, `);
    }
    expect(notices).toContain("Copyright (c) Microsoft Corporation");
    expect(notices).not.toContain("vitest");
  });

  test("is one that publint and arethetypeswrong find nothing in", async () => {
    await tool("publint", "--strict", archive);
    await tool("attw", archive);
  });

  test("loads as ES module and by require", async () => {
    const folder = programFolder();
    writeFileSync(
      join(folder, "esm.mjs"),
      `import * as all from "pulumi-gmailsync"; console.log(Object.keys(all).join());`,
    );
    writeFileSync(join(folder, "cjs.cjs"), `console.log(Object.keys(require("pulumi-gmailsync")).join());`);
    for (const file of ["esm.mjs", "cjs.cjs"]) {
      const { stdout } = await run(process.execPath, [join(folder, file)]);
      expect(stdout.trim()).toBe(
        [
          "ActivationCode,ActivationStatus,AppointmentsMethod,Audience,Cloud,Direction,EmailDeliveryMethod,EmailServerProfile,Fleet",
          "GoogleOAuthClient,GoogleProject,MailProtocol,Mailbox,MailboxActivation,MailboxKind,PopAccess,PopDisposition",
          "Provider,PublishingStatus,StepStatus,TestStatus,fleet",
          "getEmailServerProfile,getEmailServerProfileOutput,getEmailServerProfiles,getEmailServerProfilesOutput",
          "getMailbox,getMailboxOutput,getMailboxes,getMailboxesOutput,getOrganization",
        ].join(),
      );
    }
  });

  test.for(["module", "commonjs"])("has types that a strict program of type %s is checked with", async (type) => {
    const folder = programFolder();
    cpSync(join(ROOT, "examples", "typescript"), folder, { recursive: true });
    writeFileSync(join(folder, "package.json"), JSON.stringify({ type }));
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { fleet, Mailbox } from "pulumi-gmailsync";
new Mailbox("m", { emailAdress: "a@b.example" });
fleet("f", { spec: { clients: { north: { projectId: 1 } }, mailboxes: [] } });
`,
    );
    const compile = (file: string) =>
      run(join(ROOT, "node_modules", ".bin", "tsc"), [...STRICT, file], { cwd: folder });
    await compile("index.ts");
    const refused = await compile("wrong.ts").catch((error: { stdout: string }) => error.stdout);
    expect(refused).toContain("'emailAdress' does not exist");
    expect(refused).toContain("Type 'number' is not assignable to type 'string'");
  });

  test("brings the command line tool and the plugin, compiled", async () => {
    const { stdout } = await run(join(directory, "bin", "gmailsync"), ["--version"]);
    expect(stdout.trim()).toBe(manifest.version);
    const plugin = join(directory, "bin", "pulumi-resource-gmailsync");
    const env = { ...process.env, PULUMI_HOME: temporaryDirectory(), PULUMI_SKIP_UPDATE_CHECK: "1" };
    const schema = JSON.parse((await run("pulumi", ["package", "get-schema", plugin], { env })).stdout);
    expect(Object.keys(schema.resources)).toContain("gmailsync:index:Fleet");
  });

  test("says what it needs where Node.js is too old", async () => {
    const bin = temporaryDirectory();
    writeFileSync(join(bin, "node"), "#!/bin/sh\necho v20.20.2\n", { mode: 0o755 });
    const env = { PATH: `${bin}:/usr/bin:/bin` };
    const { stderr } = await run(join(directory, "bin", "gmailsync"), ["--version"], { env }).catch((error) => error);
    expect(stderr).toContain("gmailsync needs Node.js 22.18 or newer; on PATH: v20.20.2.");
  });

  test.runIf(LONG)(
    "is installed for the whole machine, and runs there without a shell",
    async () => {
      const prefix = temporaryDirectory();
      const install = ["install", "--global", "--prefix", prefix, "--omit=peer", "--no-audit", "--no-fund", archive];
      await run("npm", install, { cwd: prefix });
      const { stdout } = await run(join(prefix, "bin", "gmailsync"), ["--version"]);
      expect(stdout.trim()).toBe(manifest.version);
      const npx = ["--package", archive, "--yes", "--omit=peer", "gmailsync", "--version"];
      expect((await run("npx", npx, { cwd: prefix })).stdout.trim()).toBe(manifest.version);
    },
    120_000,
  );

  test("brings the sandbox, and a doctor that looks into it", async () => {
    const command = join(directory, "bin", "gmailsync");
    const at = ["--directory", temporaryDirectory()];
    const sandbox = spawn(command, ["sandbox", "start", ...at], { stdio: ["ignore", "pipe", "inherit"] });
    try {
      await once(sandbox.stdout, "data");
      const { stdout } = await run(command, ["sandbox", "env", "--json", ...at]);
      const env = { ...process.env, ...JSON.parse(stdout) };
      const look = run(command, ["doctor", "anna@northwind.example"], { env });
      const stdoutOfFailure = expect.stringContaining("mailbox anna@northwind.example has no email server profile");
      await expect(look).rejects.toMatchObject({ code: 1, stdout: stdoutOfFailure });
    } finally {
      sandbox.kill();
    }
  });
});
