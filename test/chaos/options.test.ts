import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import { FLEET, fleetFile } from "../support/fleet.ts";
import { rowWhere, temporaryDirectory } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";
import type { Case } from "./case.ts";
import { matrix } from "./matrix.ts";
import { PEOPLE, type Person, programOf, rowOf, type Shape, writeProgram } from "./world.ts";

const urn = (type: string, name: string) => `urn:pulumi:test::test::gmailsync:index:${type}::${name}`;
const ANNA = urn("Mailbox", "anna");
const PROFILE = urn("EmailServerProfile", "gmail");

const withAnna = (anna: string, others: readonly Person[] = PEOPLE.filter((person) => person !== "anna")) =>
  [
    blocks.google,
    blocks.profile("defaultForNewMailboxes: true"),
    anna,
    ...others.flatMap((person) => [blocks.mailbox(person), blocks.activation(person)]),
  ].join("");
const option = (text: string) => `\n  options:\n    ${text}`;

/** A program of another stack: a profile of its own, and these mailboxes. */
const elsewhere = (...people: readonly Person[]) =>
  [blocks.profile(), ...people.flatMap((person) => [blocks.mailbox(person), blocks.activation(person)])]
    .join("")
    .replace("gmail:\n", "theirs:\n")
    .replace("name: Gmail", "name: Theirs")
    .replaceAll("${gmail.", "${theirs.");

/** What is done with the engine's options; afterwards the program is the first one again, and everything goes on, and back. */
const OPTIONS: Readonly<Record<string, (run: Case) => Promise<void>>> = {
  "up --target of a mailbox, with what it needs": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview", "--target", PROFILE, "--target", ANNA]);
  },
  "destroy --target of a mailbox and its activation": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["destroy", "--yes", "--skip-preview", "--target", ANNA, "--target-dependents"]);
  },
  "up --replace of the profile": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    expect(await stack.expect(["up", "--yes", "--skip-preview", "--replace", PROFILE])).toContain("replaced");
  },
  "up --replace of a mailbox": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["up", "--yes", "--skip-preview", "--replace", ANNA]);
  },
  "state taint of profile and mailbox": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "taint", "--yes", PROFILE]);
    await stack.expect(["state", "taint", "--yes", ANNA]);
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "state delete of an activation": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "delete", "--yes", urn("MailboxActivation", "annaActivation")]);
  },
  "ignoreChanges of a mailbox's setting that drifts": async ({ stack, sandbox }) => {
    const ignoring = [
      blocks.mailbox("bert"),
      option("ignoreChanges: [outgoingEmailDeliveryMethod]"),
      blocks.activation("bert"),
    ];
    stack.program(withAnna(ignoring.join(""), ["anna", "carl", "dora", "sales"]));
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const bert = rowOf(sandbox, "bert");
    bert["outgoingemaildeliverymethod"] = 0;
    await stack.expect(["up", "--yes", "--skip-preview"]);
    expect(bert["outgoingemaildeliverymethod"]).toBe(0);
  },
  "protect of a mailbox, which destroy refuses": async ({ stack }) => {
    stack.program(withAnna(blocks.mailbox("anna") + option("protect: true") + blocks.activation("anna")));
    await stack.expect(["up", "--yes", "--skip-preview"]);
    expect((await stack.destroy()).code).not.toBe(0);
    await stack.expect(["state", "unprotect", "--yes", "--all"]);
  },
  "retainOnDelete of a mailbox that goes and comes again": async ({ stack }) => {
    stack.program(withAnna(blocks.mailbox("anna") + option("retainOnDelete: true") + blocks.activation("anna")));
    await stack.expect(["up", "--yes", "--skip-preview"]);
    stack.program(withAnna(""));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "a mailbox under another name": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const renamed = `${blocks.mailbox("anna")}${blocks.activation("anna")}`
      .replaceAll("anna:\n", "annaBerg:\n")
      .replaceAll("${anna.", "${annaBerg.");
    stack.program(withAnna(renamed));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "a mailbox under another name with an alias": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const mailbox = blocks.mailbox("anna").replace("anna:\n", "annaBerg:\n");
    const renamed = `${mailbox}${option("aliases: [{name: anna}]")}${blocks.activation("anna").replaceAll("${anna.", "${annaBerg.")}`;
    stack.program(withAnna(renamed));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "another backend": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const deployment = join(temporaryDirectory(), "stack.json");
    await stack.expect(["stack", "export", "--show-secrets", "--file", deployment]);
    rmSync(join(stack.directory, "state", ".pulumi"), { recursive: true });
    writeFileSync(join(stack.directory, "state", ".keep"), "");
    await stack.expect(["stack", "init", "test"]);
    await stack.expect(["stack", "import", "--file", deployment]);
  },
  "state delete of a mailbox and its activation": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "delete", "--yes", "--target-dependents", ANNA]);
  },
  "import of everything into a state that has lost it": async ({ stack, sandbox }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "delete", "--yes", "--all"]);
    const { emailserverprofileid } = rowWhere(sandbox, "emailserverprofiles", "name", "Gmail");
    const imported = (block: string, id: unknown) => block + option(`import: ${id}`);
    stack.program(
      [
        imported(blocks.google, SEED_CLIENT_ID),
        imported(blocks.profile("defaultForNewMailboxes: true"), emailserverprofileid),
        ...PEOPLE.flatMap((person) => {
          const { mailboxid } = rowOf(sandbox, person);
          return [imported(blocks.mailbox(person), mailboxid), imported(blocks.activation(person), mailboxid)];
        }),
      ].join(""),
    );
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "the profile under another name": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    stack.program(programOf(PEOPLE).replace("gmail:\n", "googleMail:\n").replaceAll("${gmail.", "${googleMail."));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "a mailbox that moves to another stack and back": async ({ stack, sandbox }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const other = new TestStack(sandbox);
    await other.init(elsewhere("anna"));
    await other.expect(["up", "--yes", "--skip-preview"]);
    stack.program(withAnna(""));
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await other.expect(["destroy", "--yes", "--skip-preview"]);
  },
  "two stacks at once, on other mailboxes of one organisation": async ({ stack, sandbox }) => {
    const other = new TestStack(sandbox);
    await other.init(elsewhere("dora", "sales"));
    stack.program(withAnna(blocks.mailbox("anna") + blocks.activation("anna"), ["bert", "carl"]));
    for (const command of ["up", "destroy"])
      await Promise.all([stack, other].map((one) => one.expect([command, "--yes", "--skip-preview"])));
  },
  "single resources that come into a fleet by aliases, and leave it": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    const entries = PEOPLE.map(
      (person) =>
        `  - address: ${person}@northwind.example\n    aliases: {mailbox: ${person}, activation: ${person}Activation}\n`,
    );
    const client = "\n    profile: {defaultForNewMailboxes: true}\n    aliases: {client: google, profile: gmail}";
    writeFileSync(join(stack.directory, "mailboxes.yaml"), fleetFile(entries.join(""), client));
    stack.program(FLEET);
    expect(await stack.expect(["up", "--yes", "--skip-preview"])).not.toMatch(/deleted|replaced/);
  },
};

