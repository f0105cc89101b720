import { execFile } from "node:child_process";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { MAIL_SCOPE, SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { pulumiEnvironment } from "../../scripts/workspace.ts";
import { isThere, LANGUAGES } from "../support/languages.ts";
import { LONG } from "../support/long.ts";
import { ROOT } from "../support/package.ts";
import { changeRow, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const run = promisify(execFile);
const [ANNA, BERT] = ["anna@northwind.example", "bert@northwind.example"] as const;
const SERVER_SIDE = 2;

/** Building and installing SDKs takes minutes the first time: with `npm run test:all`. */
describe.runIf(LONG).each(LANGUAGES)("a program in $name", { timeout: 900_000 }, (language) => {
  let command: readonly string[] = [];
  beforeAll(async () => {
    if (isThere(language)) command = await language.build();
  }, 900_000);

  test.for([
    { provider: "the default provider", settings: {} },
    { provider: "an explicit provider", settings: { EXPLICIT: "1" } },
  ])("goes through its life with $provider, and keeps no secret of the environment", async ({ settings }, { skip }) => {
    if (command.length === 0) skip(`${language.needs} is not on PATH`);
    const sandbox = await testSandbox();
    const { email, publicKey, keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com");
    sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [MAIL_SCOPE] });
    // As in a pipeline: what an SDK might read for the provider, an object among it.
    const program = new Program(command, sandbox, { ...settings, GMAILSYNC_MAIL_CREDENTIAL: keyFile });

    const { outputs } = await program.run("up");
    expect(outputs).toMatchObject({ status: "success", success: 1, kind: "user" });
    expect(outputs["name"]).toMatch(/^gmail-[0-9a-f]{7}$/);
    expect(outputs["profile"]).toBe(outputs["name"]);
    expect(Object.keys((await program.run("preview")).changes)).toEqual(["same"]);

    for (const address of [ANNA, BERT])
      changeRow(sandbox, mailboxRow(sandbox, address), { outgoingemaildeliverymethod: 0 });
    const drifted = await program.run("preview");
    expect(drifted.changes["update"]).toBeGreaterThanOrEqual(2);
    expect((await program.run("up")).outputs).toMatchObject({
      name: outputs["name"],
      status: "success",
      success: 1,
    });
    for (const address of [ANNA, BERT])
      expect(mailboxRow(sandbox, address)["outgoingemaildeliverymethod"]).toBe(SERVER_SIDE);

    const state = await program.state();
    expect(state).toContain(SEED_CLIENT_SECRET); // what the program itself gives is there, encrypted
    // What a fleet shares with the resources beside it, it shares in one process.
    expect(new Set(state.match(/pulumi:providers:gmailsync::[^:"]+/g)).size).toBe(1);
    const { private_key: key } = JSON.parse(keyFile);
    for (const secret of [sandbox.environment["AZURE_CLIENT_SECRET"], key.split("\n")[1]]) {
      expect(secret?.length).toBeGreaterThan(8);
      expect(state).not.toContain(secret);
    }

    expect((await program.run("destroy")).changes["delete"]).toBeGreaterThan(5);
    for (const address of [ANNA, BERT]) expect(mailboxRow(sandbox, address)["_emailserverprofile_value"]).toBeFalsy();
  });
});

test.runIf(LONG)(
  "the SDKs are what Pulumi's generators make of the schema",
  async ({ skip }) => {
    if (!LANGUAGES.filter(({ needs }) => needs === "go").every(isThere)) skip("go is not on PATH");
    await run(process.execPath, [join(ROOT, "scripts", "sdk.ts"), "--check"], { cwd: ROOT });
  },
  600_000,
);

interface Told {
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly changes: Readonly<Record<string, number>>;
}

class Program {
  readonly #command: readonly string[];
  readonly #options: { readonly cwd: string; readonly env: NodeJS.ProcessEnv };

  constructor(command: readonly string[], sandbox: Sandbox, settings: NodeJS.ProcessEnv) {
    this.#command = command;
    const cwd = temporaryDirectory();
    this.#options = {
      cwd,
      env: {
        ...process.env,
        ...sandbox.environment,
        ...pulumiEnvironment(join(cwd, "home"), join(cwd, "state")),
        PATH: [join(ROOT, "bin"), process.env["PATH"]].join(delimiter),
        GOOGLE_CLIENT_ID: SEED_CLIENT_ID,
        GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET,
        ...settings,
      },
    };
  }

  async run(command: "up" | "preview" | "destroy"): Promise<Told> {
    const [file = "", ...args] = this.#command;
    const { stdout } = await run(file, [...args, command], this.#options);
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
  }

  /** With its secrets in the clear. */
  async state(): Promise<string> {
    const { stdout } = await run(
      "pulumi",
      ["stack", "export", "--show-secrets", "--stack", "organization/languages/test"],
      {
        ...this.#options,
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return stdout;
  }
}
