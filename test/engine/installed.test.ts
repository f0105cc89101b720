import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, ROOT } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import { fromRegistry } from "../support/registry.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const run = promisify(execFile);
const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const PEOPLE = ["anna", "bert", "support"].map((name) => `${name}@northwind.example`);

/** What a project without anything says, and how it runs a program of its packages. */
const MANAGERS = [
  { name: "npm", tool: undefined, add: ["install"], start: ["npm", "exec", "--no", "--"] },
  // It ends with 1 where it has left out the install script of Pulumi's SDK, which is not needed.
  { name: "pnpm", tool: "pnpm@12", add: ["add", "--allow-build=protobufjs"], start: ["pnpm", "exec"] },
  { name: "yarn", tool: "yarn@1", add: ["add"], start: ["yarn", "--silent", "run"] },
  { name: "bun", tool: "bun@1", add: ["add"], start: ["bunx", "--no-install"] },
] as const;

/** Other versions of Node.js, and other people's programs, come from the registry: with `npm run test:all`. */
describe.runIf(LONG)("the package, installed in an empty folder", { timeout: 600_000 }, () => {
  let archive = "";

  beforeAll(async () => {
    ({ archive } = await installedPackage());
  }, 300_000);

  async function environmentWith(...tools: readonly string[]): Promise<NodeJS.ProcessEnv> {
    const folders = await Promise.all(tools.map(fromRegistry));
    return { ...process.env, PATH: [...folders, process.env["PATH"]].join(delimiter) };
  }

  test.for(MANAGERS)("by $name, brings the command line tool", async ({ name, tool, add, start }) => {
    const folder = temporaryDirectory();
    const options = { cwd: folder, env: await environmentWith(...(tool ? [tool] : [])) };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "mail", private: true }));
    for (const file of ["mailboxes.yaml", "mailboxes.lock"])
      cpSync(join(ROOT, "examples", "fleet-yaml", file), join(folder, file));
    await run(name, [...add, name === "yarn" ? `file:${archive}` : archive], options);
    const [command, ...args] = start;
    const said = await run(command, [...args, "gmailsync", "--version"], options);
    expect(said.stdout.trim()).toBe(version);
    const checked = await run(command, [...args, "gmailsync", "check", "mailboxes.yaml"], options);
    expect(checked.stdout).toContain("mailboxes.yaml: 4 mailboxes, 1 client, nothing wrong");
  });

  test.for([
    { node: "node@22", found: "by the path that the project names" },
    { node: "node@26", found: "by node_modules/.bin on PATH" },
  ])("deploys a TypeScript program with $node, the plugin found $found", async ({ node, found }) => {
    const sandbox = await testSandbox();
    const folder = temporaryDirectory();
    const env = await environmentWith(node);
    cpSync(join(ROOT, "examples", "typescript"), folder, { recursive: true });
    const project = join(folder, "Pulumi.yaml");
    const text = readFileSync(project, "utf8");
    const [before, named] = [/^plugins:\n(?: .*\n)+/m, "node_modules/pulumi-gmailsync/bin"];
    const isOnPath = found.endsWith("PATH");
    writeFileSync(project, isOnPath ? text.replace(before, "") : text.replace("../../bin", named));
    await run("npm", ["install", "--no-audit", "--no-fund", archive], { cwd: folder, env });
    expect((await run("node", ["--version"], { env })).stdout).toContain(node.replace("node@", "v"));
    const path = [...(isOnPath ? [join(folder, "node_modules", ".bin")] : []), env["PATH"]].join(delimiter);
    const program = new TestProgram(folder, sandbox, { PATH: path });
    const up = await program.run("up", `googleClientSecret=${SEED_CLIENT_SECRET}`);
    expect(up.ok, up.stdout).toBe(true);
    expect(up.outputs?.["statuses"]).toEqual(["success", "success", "success"]);
    expect((await program.run("gate")).ok).toBe(true);
    expect((await program.run("destroy")).ok).toBe(true);
    for (const address of PEOPLE) expect(mailboxRow(sandbox, address)["_emailserverprofile_value"]).toBeFalsy();
  });

  test("says with Node.js 20 what it needs", async () => {
    const folder = temporaryDirectory();
    const env = await environmentWith("node@20");
    await run("npm", ["install", "--global", "--prefix", folder, "--omit=peer", archive], { cwd: folder, env });
    for (const program of ["gmailsync", "pulumi-resource-gmailsync"]) {
      const refused = await run(join(folder, "bin", program), ["--version"], { env }).catch((error) => error);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(/^gmailsync needs Node\.js 22\.18 or newer; on PATH: v20\./);
    }
  });
});
