import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { installedPackage, programFolder, ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const run = promisify(execFile);
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
    const folders = new Set(files.map((name) => (name.includes("/") ? name.split("/")[0] : name)));
    expect([...folders].toSorted()).toEqual(
      [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "bin",
        "package.json",
        "provider",
        "sandbox",
        "schema",
      ].toSorted(),
    );
    expect(files.filter((name) => /(?<!\.d)\.ts$/.test(name))).toEqual([]);
    for (const name of files.filter((file) => file.endsWith(".js")))
      expect(files).toContain(name.replace(/\.js$/, ".d.ts"));
  });

  test("is one that publint and arethetypeswrong find nothing in", async () => {
    await tool("publint", "--strict", archive);
    await tool("attw", archive, "--profile", "esm-only");
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
        "EmailServerProfile,Fleet,GoogleOAuthClient,GoogleProject,Mailbox,MailboxActivation,fleet",
      );
    }
  });

  test("has types that a strict program is checked with", async () => {
    const folder = programFolder();
    cpSync(join(ROOT, "examples", "typescript"), folder, { recursive: true });
    const options = [
      "--noEmit",
      "--strict",
      "--module",
      "nodenext",
      "--target",
      "es2024",
      "--skipLibCheck",
      "--types",
      "node",
      "--ignoreConfig",
    ];
    await run(join(ROOT, "node_modules", ".bin", "tsc"), [...options, "index.ts"], { cwd: folder });
    writeFileSync(
      join(folder, "wrong.ts"),
      `import { Mailbox } from "pulumi-gmailsync";\nnew Mailbox("m", { emailAdress: "a@b.example" });\n`,
    );
    const wrong = run(join(ROOT, "node_modules", ".bin", "tsc"), [...options, "wrong.ts"], { cwd: folder });
    await expect(wrong).rejects.toMatchObject({ stdout: expect.stringContaining("'emailAdress' does not exist") });
  });

  test("brings the command line tool and the plugin, compiled", async () => {
    const { stdout } = await run(join(directory, "bin", "gmailsync"), ["--version"]);
    expect(stdout.trim()).toBe("0.1.0");
    const plugin = join(directory, "bin", "pulumi-resource-gmailsync");
    const env = { ...process.env, PULUMI_HOME: temporaryDirectory(), PULUMI_SKIP_UPDATE_CHECK: "1" };
    const schema = JSON.parse((await run("pulumi", ["package", "get-schema", plugin], { env })).stdout);
    expect(Object.keys(schema.resources)).toContain("gmailsync:index:Fleet");
  });
});
