import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { run } from "../../scripts/exec.ts";
import { pulumiEnvironment } from "../../scripts/workspace.ts";
import { gmailsync } from "../support/command.ts";
import { BIN, programFolder, ROOT } from "../support/package.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";

/** The second client of the example. */
const SOUTH = SEED_CLIENT_ID.replace(/^\d+/, "987654321098");

describe("examples/many-stacks", () => {
  let sandbox: Sandbox;
  let folder: string;
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    sandbox = await testSandbox();
    const [client] = sandbox.world.google.clients;
    if (client) sandbox.world.google.clients.push({ ...client, clientId: SOUTH });
    folder = programFolder();
    cpSync(join(ROOT, "examples", "many-stacks"), folder, { recursive: true });
    const file = join(folder, "Pulumi.yaml");
    writeFileSync(file, readFileSync(file, "utf8").replace("../../bin", BIN));
    env = {
      ...process.env,
      ...sandbox.environment,
      ...pulumiEnvironment(join(folder, "home"), join(folder, "state")),
      NORTH_CLIENT_SECRET: SEED_CLIENT_SECRET,
      SOUTH_CLIENT_SECRET: SEED_CLIENT_SECRET,
    };
  });

  const deploy = (command: string) =>
    run(process.execPath, [join(folder, "deploy.ts"), command], { cwd: folder, env, timeoutMs: 100_000 });
  const profileOf = (name: string) => mailboxRow(sandbox, `${name}@northwind.example`)["_emailserverprofile_value"];

  test("stacks beside each other bring up one file, each with the profile of its own client", async () => {
    const { code, stdout, stderr } = await deploy("up");
    expect(code, stdout + stderr).toBe(0);
    expect(stdout).toBe("north: up is done\nsouth: up is done\n");
    expect(profileOf("anna")).toBeTruthy();
    expect(profileOf("bert")).toBeTruthy();
    expect(profileOf("anna")).not.toBe(profileOf("bert"));
  });

  test("one report tells of all of them", async () => {
    const { stdout, stderr } = await gmailsync(["report", "mailboxes.yaml", "--csv", "-"], env, folder);
    const [, ...rows] = stdout.trim().split("\n");
    expect(rows, stderr).toHaveLength(2);
    expect(stdout).toContain('"anna@northwind.example","north","ok"');
    // The user has signed in to the other client only.
    expect(stdout).toContain('"bert@northwind.example","south","waiting","SIGN_IN_AGAIN"');
  });

  test("none shows a change for what the other has, and a drift is shown by the stack that it concerns", async () => {
    expect(await deploy("preview")).toMatchObject({
      code: 0,
      stdout: "north: preview is done\nsouth: preview is done\n",
    });
    mailboxRow(sandbox, "bert@northwind.example")["outgoingemaildeliverymethod"] = 0;
    const { code, stdout } = await deploy("preview");
    expect(code).toBe(1);
    expect(stdout).toMatch(/north: preview is done\nsouth: preview has failed/);
  });

  test("both are destroyed", async () => {
    const { code, stdout } = await deploy("destroy");
    expect(code, stdout).toBe(0);
    for (const name of ["anna", "bert"]) expect(profileOf(name)).toBeFalsy();
  });
});
