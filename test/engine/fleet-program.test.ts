import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { twoEnvironments } from "../support/environments.ts";
import { FLEET_SIZES, fleetEntries, fleetFile } from "../support/fleet.ts";
import { LONG } from "../support/long.ts";
import { PLUGINS, ROOT } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import { mailboxRow, temporaryDirectory, testSandbox, writes } from "../support/sandbox.ts";

const SECRET = `googleClientSecret=${SEED_CLIENT_SECRET}`;
const PROJECT = `name: test
runtime: nodejs
main: index.ts
${PLUGINS}`;

/** The classes of this clone, with the SDK that the driver has loaded. */
const sdk = (path: string) => JSON.stringify(join(ROOT, path));
const HEAD = `import { Fleet } from ${sdk("provider/sdk/index.ts")};
import pulumi from ${sdk("node_modules/@pulumi/pulumi/index.js")};
`;
const EXPORTED = `${HEAD}export const { mailboxes, profiles, summary } = new Fleet("fleet", { file: "mailboxes.yaml" });`;

function fleetProgram(sandbox: Sandbox, text: string, program = EXPORTED, environment = {}): TestProgram {
  const folder = temporaryDirectory();
  // The SDK of the project is this clone's.
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "Pulumi.yaml"), PROJECT);
  writeFileSync(join(folder, "index.ts"), program);
  writeFileSync(join(folder, "mailboxes.yaml"), text);
  return new TestProgram(folder, sandbox, environment);
}

/** A fleet that goes on without nobody. */
const strict = (text: string) => text.replace("mailboxes:\n", "defaults: {activation: {tolerate: []}}\nmailboxes:\n");

/** Types and names of the fleet's children in the state. */
async function children(program: TestProgram): Promise<string[]> {
  const { ok, stdout, deployment } = await program.run("export");
  expect(ok, stdout).toBe(true);
  return (deployment?.resources ?? []).flatMap(({ urn }) => {
    const [, child] = urn.split("Fleet$gmailsync:index:");
    return child === undefined ? [] : [child];
  });
}

const UNHEARD = /Unhandled exception|failed to register|\n\s+at /;