const child = (type: string, name: string) =>
  `urn:pulumi:test::test::gmailsync:index:Fleet$gmailsync:index:${type}::${name}`;
const FLEET_ANNA = child("Mailbox", "anna@northwind.example");
const FLEET_PROFILE = child("EmailServerProfile", "fleet-north");
const file = (stack: TestStack) => join(stack.directory, "mailboxes.yaml");

/** The same with what a fleet declares. */
const FLEET_OPTIONS: typeof OPTIONS = {
  "up --target of a mailbox of a fleet": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["up", "--yes", "--skip-preview", "--target", FLEET_ANNA]);
  },
  "destroy --target of a mailbox of a fleet": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["destroy", "--yes", "--skip-preview", "--target", FLEET_ANNA, "--target-dependents"]);
  },
  "up --replace of a fleet's profile": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    expect(await stack.expect(["up", "--yes", "--skip-preview", "--replace", FLEET_PROFILE])).toContain("replaced");
  },
  "state taint of a fleet's profile and mailbox": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "taint", "--yes", FLEET_PROFILE]);
    await stack.expect(["state", "taint", "--yes", FLEET_ANNA]);
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "state delete of a fleet's mailbox": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    await stack.expect(["state", "delete", "--yes", "--target-dependents", FLEET_ANNA]);
  },
  "an entry that leaves the file and comes again": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    writeFileSync(file(stack), readFileSync(file(stack), "utf8").replace(/^ {2}- address: bert.*\n/m, ""));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "a fleet under another name": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    stack.program(FLEET.replace("fleet:", "ours:"));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "a fleet under another name with an alias": async ({ stack }) => {
    await stack.expect(["up", "--yes", "--skip-preview"]);
    stack.program(FLEET.replace("fleet:", "ours:") + option("aliases: [{name: fleet}]"));
    await stack.expect(["up", "--yes", "--skip-preview"]);
  },
  "protect of a fleet, which destroy refuses": async ({ stack }) => {
    stack.program(FLEET + option("protect: true"));
    await stack.expect(["up", "--yes", "--skip-preview"]);
    expect((await stack.destroy()).code).not.toBe(0);
    await stack.expect(["state", "unprotect", "--yes", "--all"]);
  },
};

const ofShape = (shape: Shape, options: typeof OPTIONS) =>
  Object.entries(options).map(([name, by]) => [name, { by, shape }] as const);

matrix(
  "an option of the engine",
  [...ofShape("single", OPTIONS), ...ofShape("fleet", FLEET_OPTIONS)],
  () => "options of the engine",
  async (run, { by, shape }) => {
    await by(run);
    writeProgram(run.stack, shape);
    await run.converges();
    await run.restores();
  },
);
