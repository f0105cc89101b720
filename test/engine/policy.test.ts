import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_SECRET } from "../../sandbox/world/northwind.ts";
import { programFolder, ROOT } from "../support/package.ts";
import { changeRow, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const run = promisify(execFile);
const NINE_DAYS_MS = 9 * 24 * 3600 * 1000;

describe("examples/policy", () => {
  let sandbox: Sandbox;
  let pack: string;
  let path: string;

  beforeAll(async () => {
    sandbox = await testSandbox();
    const folder = programFolder();
    cpSync(join(ROOT, "examples", "policy"), folder, { recursive: true });
    // Up to 3.259 the CLI takes the folder, and starts it by a program on PATH; newer ones take what is executable, too.
    const host = launcher(temporaryDirectory(), "pulumi-analyzer-policy-nodejs", folder);
    pack = (await isOld()) ? folder : launcher(folder, "analyzer", folder);
    path = [dirname(host), process.env["PATH"]].join(delimiter);
  });
  beforeEach(() => sandbox.reset());

  /** What an official installation of the CLI brings for packs in TypeScript. */
  function launcher(directory: string, name: string, folder: string): string {
    const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
    const start = `exec "${process.execPath}" "${join(sdk, "cmd", "run-policy-pack")}" "$1" "${folder}"`;
    const file = join(directory, name);
    writeFileSync(file, `#!/bin/sh\ncd "${folder}" && ${start}\n`, { mode: 0o755 });
    return file;
  }

  async function isOld(): Promise<boolean> {
    const { stdout } = await run("pulumi", ["version"]);
    const [, minor = 0] = stdout.split(".").map(Number);
    return minor <= 259;
  }

  async function stackOf(...resources: readonly string[]): Promise<TestStack> {
    const stack = new TestStack(sandbox, { environment: { PATH: path } });
    await stack.init(resources.join(""));
    return stack;
  }

  const anna = [blocks.profile(), blocks.mailbox("anna"), blocks.activation("anna")];

  test("lets a stack pass that keeps to all of it, before and after it is there", async () => {
    const stack = await stackOf(...anna);
    for (const result of [await stack.preview("--policy-pack", pack), await stack.up("--policy-pack", pack)])
      expect(result.code, result.output).toBe(0);
  });

  /** One stack that does all of it, as each preview takes seconds. */
  const WRONG = [
    `
explicit:
  type: pulumi:providers:gmailsync
  properties:
    clientSecret: ${APPLICATION_SECRET}`,
    blocks.profile("incomingServerLocation: imap.example.com\ndescription: the secret is GOCSPX-made-up"),
    blocks.mailbox("support", "processAndDeleteEmails: true"),
    blocks.activation("support"),
    blocks.mailbox("bert"),
  ];

  test("refuses each thing that a stack may not do, and says which", async () => {
    const stack = await stackOf(...WRONG);
    const { code, output } = await stack.preview("--policy-pack", pack);
    expect(code, output).not.toBe(0);
    const said = output.replaceAll(/\s+/g, " ");
    expect(said.match(/\[mandatory\]/g)).toHaveLength(5);
    for (const words of [
      "processAndDeleteEmails deletes the mail of support@northwind.example",
      "imap.example.com is none of imap.gmail.com, pop.gmail.com, smtp.gmail.com",
      "description looks like a secret",
      "clientSecret of the provider would be stored",
      "No MailboxActivation tests bert@northwind.example",
    ])
      expect(said).toContain(words);
  });

  test("allows deletion where its configuration says so", async () => {
    const support = blocks.mailbox("support", "processAndDeleteEmails: true");
    const stack = await stackOf(blocks.profile(), support, blocks.activation("support"));
    const file = join(stack.directory, "policy.json");
    writeFileSync(file, JSON.stringify({ "delete-mail": { mayDelete: ["support@northwind.example"] } }));
    const { code, output } = await stack.preview("--policy-pack", pack, "--policy-pack-config", file);
    expect(code, output).toBe(0);
  });

  test("refuses a test that is older than a week", async () => {
    const stack = await stackOf(...anna);
    expect((await stack.up()).code).toBe(0);
    const long = new Date(Date.now() - NINE_DAYS_MS).toISOString();
    changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), { testmailboxaccesscompletedon: long });
    await stack.expect(["refresh", "--yes", "--skip-preview"]);
    const { code, output } = await stack.preview("--policy-pack", pack);
    expect(code, output).not.toBe(0);
    expect(output.replaceAll(/\s+/g, " ")).toContain("anna@northwind.example was tested on");
  });
});
