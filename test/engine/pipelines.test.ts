import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { pulumiCli } from "../../scripts/pulumi-cli.ts";
import { tried } from "../support/long.ts";
import { ROOT } from "../support/package.ts";
import { TEMPLATES, TemplateCopy } from "../support/pipelines/copy.ts";
import { type Release, release } from "../support/pipelines/release.ts";
import { SYSTEMS } from "../support/pipelines/systems.ts";
import { changeRow, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";
import { filesBelow } from "../support/stack.ts";

const PEOPLE = ["anna", "bert", "support"].map((name) => `${name}@northwind.example`);
const NEW_SECRET = "GOCSPX-sandbox-secret-second-00000";
/** A JSON web token, as all tokens of the sandbox are. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ/;
const DAY_MS = 24 * 3600 * 1000;
const PREPARE_MS = 300_000;

const tests = (sandbox: Sandbox, since: number) =>
  writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;

/** One of the three in `npm test`: what differs is how each signs in, which `test/engine/identities` has. */
const TRIED = tried(SYSTEMS);

let released: Release;
beforeAll(async () => {
  released = await release();
}, PREPARE_MS);

/** 3.259 leaves the last piece of a download out of its checksum, and refuses every archive; 3.274 does not. */
const { version } = await pulumiCli({ root: ROOT, log: () => {} });
const takesChecksums = Number(version.split(".")[1]) >= 274;

describe.skipIf(!takesChecksums).each(TRIED)("examples/pipelines/$folder, step by step", (system) => {
  const { pullRequest, deployment } = system.subjects;
  let sandbox: Sandbox;
  let copy: TemplateCopy;

  beforeAll(async () => {
    sandbox = await testSandbox();
    copy = await TemplateCopy.of(system, sandbox, released);
  }, PREPARE_MS);

  /** An organisation of Azure DevOps has an issuer of its own. */
  function trusted(): { readonly issuer: string; readonly audience: string } {
    const { issuer } = sandbox.world.pipelines[system.kind];
    const guid = /[0-9a-f-]{36}$/;
    return { issuer: issuer.replace(guid, "<id of the organisation>"), audience: "api://AzureADTokenExchange" };
  }

  test("`pulumi plugin install` takes no plugin but the one that was pinned", async () => {
    const before = copy.edit("SHA256SUMS", "  ", "00  ");
    const { failed, output } = await copy.pipeline("main");
    writeFileSync(join(copy.place.folder, "SHA256SUMS"), before);
    expect(failed?.toLowerCase(), output).toMatch(/^(plugin|up)$/);
    expect(output).toContain("invalid checksum");
    expect(output).not.toMatch(/Updating|no Node\.js here/);
    expect(writes(sandbox)).toEqual([]);
  });

  test("a pull request with a mistake is told where it is, and asks nobody", async () => {
    const bert = "  - address: bert@northwind.example\n";
    const before = copy.edit("mailboxes.yaml", bert, `${bert}  - address: anna@northwind.example\n`);
    const since = sandbox.requests.length;
    const { failed, output } = await copy.pipeline("pull request", pullRequest);
    writeFileSync(join(copy.place.folder, "mailboxes.yaml"), before);
    expect(failed?.toLowerCase(), output).toBe("check");
    expect(output + annotations()).toMatch(
      /mailboxes\.yaml.{0,40}\D19\D.*anna@northwind\.example|anna@northwind\.example.*"mailboxes\.yaml","lines":\{"begin":19\}/,
    );
    expect(sandbox.requests.slice(since).filter(({ service }) => service === "dataverse")).toEqual([]);
  });

  /** GitLab takes them from a file. */
  function annotations(): string {
    return system.kind === "gitlab" ? readFileSync(join(copy.place.folder, "out", "check.json"), "utf8") : "";
  }

  test("a pull request is looked at, and told what would change", async () => {
    const { failed, output } = await copy.pipeline("pull request", pullRequest);
    expect(failed, output).toBeUndefined();
    const comment = system.comment(copy.place);
    expect(comment).toMatch(/### preflight of production\n\n```text\n✔ /);
    expect(comment).toMatch(/### preview of production\n\n```text\n[\s\S]*Mailbox anna@northwind\.example create/);
    expect(comment).not.toContain("[38;5");
    expect(writes(sandbox)).toEqual([]);
  });

  test("a README names what is to be set up, and the words of preflight that show that it is", async () => {
    const { output } = await copy.pipeline("pull request", pullRequest);
    const readme = readFileSync(join(TEMPLATES, system.folder, "README.md"), "utf8");
    expect(readme.split("\n").length).toBeLessThanOrEqual(60);
    const { issuer, audience } = trusted();
    for (const exactly of [pullRequest, deployment, issuer, audience]) expect(readme).toContain(`\`${exactly}\``);
    const words =
      readme
        .match(/(?<=```text\n)[\s\S]*?(?=```)/)?.[0]
        .trim()
        .split("\n") ?? [];
    expect(words.length).toBeGreaterThan(3);
    for (const line of words) {
      const parts = line.split(/\s+|…/).filter(Boolean);
      expect(output.split("\n").some((said) => inOrder(said, parts))).toBe(true);
    }
  });

  test("main brings the stack up", async () => {
    const { failed, output } = await copy.pipeline("main");
    expect(failed, output).toBeUndefined();
    expect(output).toMatch(/3 mailboxes: 3 ok/);
    for (const address of PEOPLE) expect(mailboxRow(sandbox, address)["outgoingemaildeliverymethod"]).toBe(2);
    const given = (name: string) => readFileSync(join(copy.place.folder, "out", name), "utf8");
    expect(given("report.html")).toContain("anna@northwind.example");
    expect(given("report.xml")).toMatch(/<testsuites? .*tests="3"/);
    expect(given("signin.html")).toContain("<html");
    if (system.summary) expect(system.summary(copy.place)).toContain("**3 mailboxes: 3 ok**");
    if (system.kind === "azure-devops") expect(output).toMatch(/^##vso\[task\.uploadsummary\]\/.*\/out\/report\.md$/m);
    const { steps } = await copy.play("main");
    const up = steps.find(({ script }) => script.includes("pulumi up"));
    expect(up?.environment["PULUMI_PARALLEL"]).toBe("64");
    expect(up?.script).toMatch(/^exec pulumi up .*--continue-on-error\s*$/m);
  });

  test("nightly takes no due test for drift, and tests again what was tested a night ago", async () => {
    for (const address of PEOPLE) {
      const moment = new Date(Date.now() - DAY_MS).toISOString();
      changeRow(sandbox, mailboxRow(sandbox, address), { testmailboxaccesscompletedon: moment });
    }
    const since = sandbox.requests.length;
    const { failed, output } = await copy.pipeline("nightly");
    expect(failed, output).toBeUndefined();
    expect(tests(sandbox, since)).toBe(PEOPLE.length);
  });

  test("nightly fails on drift, and deploys nothing", async () => {
    changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), { outgoingemaildeliverymethod: 0 });
    const since = sandbox.requests.length;
    const { failed, output } = await copy.pipeline("nightly");
    expect(failed?.toLowerCase()).toMatch(/^(drift gate|nightly)$/);
    expect(output).toContain("outgoingEmailDeliveryMethod");
    expect(output).toMatch(/ended with 7\n/);
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("rotation tests every mailbox with the new secret, and says when the old one may go", async () => {
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: NEW_SECRET, enabled: true });
    await copy.configure("googleClientSecret", NEW_SECRET);
    await copy.configure("previousGoogleClientSecret", SEED_CLIENT_SECRET);
    const reference = "    clientSecret: { config: googleClientSecret }\n";
    const previous = "    previousClientSecret: { config: previousGoogleClientSecret }\n";
    copy.edit("mailboxes.yaml", reference, reference + previous);
    const since = sandbox.requests.length;
    const { failed, output } = await copy.pipeline("rotation");
    expect(failed, output).toBeUndefined();
    expect(tests(sandbox, since)).toBe(PEOPLE.length);
    expect(output).toContain(`${SEED_CLIENT_ID}: PREVIOUS_SECRET_ACCEPTED`);
  });

  test("a federation that is refused is told with issuer, subject and audience", async () => {
    const { issuer } = sandbox.world.pipelines[system.kind];
    const { failed, output } = await copy.pipeline("main", `${deployment}-other`);
    expect(failed).toBeDefined();
    expect(output.replaceAll(/\s+/g, " ")).toContain(
      `has the issuer "${issuer}", the subject "${deployment}-other" and the audience "api://AzureADTokenExchange"`,
    );
  });

  test("no secret is in what was set, in the state or in any log", () => {
    expect(copy.outputs.length).toBeGreaterThan(5);
    const texts = filesBelow(copy.state).map((file) => readFileSync(file, "utf8"));
    for (const secret of [SEED_CLIENT_SECRET, NEW_SECRET, sandbox.environment["AZURE_CLIENT_SECRET"] ?? ""])
      for (const text of [...texts, ...copy.outputs, ...Object.values(copy.people)]) expect(text).not.toContain(secret);
    for (const text of [...texts, ...copy.outputs]) expect(text).not.toMatch(TOKEN);
  });
});

function inOrder(text: string, parts: readonly string[]): boolean {
  const end = parts.reduce((from, part) => {
    const at = from < 0 ? -1 : text.indexOf(part, from);
    return at < 0 ? -1 : at + part.length;
  }, 0);
  return end >= 0;
}

test.skipIf(!takesChecksums)(
  "a deployment that is cancelled ends what is under way, and leaves a whole state and no lock",
  async () => {
    const [system] = SYSTEMS;
    if (!system) throw new Error("no system");
    // Long enough that it is surely under way.
    const sandbox = await testSandbox({ testDelayMs: 60_000 });
    const copy = await TemplateCopy.of(system, sandbox, released);
    const { steps, machine } = await copy.play("main");
    const at = steps.findIndex(({ name }) => name === "Up");
    expect((await copy.run(steps.slice(0, at), machine)).failed).toBeUndefined();

    const { script = "", environment = {} } = steps[at] ?? {};
    const env = { ...machine, ...environment };
    const file = join(copy.place.home, "up.sh");
    writeFileSync(file, script);
    const bash = spawn("bash", [...system.shell, file], { cwd: copy.place.folder, env });
    let output = "";
    for (const stream of [bash.stdout, bash.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        const before = output;
        output += text;
        // To the entry process only, as the runners do.
        if (/waiting for Dynamics/.test(output) && !/waiting for Dynamics/.test(before)) bash.kill("SIGINT");
      });
    const [code, signal] = await new Promise<[number | null, string | null]>((ended) =>
      bash.on("close", (...end) => ended(end)),
    );
    expect([code === 0, signal], output).toEqual([false, null]);
    const { deployment } = JSON.parse(await copy.pulumi("stack", "export"));
    expect(deployment.pending_operations ?? []).toEqual([]);
    const types = deployment.resources.map(({ type }: { type: string }) => type);
    expect(types.filter((type: string) => type === "gmailsync:index:Mailbox")).toHaveLength(PEOPLE.length);
    expect(filesBelow(copy.state).filter((file) => file.includes("/locks/"))).toEqual([]);
  },
  PREPARE_MS,
);
