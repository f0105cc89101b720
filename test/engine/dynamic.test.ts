import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { kill, treeOf } from "../chaos/processes.ts";
import { gmailsync } from "../support/command.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, PLUGINS, programFolder } from "../support/package.ts";
import { TestProgram } from "../support/program.ts";
import {
  administer,
  changeRow,
  gmailProfile,
  mailboxRow,
  mailboxSettings,
  testSandbox,
  writes,
} from "../support/sandbox.ts";

const SECRET = `googleClientSecret=${SEED_CLIENT_SECRET}`;

/** A program's body; `${from}` is where the classes come from, `${options}` the options of a class. */
const body = (imports: string, options: (type: string) => string, address: string) => `
${imports}
const clientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const gmail = new EmailServerProfile("gmail", {
  name: "Gmail", oauthClientId: "${SEED_CLIENT_ID}", oauthClientSecret: clientSecret,
}, ${options("EmailServerProfile")});
const mailbox = new Mailbox("box", { emailAddress: "${address}", profileId: gmail.profileId }, ${options("Mailbox")});
const { mailboxId, profileId } = mailbox;
const activation = new MailboxActivation("box", { mailboxId, profileId }, ${options("MailboxActivation")});
`;
const CLASSES = "EmailServerProfile, Mailbox, MailboxActivation";
const none = () => "{}";