describe("a fleet in a TypeScript program", () => {
  test("is refused without a stack trace, before a child is registered", async () => {
    const sandbox = await testSandbox();
    const text = fleetFile(fleetEntries("anna"))
      .replace("{config: googleClientSecret}", "{config: notConfigured}")
      .replace("contoso.", "fabrikam.");
    const program = fleetProgram(sandbox, text);
    const { ok, stdout } = await program.run("up", SECRET);
    expect(ok).toBe(false);
    expect(stdout).toContain("clients.north.clientSecret: the stack's configuration has no notConfigured");
    expect(stdout).toContain("the fleet is meant for https://fabrikam.crm.dynamics.com");
    expect(stdout).not.toMatch(UNHEARD);
    expect(await children(program)).toEqual([]);
    expect(writes(sandbox)).toEqual([]);
  });

  test.each(FLEET_SIZES)(
    "goes on with all others where one of %i mailboxes fails",
    async (size) => {
      const sandbox = await testSandbox({ extraUsers: size - 2 });
      const users = Array.from({ length: size - 2 }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
      const names = ["carl", "anna", ...users];
      const program = fleetProgram(sandbox, strict(fleetFile(fleetEntries(...names), "\n    audience: internal")));
      const { ok, stdout } = await program.run("up-all", SECRET);
      expect(ok).toBe(false);
      expect(stdout).toContain("nobody has signed in to Gmail for carl@northwind.example");
      expect(stdout).not.toMatch(UNHEARD);
      const made = await children(program);
      for (const name of names) expect(made).toContain(`Mailbox::${name}@northwind.example`);
      expect(made.filter((child) => child.startsWith("MailboxActivation"))).toHaveLength(names.length);
      expect(stdout).toContain(`${size - 1} success, 1 failed of ${size}`);
      const { deployment } = await program.run("export");
      const stack = deployment?.resources.find(({ type }) => type === "pulumi:pulumi:Stack");
      expect(stack?.outputs?.["summary"]).toMatchObject({ success: size - 1, failed: 1, byCode: { NOT_SIGNED_IN: 1 } });
    },
    300_000,
  );

  test("ends where one mailbox fails without --continue-on-error, and is told by that mailbox only", async () => {
    const sandbox = await testSandbox();
    const program = fleetProgram(sandbox, strict(fleetFile(fleetEntries("carl", "anna", "bert"))));
    const { ok, stdout } = await program.run("up", SECRET);
    expect(ok).toBe(false);
    expect(stdout).toContain("nobody has signed in to Gmail for carl@northwind.example");
    expect(stdout).not.toMatch(UNHEARD);
  });

  test.each(["up", "up-all"] as const)(
    "lets all others go through where users are missing, who are told once: %s",
    async (command) => {
      const sandbox = await testSandbox();
      const program = fleetProgram(sandbox, fleetFile(fleetEntries("nobody", "anna", "no-one", "bert")));
      const { ok, stdout } = await program.run(command, SECRET);
      expect(ok).toBe(false);
      expect(stdout).toContain("nor has another one of the fleet its own: no-one@northwind.example");
      expect(stdout).not.toMatch(UNHEARD);
      for (const name of ["anna", "bert"])
        expect(mailboxRow(sandbox, `${name}@northwind.example`)).toMatchObject({ incomingemailstatus: 1 });
    },
  );

  test("gives each its values, and what uses them stands behind all its mailboxes", async () => {
    const sandbox = await testSandbox();
    const queue = "  - address: support@northwind.example\n    kind: queue\n    activate: false\n";
    const outside = `${EXPORTED.replace("{ Fleet }", "{ Fleet, MailboxActivation }")}
      const mailboxId = mailboxes.apply((all) => all["support@northwind.example"].mailboxId);
      new MailboxActivation("outside", { mailboxId, profileId: profiles.apply((all) => all["north"]) });`;
    const program = fleetProgram(sandbox, `${fleetFile(fleetEntries("anna"))}${queue}`, outside);
    const { ok, stdout } = await program.run("up", SECRET);
    expect(ok, stdout).toBe(true);
    const { deployment } = await program.run("export");
    const made = deployment?.resources.find(({ urn }) => urn.endsWith("::outside"));
    const { mailboxid } = mailboxRow(sandbox, "support@northwind.example");
    expect(made?.inputs).toMatchObject({ mailboxId: mailboxid });
    const behind = made?.dependencies?.map((urn) => urn.split("gmailsync:index:").at(-1));
    expect(behind?.toSorted()).toEqual([
      "EmailServerProfile::fleet-north",
      "Mailbox::support@northwind.example/queue",
      "MailboxActivation::anna@northwind.example",
    ]);
  });

  test.runIf(LONG)("leaves what depends on a failed client as it is", async () => {
    const sandbox = await testSandbox();
    const program = fleetProgram(sandbox, fleetFile(fleetEntries("anna")));
    const first = await program.run("up", SECRET);
    expect(first.ok, first.stdout).toBe(true);
    const before = await children(program);
    const since = sandbox.requests.length;
    const { ok, stdout } = await program.run("up-all", "googleClientSecret=GOCSPX-aaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    expect(ok).toBe(false);
    expect(stdout).toContain("SECRET_WRONG");
    expect(stdout).not.toMatch(UNHEARD);
    expect((await children(program)).toSorted()).toEqual(before.toSorted());
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("asks a provider of its own which environment it is configured for", async () => {
    const { contoso, reach } = await twoEnvironments();
    const own = `${HEAD}
const provider = new (class extends pulumi.ProviderResource {
  constructor() { super("gmailsync", "own", { environmentUrl: "https://fabrikam.crm.dynamics.com/" }); }
})();
Object.assign(provider, { environmentUrl: pulumi.output("https://fabrikam.crm.dynamics.com/") });
export const { summary } = new Fleet("fleet", { file: "mailboxes.yaml" }, { provider });`;
    const program = fleetProgram(contoso, fleetFile(fleetEntries("anna")), own, reach);
    const { ok, stdout } = await program.run("preview", SECRET);
    expect(ok).toBe(false);
    expect(stdout).toContain("the provider is configured for https://fabrikam.crm.dynamics.com/");
    expect(stdout).not.toMatch(UNHEARD);
  });
});
