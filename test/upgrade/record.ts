/**
 * Records what the present code writes, for all versions that come after it: `RECORD_VERSION=0.2 npm run record`. A folder
 * for each case: the program, its stack's settings and state, the sandbox's world beside it, and what comes next.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { World } from "../../sandbox/world.ts";
import { installedPackage } from "../support/package.ts";
import { administer, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Files, type Imports, PROGRAMS } from "./programs.ts";
import { changes, openProject, openYaml, type Project, putFiles, settingsOf } from "./project.ts";
import { EXPECTED, type Expected, SETTINGS, STATE, WORLD } from "./recorded.ts";

interface Case {
  readonly project: Project;
  readonly files: Files;
  /** What is still to be done, as a preview names it. Default: nothing. */
  readonly due?: string;
  /** Who has yet to sign in. Default: nobody. */
  readonly signIns?: readonly string[];
}
type Kind = keyof typeof PROGRAMS;
type Maker = (sandbox: Sandbox) => Promise<Case>;

/** A user and a queue. */
const HEALTHY = ["anna", "support"];
const ANNA = "anna@northwind.example";
const CARL = "carl@northwind.example";

const healthy =
  (kind: Kind): Maker =>
  async (sandbox) => {
    const files = PROGRAMS[kind]({ mailboxes: HEALTHY });
    const project = openProject(files, sandbox);
    await project.init();
    await succeed(project.up());
    return { project, files };
  };

/** Nobody has signed in for the third mailbox, which is kept with its reasons. */
const withoutCarl =
  (kind: Kind, isWhole: boolean) =>
  async (sandbox: Sandbox): Promise<Case> => {
    const files = PROGRAMS[kind]({ mailboxes: [...HEALTHY, "carl"] });
    const project = openProject(files, sandbox);
    await project.init();
    const { ok, output } = await project.up();
    expect(ok, output).toBe(isWhole);
    expect(output).toContain(`nobody has signed in to Gmail for ${CARL}`);
    return { project, files, signIns: [CARL] };
  };
const partial =
  (kind: Kind, due = "NOT_SIGNED_IN"): Maker =>
  async (sandbox) => ({ ...(await withoutCarl(kind, false)(sandbox)), due });

/** By `pulumi import`, and not brought up since then: the client secret, which cannot be read, is still to be written. */
async function importedByCommand(sandbox: Sandbox) {
  const imports = await somebodyElses(sandbox);
  const files = PROGRAMS.yaml({ mailboxes: HEALTHY });
  const project = openYaml(files, sandbox);
  await project.init();
  await project.import(imports);
  return { project, files, imports, due: "oauthClientSecret" };
}

/** By `pulumi import`, then into the fleet by its aliases: a program cannot give a component's children an import option. */
const importedIntoFleet: Maker = async (sandbox) => {
  const { project, imports } = await importedByCommand(sandbox);
  const files = PROGRAMS.fleet({ mailboxes: HEALTHY, imports });
  putFiles(project.folder, files);
  await succeed(project.up());
  return { project, files };
};

const importedByOption: Maker = async (sandbox) => {
  const imports = await somebodyElses(sandbox);
  const files = PROGRAMS.typescript({ mailboxes: HEALTHY, imports });
  const project = openProject(files, sandbox);
  await project.init();
  await succeed(project.up());
  return { project, files };
};

/** What another stack has set up: ids by the names of the resources. */
async function somebodyElses(sandbox: Sandbox): Promise<Imports> {
  await healthy("yaml")(sandbox);
  const profile = String(rowWhere(sandbox, "emailserverprofiles", "name", "Gmail")["emailserverprofileid"]);
  const mailboxes = HEALTHY.flatMap((name) => {
    const id = String(mailboxRow(sandbox, `${name}@northwind.example`)["mailboxid"]);
    return [[name, id] as const, [`${name}Activation`, id] as const];
  });
  return new Map([["project", "northwind-mail"], ["google", SEED_CLIENT_ID], ["gmail", profile], ...mailboxes]);
}

const CASES: Readonly<Record<string, Maker>> = {
  "yaml-healthy": healthy("yaml"),
  "yaml-partial": partial("yaml"),
  "yaml-imported": importedByCommand,
  "fleet-healthy": healthy("fleet"),
  // In a fleet the mailbox is waiting, and the deployment is whole.
  "fleet-partial": withoutCarl("fleet", true),
  "fleet-imported": importedIntoFleet,
  "typescript-healthy": healthy("typescript"),
  "typescript-partial": partial("typescript"),
  "typescript-imported": importedByOption,
  // Dynamic resources cannot be imported.
  "dynamic-healthy": healthy("dynamic"),
  // A preview says that there is something to do, and not why.
  "dynamic-partial": partial("dynamic", "carlActivation update"),
};

const version = process.env["RECORD_VERSION"] ?? "";
const folder = join(import.meta.dirname, version);

beforeAll(async () => {
  if (!/^\d+\.\d+$/.test(version)) throw new Error(`RECORD_VERSION is "${version}", wanted is a version such as 0.2`);
  if (existsSync(folder)) throw new Error(`${folder} is there already. What a version has written never changes.`);
  await installedPackage();
}, 300_000);

test.each(Object.entries(CASES))("%s", async (name, make) => {
  const sandbox = await testSandbox();
  await administer(sandbox, "set-account", ANNA, { imap: "off-by-user", pop: "off-by-user" });
  const { project, files, due, signIns = [] } = await make(sandbox);
  const state: unknown = JSON.parse(await project.export());
  const world = lasting(sandbox.world);
  const settings = settingsOf(project);

  const gate = await project.gate();
  expect(gate.ok, gate.output).toBe(due === undefined);
  expect(gate.output).toContain(due ?? "");
  for (const address of signIns) await administer(sandbox, "sign-in", address);
  const since = sandbox.requests.length;
  await succeed(project.up());
  const expected: Expected = { ...(due && { due }), signIns, changes: changes(sandbox, since) };

  const into = join(folder, name);
  mkdirSync(into, { recursive: true });
  const data = { [STATE]: state, [WORLD]: world, [EXPECTED]: expected };
  for (const [file, value] of Object.entries(data))
    writeFileSync(join(into, file), `${JSON.stringify(value, withoutPlaces, 2)}\n`);
  for (const [file, text] of Object.entries({ ...files, [SETTINGS]: settings })) writeFileSync(join(into, file), text);
});

/** The world without what ends within the hour, and without keys. */
function lasting({ google, entra, ...others }: World): World {
  return structuredClone({
    ...others,
    google: { ...google, tokens: [], codes: [], serviceAccounts: [] },
    entra: { ...entra, tokens: [] },
  });
}

/** Where a program stood on the machine that ran it is nobody's matter. */
function withoutPlaces(name: string, value: unknown): unknown {
  return name === "sourcePosition" || name === "stackTrace" ? undefined : value;
}

async function succeed(answer: ReturnType<Project["up"]>): Promise<void> {
  const { ok, output } = await answer;
  expect(ok, output).toBe(true);
}