describe("dynamic resources", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox();
    await installedPackage();
  }, 300_000);
  beforeEach(() => sandbox.reset());

  function program(main: string, text: string, environment: Readonly<Record<string, string>> = {}): TestProgram {
    const folder = programFolder();
    writeFileSync(
      join(folder, "Pulumi.yaml"),
      `name: dynamic\nruntime: nodejs\nmain: ${main}\noptions: {refresh: always}\n${PLUGINS}`,
    );
    writeFileSync(join(folder, main), text);
    return new TestProgram(folder, sandbox, environment);
  }

  function stateText({ state }: TestProgram): string {
    const files = readdirSync(state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")).join("\n");
  }

  const commonJs = (address: string) =>
    body(
      `const pulumi = require("@pulumi/pulumi");\nconst { ${CLASSES} } = require("pulumi-gmailsync/dynamic");`,
      none,
      address,
    );

  test("work in a CommonJS program, keep a failed activation and go on with it, hide secrets", async () => {
    const stack = program("index.cjs", commonJs("carl@northwind.example"));
    const first = await stack.run("up", SECRET);
    expect(first.ok).toBe(false);
    expect(first.stdout).toContain("nobody has signed in to Gmail for carl@northwind.example");
    const { deployment } = await stack.run("export");
    expect(deployment?.resources.map(({ type }) => type.split(":").at(-1))).toContain("MailboxActivation");

    await administer(sandbox, "sign-in", "carl@northwind.example");
    const healed = await stack.run("up");
    expect(healed.ok, healed.stdout).toBe(true);
    expect(mailboxRow(sandbox, "carl@northwind.example")["incomingemailstatus"]).toBe(1);
    const calm = await stack.run("preview");
    expect(Object.keys(calm.changes ?? {}), calm.stdout).toEqual(["same"]);
    const shown = [first, healed, calm].map(({ stdout }) => stdout).join("");
    expect(`${stateText(stack)}${shown}`).not.toContain(SEED_CLIENT_SECRET);
    expect((await stack.run("destroy")).ok).toBe(true);
  });

  test("wait for a known exception without failing, and are tested when it is gone", async () => {
    const tolerant = commonJs("carl@northwind.example").replace(
      "{ mailboxId, profileId }, {}",
      '{ mailboxId, profileId, tolerate: ["NOT_SIGNED_IN"] }, {}',
    );
    const stack = program("index.cjs", tolerant);
    const status = async () => {
      const { deployment } = await stack.run("export");
      return deployment?.resources.find(({ type }) => type.endsWith("MailboxActivation"))?.outputs?.["status"];
    };
    const waiting = await stack.run("up", SECRET);
    expect(waiting.ok, waiting.stdout).toBe(true);
    expect(await status()).toBe("waiting");
    const calm = await stack.run("preview");
    expect(calm.stdout).not.toMatch(/to update|~ {2}pulumi-nodejs:dynamic/);
    await administer(sandbox, "sign-in", "carl@northwind.example");
    const healed = await stack.run("up");
    expect(healed.ok, healed.stdout).toBe(true);
    expect(mailboxRow(sandbox, "carl@northwind.example")["incomingemailstatus"]).toBe(1);
    expect(await status()).toBe("success");
  });

  test("tell of a verification that is switched off, and verify", async () => {
    const off = { NODE_TLS_REJECT_UNAUTHORIZED: "0", GMAILSYNC_CA_FILE: "" };
    const { ok, stdout } = await program("index.cjs", commonJs("anna@northwind.example"), off).run("up", SECRET);
    expect(ok).toBe(false);
    expect(stdout).toContain("not trusted here");
    const [diagnostics] = stdout.match(/Diagnostics:.*?Resources:/s) ?? [];
    expect(diagnostics?.match(/warning: NODE_TLS_REJECT_UNAUTHORIZED=0 has no effect here/g)).toHaveLength(1);
  });

  test("say what is wrong with an input, and never its value where it is secret", async () => {
    const wrong = commonJs("not an address").replace(
      "oauthClientSecret: clientSecret",
      'oauthClientSecret: pulumi.secret("planted with blanks")',
    );
    const { ok, stdout } = await program("index.cjs", wrong).run("up", SECRET);
    expect(ok).toBe(false);
    expect(stdout).toContain("oauthClientSecret must be a client secret without spaces");
    expect(stdout).not.toContain("planted");
  });

  test.runIf(LONG)("renamed and moved into a component they stay connected, and go back as they were", async () => {
    const anna = () => mailboxRow(sandbox, "anna@northwind.example");
    changeRow(sandbox, anna(), { incomingemaildeliverymethod: 1, emailrouteraccessapproval: 3 });
    const before = mailboxSettings(anna());
    const text = commonJs("anna@northwind.example");
    const stack = program("index.cjs", text);
    const first = await stack.run("up", SECRET);
    expect(first.ok, first.stdout).toBe(true);
    const connected = mailboxSettings(anna());

    const parent = 'const parent = new pulumi.ComponentResource("test:Team", "team");';
    const renamed = text.replace('new Mailbox("box"', 'new Mailbox("renamed"');
    const moved = renamed
      .replace(/(?=const mailbox)/, `${parent}\n`)
      .replace("gmail.profileId }, {}", "gmail.profileId }, { parent }");
    writeFileSync(join(stack.folder, "index.cjs"), moved);
    const up = await stack.run("up");
    expect(up.ok, up.stdout).toBe(true);
    expect(up.stdout).toContain("deleted");
    expect(mailboxSettings(anna())).toEqual(connected);
    const calm = await stack.run("preview");
    expect(Object.keys(calm.changes ?? {}), calm.stdout).toEqual(["same"]);
    const destroyed = await stack.run("destroy");
    expect(destroyed.ok, destroyed.stdout).toBe(true);
    expect(mailboxSettings(anna())).toEqual(before);
  });

  // In `npm test` the next one says it, too.
  test.runIf(LONG)("move to the plugin by aliases, without a change", async () => {
    const dynamic = body(
      `import * as pulumi from "@pulumi/pulumi";\nimport { ${CLASSES} } from "pulumi-gmailsync/dynamic";`,
      none,
      "anna@northwind.example",
    );
    const stack = program("index.mjs", dynamic);
    const up = await stack.run("up", SECRET);
    expect(up.ok, up.stdout).toBe(true);
    const ids = async () => {
      const { deployment } = await stack.run("export");
      const own = deployment?.resources.filter(({ type }) => type.includes("gmailsync") && !type.includes("providers"));
      return own?.map(({ type, id }) => `${type.split(/[:/]/).at(-1)} ${id}`).toSorted();
    };
    const before = await ids();
    const since = sandbox.requests.length;

    const alias = (type: string) => `{ aliases: [{ type: "pulumi-nodejs:dynamic/gmailsync:${type}" }] }`;
    const plugin = dynamic.replace("pulumi-gmailsync/dynamic", "pulumi-gmailsync").replaceAll(/\{\}\);/g, "ALIAS);");
    const types = ["EmailServerProfile", "Mailbox", "MailboxActivation"];
    writeFileSync(
      join(stack.folder, "index.mjs"),
      types.reduce((text, type) => text.replace("ALIAS", alias(type)), plugin),
    );
    rmSync(join(stack.folder, "node_modules"), { recursive: true, force: true });
    const preview = await stack.run("preview");
    expect(Object.keys(preview.changes ?? {}), preview.stdout).toEqual(["same"]);
    const moved = await stack.run("up");
    expect(moved.ok, moved.stdout).toBe(true);
    expect(writes(sandbox, since)).toEqual([]);
    expect(await ids()).toEqual(before);
    const calm = await stack.run("preview");
    expect(Object.keys(calm.changes ?? {}), calm.stdout).toEqual(["same"]);
    expect((await stack.run("destroy")).ok).toBe(true);
  });

  test.runIf(LONG)(
    "move into a fleet of the plugin by the import file and the aliases of `gmailsync export`, without a change",
    async () => {
      const google = `const google = new GoogleOAuthClient("google", { projectId: "northwind-mail", clientId: "${SEED_CLIENT_ID}", clientSecret });`;
      const stack = program(
        "index.mjs",
        body(
          `import * as pulumi from "@pulumi/pulumi";\nimport { GoogleOAuthClient, ${CLASSES} } from "pulumi-gmailsync/dynamic";`,
          none,
          "anna@northwind.example",
        ).replace("const gmail", `${google}\nconst gmail`),
      );
      const up = await stack.run("up", SECRET, `gmailClientSecret=${SEED_CLIENT_SECRET}`);
      expect(up.ok, up.stdout).toBe(true);
      const { version, deployment } = await stack.run("export");
      writeFileSync(join(stack.folder, "state.json"), JSON.stringify({ version, deployment }));
      const since = sandbox.requests.length;
      const { code, stdout, stderr } = await gmailsync(
        ["export", "--stack-export", "state.json"],
        sandbox.environment,
        stack.folder,
      );
      expect(code, stdout + stderr).toBe(0);
      const imported = await stack.run("import-file");
      // The component only.
      expect(imported.stdout).toContain("= 1 imported");
      writeFileSync(
        join(stack.folder, "index.mjs"),
        'import { fleet } from "pulumi-gmailsync";\nfleet("fleet", { file: "mailboxes.yaml" });\n',
      );
      const preview = await stack.run("preview");
      expect(Object.keys(preview.changes ?? {}), preview.stdout).toEqual(["same"]);
      const moved = await stack.run("up");
      expect(moved.ok, moved.stdout).toBe(true);
      expect(writes(sandbox, since)).toEqual([]);
      const calm = await stack.run("preview");
      expect(Object.keys(calm.changes ?? {}), calm.stdout).toEqual(["same"]);
      expect((await stack.run("destroy")).ok).toBe(true);
    },
  );

  test("begin nothing more when the CLI was killed, though Pulumi's process for them lives on", async () => {
    const profileId = gmailProfile(sandbox)["emailserverprofileid"];
    const mailboxes = ["anna", "bert"].map(
      (name) => `new Mailbox("${name}", { emailAddress: "${name}@northwind.example", profileId: "${profileId}" });\n`,
    );
    const stack = program(
      "index.cjs",
      `const { Mailbox } = require("pulumi-gmailsync/dynamic");\n${mailboxes.join("")}`,
    );
    const onMailboxes = { service: "dataverse", path: "mailboxes" } as const;
    const write = sandbox.addFault({ ...onMailboxes, method: "PATCH", effect: { delayMs: 3000 } });
    // Bert's write would come after that.
    const look = sandbox.addFault({ ...onMailboxes, method: "GET", row: "bert", effect: { lateMs: 15_000 } });
    const up = stack.run("up");
    await vi.waitUntil(() => write.disturbed === 1 && look.disturbed === 1, { timeout: 60_000, interval: 50 });
    const tree = treeOf(process.pid);
    const own = tree.find(({ command }) => command.includes("cmd/dynamic-provider/index.js"));
    const [launcher] = tree.filter(({ pid }) => pid === own?.parent);
    await kill(tree.filter(({ pid }) => pid === launcher?.parent));
    onTestFinished(() => kill(tree.filter((one) => one === own || one === launcher)));
    expect((await up).ok).toBe(false);
    await sleep(17_000);
    expect(writes(sandbox)).toEqual([
      expect.stringContaining(String(mailboxRow(sandbox, "anna@northwind.example")["mailboxid"])),
    ]);
  });
});
