import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { temporaryDirectory } from "../support/sandbox.ts";
import { blocks } from "../support/stack.ts";
import type { Case } from "./case.ts";
import { matrix } from "./matrix.ts";
import { PEOPLE, type Person, PROGRAM, rowOf } from "./world.ts";

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
    await stack.expect(["up", "--yes", "--skip-preview", "--replace", PROFILE]);
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
};

const cases = Object.entries(OPTIONS).map(([name, by]) => [name, { by, shape: "single" }] as const);

matrix(
  "an option of the engine",
  cases,
  () => "options of the engine",
  async (run, { by }) => {
    await by(run);
    run.stack.program(PROGRAM);
    await run.converges();
    await run.restores();
  },
);
