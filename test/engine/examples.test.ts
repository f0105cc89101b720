import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { serviceAccountKey } from "../../sandbox/google/service-account-key.ts";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, programFolder, ROOT } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import { changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const EXAMPLES = join(ROOT, "examples");
const ANNA = "anna@northwind.example";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
  await installedPackage();
}, 300_000);
beforeEach(() => sandbox.reset());

/** The example in a folder of its own, with the plugin of this clone. */
function copyOf(example: string, folder: string): void {
  cpSync(join(EXAMPLES, example), folder, { recursive: true });
  const file = join(folder, "Pulumi.yaml");
  writeFileSync(file, readFileSync(file, "utf8").replace("../../bin", join(ROOT, "bin")));
}

const drift = () => changeRow(sandbox, mailboxRow(sandbox, ANNA), { outgoingemaildeliverymethod: 0 });

test("every example is run here, and has a README of ten lines or so", () => {
  expect(readdirSync(EXAMPLES).toSorted()).toEqual([...YAML, ...TYPESCRIPT, ...ELSEWHERE].toSorted());
  for (const example of readdirSync(EXAMPLES))
    expect(readFileSync(join(EXAMPLES, example, "README.md"), "utf8").split("\n").length).toBeLessThan(20);
  for (const example of [...YAML, ...TYPESCRIPT, "many-stacks"]) {
    const text = readFileSync(join(EXAMPLES, example, "README.md"), "utf8");
    for (const said of ["export GMAILSYNC_MAIL_CREDENTIAL=", "GMAILSYNC_ENVIRONMENT_URL", "docs/how-to/set-up.md"])
      expect(text, example).toContain(said);
    // Nothing is on npm yet, and what comes from there is no word of a shell.
    const isPackage = existsSync(join(EXAMPLES, example, "package.json"));
    expect(text.includes("docs/how-to/install.md#typescript"), example).toBe(isPackage);
    if (isPackage) expect(text, example).not.toMatch(/^(npm install$|gmailsync )/m);
  }
});

test("every example, and the page that installs the plugin, is for this version", () => {
  const texts = readdirSync(EXAMPLES, { recursive: true, encoding: "utf8" })
    .filter((file) => basename(file) === "package.json" && !file.includes("node_modules"))
    .map((file) => readFileSync(join(EXAMPLES, file), "utf8"))
    .filter((text) => text.includes('"pulumi-gmailsync":'));
  expect(texts.length).toBeGreaterThan(4);
  for (const text of texts) expect(text).toContain(`"pulumi-gmailsync": "^${manifest.version}"`);
  const page = readFileSync(join(ROOT, "docs", "how-to", "install.md"), "utf8");
  expect(readFileSync(join(EXAMPLES, "pipelines", "project", "scripts", "plugin.sh"), "utf8")).toContain(
    `\nversion=${manifest.version}\n`,
  );
  expect(page).toContain(`/pulumi-gmailsync-${manifest.version}.tgz\n`);
  expect(page).toContain(
    `gmailsync ${manifest.version} --file archives/pulumi-resource-gmailsync-v${manifest.version}-`,
  );
});

/** The credential of the READMEs: the key file of the world's service account. */
function mailCredential(): { GMAILSYNC_MAIL_CREDENTIAL: string } {
  const [account] = sandbox.world.google.serviceAccounts;
  if (!account) throw new Error("the world has no service account");
  return { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify(serviceAccountKey(account)) };
}

/** Whether Anna's activation has logged in by that credential. */
function loggedIn(): boolean {
  return sandbox.world.google.tokens.some(
    ({ address, clientId }) => address === ANNA && clientId.endsWith(".gserviceaccount.com"),
  );
}

/** Run by `pipelines.test.ts`, `policy.test.ts` and `many-stacks.test.ts`, and read by `test/sandbox/world.test.ts`. */
const ELSEWHERE = ["many-stacks", "pipelines", "policy", "worlds"];
const YAML = ["quickstart-yaml", "fleet-yaml", "existing-tenant"];

/** In `npm test` one; all of them in `test:all`. */
const FEW = ["fleet-typescript"];
const isTried = (example: string) => LONG || FEW.includes(example);

describe.each(YAML.filter(isTried))("examples/%s", (example) => {
  test("is brought up, shows drift, and is destroyed", async () => {
    const stack = new TestStack(sandbox, { environment: mailCredential() });
    copyOf(example, stack.directory);
    if (example === "existing-tenant") await clickTogether(join(stack.directory, "Pulumi.yaml"));
    await stack.expect(["stack", "init", "test"]);
    await stack.expect(["config", "set", "--secret", "googleClientSecret"], { input: SEED_CLIENT_SECRET });
    const up = await stack.up();
    expect(up.code, up.output).toBe(0);
    expect(loggedIn()).toBe(true);
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    drift();
    const preview = await stack.preview("--expect-no-changes");
    expect(preview.code).toBe(7);
    expect(preview.output).toContain("outgoingEmailDeliveryMethod");
    const destroy = await stack.destroy();
    expect(destroy.code, destroy.output).toBe(0);
  });
});

/** What an administrator has done by hand, as far as the example takes it over. */
async function clickTogether(program: string): Promise<void> {
  const before = new TestStack(sandbox);
  await before.init(
    [blocks.profile().replace("name: Gmail", "name: Gmail by hand"), blocks.mailbox("anna")].join("\n"),
  );
  expect((await before.up()).code).toBe(0);
  const id = rowWhere(sandbox, "emailserverprofiles", "name", "Gmail by hand")["emailserverprofileid"];
  const text = readFileSync(program, "utf8");
  writeFileSync(program, text.replace("00000000-0000-4000-8000-000000000000", String(id)));
}

const TYPESCRIPT = ["typescript", "fleet-typescript", "typescript-dynamic"];

/** By the Automation API's inline programs: the language host for Node.js comes with an official installation of the CLI only. */
describe.each(TYPESCRIPT.filter(isTried))("examples/%s", (example) => {
  test("is brought up, shows drift, is healed and destroyed, with the package that was packed", async () => {
    const folder = programFolder();
    copyOf(example, folder);
    const program = new TestProgram(folder, sandbox, mailCredential());
    const up = await program.run("up", `googleClientSecret=${SEED_CLIENT_SECRET}`);
    expect(up.ok, up.stdout).toBe(true);
    expect(JSON.stringify(up.outputs)).toContain("success");
    expect(loggedIn()).toBe(true);
    const calm = await program.run("preview");
    expect(Object.keys(calm.changes ?? {}), calm.stdout).toEqual(["same"]);
    drift();
    const preview = await program.run("preview");
    expect(preview.stdout).toContain("outgoingEmailDeliveryMethod");
    expect(preview.changes?.["update"]).toBeGreaterThan(0);
    expect(Object.keys(preview.changes ?? {}).toSorted(), preview.stdout).toEqual(["same", "update"]);
    const healed = await program.run("up");
    expect(healed.ok, healed.stdout).toBe(true);
    expect(mailboxRow(sandbox, ANNA)["outgoingemaildeliverymethod"]).toBe(2);
    const destroy = await program.run("destroy");
    expect(destroy.ok, destroy.stdout).toBe(true);
    expect(mailboxRow(sandbox, ANNA)["_emailserverprofile_value"]).toBeFalsy();
    expect(sandbox.world.dataverse.rows["emailserverprofiles"]?.some(({ name }) => name === "Gmail")).toBe(false);
  });
});
