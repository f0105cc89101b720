import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { delimiter, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { installedPackage, ROOT } from "../support/package.ts";
import { type PipelineResult, runPipeline } from "../support/pipelines/runner.ts";
import type { Occasion, Variables } from "../support/pipelines/step.ts";
import { type Place, SYSTEMS } from "../support/pipelines/systems.ts";
import {
  administer,
  atEnd,
  changeRow,
  mailboxRow,
  temporaryDirectory,
  testSandbox,
  writes,
} from "../support/sandbox.ts";
import { filesBelow } from "../support/stack.ts";

const TEMPLATES = join(ROOT, "examples", "pipelines");
const PEOPLE = ["anna", "bert", "support"].map((name) => `${name}@northwind.example`);
const NEW_SECRET = "GOCSPX-sandbox-secret-second-00000";
/** A JSON web token, as all tokens of the sandbox are. */
const TOKEN = /eyJ[\w-]{10,}\.eyJ/;
const DAY_MS = 24 * 3600 * 1000;

const run = promisify(execFile);

describe.each(SYSTEMS)("examples/pipelines/$folder, step by step", (system) => {
  const { pullRequest, deployment } = system.subjects;
  let sandbox: Sandbox;
  let place: Place;
  let people: Variables;
  let machine: Variables;
  let state: string;
  const outputs: string[] = [];

  beforeAll(async () => {
    sandbox = await testSandbox();
    const folder = temporaryDirectory();
    const home = temporaryDirectory();
    state = temporaryDirectory();
    place = { sandbox, folder, home, comments: await commentServer() };
    people = whatPeopleSet();
    machine = await bareMachine();
    for (const part of ["project", system.folder]) cpSync(join(TEMPLATES, part), folder, { recursive: true });
    await installable();
    await trust(pullRequest, deployment);
    await pulumi("stack", "init", "production");
    await configure("googleClientSecret", SEED_CLIENT_SECRET);
  }, 300_000);

  /** Variables of the repository, the group or the project, as the README has them set. */
  function whatPeopleSet(): Variables {
    const { workloadProviders, serviceAccounts } = sandbox.world.google;
    const provider = workloadProviders.find(({ audience }) => audience.endsWith(`/providers/${system.kind}`));
    const mail = serviceAccounts.find(({ delegatedScopes }) => delegatedScopes.length > 0);
    return {
      AZURE_TENANT_ID: sandbox.world.entra.tenantId,
      AZURE_CLIENT_ID: APPLICATION_ID,
      GMAILSYNC_ENVIRONMENT_URL: sandbox.environment["GMAILSYNC_ENVIRONMENT_URL"] ?? "",
      GOOGLE_PROVIDER: provider?.audience.replace("//iam.googleapis.com/", "") ?? "",
      MAIL_SERVICE_ACCOUNT: mail?.email ?? "",
      PULUMI_BACKEND_URL: pathToFileURL(state).href,
    };
  }

  /** The tools that a machine has, and how it finds the sandbox; of this process nothing but the folders of programs. */
  async function bareMachine(): Promise<Variables> {
    const { GMAILSYNC_CONNECT_TO = "", GMAILSYNC_CA_FILE = "" } = sandbox.environment;
    const bin = join(place.home, "bin");
    mkdirSync(bin);
    writeFileSync(join(bin, "gh"), `#!/bin/sh\nfor file; do :; done\ncp "$file" "$HOME/comment.md"\n`, { mode: 0o755 });
    const roads = GMAILSYNC_CONNECT_TO.split(",").map((road) => `connect-to = "${road.replace("=", ":")}"`);
    writeFileSync(join(place.home, ".curlrc"), [`cacert = "${GMAILSYNC_CA_FILE}"`, ...roads].join("\n"));
    return {
      PATH: [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter),
      HOME: place.home,
      GMAILSYNC_CONNECT_TO,
      GMAILSYNC_CA_FILE,
      npm_config_offline: "true",
      npm_config_update_notifier: "false",
      PULUMI_SKIP_UPDATE_CHECK: "1",
      // In the place of a key of a cloud.
      PULUMI_CONFIG_PASSPHRASE: "sandbox-passphrase",
    };
  }

  /** The packed package in the place of the registry's, with the lock file that people commit. */
  async function installable(): Promise<void> {
    const { archive } = await installedPackage();
    const manifest = join(place.folder, "package.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace("^0.1.0", `file:${archive}`));
    await run("npm", ["install", "--package-lock-only"], { cwd: place.folder, env: machine });
  }

  async function trust(...subjects: readonly string[]): Promise<void> {
    const { issuer, subject } = sandbox.world.pipelines[system.kind];
    await administer(sandbox, "delete-federated-credential", APPLICATION_ID, { issuer, subject });
    for (const one of new Set(subjects))
      await administer(sandbox, "add-federated-credential", APPLICATION_ID, { issuer, subject: one });
  }

  async function pulumi(...args: readonly string[]): Promise<void> {
    const env = { ...machine, PULUMI_BACKEND_URL: people["PULUMI_BACKEND_URL"], PULUMI_STACK: "production" };
    await run("pulumi", ["--non-interactive", ...args], { cwd: place.folder, env });
  }

  /** As on a workstation: into the stack's file, encrypted. */
  function configure(name: string, secret: string): Promise<void> {
    return pulumi("config", "set", "--secret", "--stack", "production", "--", name, secret);
  }

  async function pipeline(occasion: Occasion, subject = deployment): Promise<PipelineResult> {
    await administer(sandbox, "set-pipeline", system.kind, { subject });
    const played = await system.play(place, people);
    const steps = system.steps(place.folder, occasion, played.variables);
    const shared = { ...machine, ...played.machine };
    const result = await runPipeline(steps, { folder: place.folder, shell: system.shell, machine: shared });
    outputs.push(result.output);
    return result;
  }

  /** An organisation of Azure DevOps has an issuer of its own. */
  function trusted(): { readonly issuer: string; readonly audience: string } {
    const { issuer } = sandbox.world.pipelines[system.kind];
    const guid = /[0-9a-f-]{36}$/;
    return { issuer: issuer.replace(guid, "<id of the organisation>"), audience: "api://AzureADTokenExchange" };
  }

  const tests = (since: number) =>
    writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;

  test("a pull request with a mistake is told where it is, and asks nobody", async () => {
    const file = join(place.folder, "mailboxes.yaml");
    const before = readFileSync(file, "utf8");
    writeFileSync(file, `${before}  - address: anna@northwind.example\n`);
    const since = sandbox.requests.length;
    const { failed, output } = await pipeline("pull request", pullRequest);
    writeFileSync(file, before);
    expect(failed?.toLowerCase(), output).toBe("check");
    expect(output + annotations()).toMatch(
      /mailboxes\.yaml.{0,40}\D20\D.*anna@northwind\.example|anna@northwind\.example.*"mailboxes\.yaml","lines":\{"begin":20\}/,
    );
    expect(sandbox.requests.slice(since).filter(({ service }) => service === "dataverse")).toEqual([]);
  });

  /** GitLab takes them from a file. */
  function annotations(): string {
    return system.kind === "gitlab" ? readFileSync(join(place.folder, "out", "check.json"), "utf8") : "";
  }

  test("a pull request is looked at, and told what would change", async () => {
    const { failed, output } = await pipeline("pull request", pullRequest);
    expect(failed, output).toBeUndefined();
    const comment = system.comment(place);
    expect(comment).toMatch(/### preflight of production\n\n```text\n✔ /);
    expect(comment).toMatch(/### preview of production\n\n```text\n[\s\S]*Mailbox anna@northwind\.example create/);
    expect(comment).not.toContain("[38;5");
    expect(writes(sandbox)).toEqual([]);
  });

  test("the README names what is to be set up, and the words of preflight that show that it is", () => {
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
      expect(outputs.some((output) => output.split("\n").some((said) => inOrder(said, parts)))).toBe(true);
    }
  });

  test("main brings the stack up", async () => {
    const { failed, output } = await pipeline("main");
    expect(failed, output).toBeUndefined();
    expect(output).toMatch(/3 mailboxes: 3 ok/);
    for (const address of PEOPLE) expect(mailboxRow(sandbox, address)["outgoingemaildeliverymethod"]).toBe(2);
    const steps = system.steps(place.folder, "main", (await system.play(place, people)).variables);
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
    const { failed, output } = await pipeline("nightly");
    expect(failed, output).toBeUndefined();
    expect(tests(since)).toBe(PEOPLE.length);
  });

  test("nightly fails on drift, and deploys nothing", async () => {
    changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), { outgoingemaildeliverymethod: 0 });
    const since = sandbox.requests.length;
    const { failed, output } = await pipeline("nightly");
    expect(failed?.toLowerCase()).toMatch(/^(drift gate|nightly)$/);
    expect(output).toContain("outgoingEmailDeliveryMethod");
    expect(output).toMatch(/ended with 7\n/);
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("rotation tests every mailbox with the new secret, and says when the old one may go", async () => {
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: NEW_SECRET, enabled: true });
    await configure("googleClientSecret", NEW_SECRET);
    await configure("previousGoogleClientSecret", SEED_CLIENT_SECRET);
    const file = join(place.folder, "mailboxes.yaml");
    const reference = "    clientSecret: { config: googleClientSecret }\n";
    const previous = "    previousClientSecret: { config: previousGoogleClientSecret }\n";
    writeFileSync(file, readFileSync(file, "utf8").replace(reference, reference + previous));
    const since = sandbox.requests.length;
    const { failed, output } = await pipeline("rotation");
    expect(failed, output).toBeUndefined();
    expect(tests(since)).toBe(PEOPLE.length);
    expect(output).toContain(`${SEED_CLIENT_ID}: PREVIOUS_SECRET_ACCEPTED`);
  });

  test("a federation that is refused is told with issuer, subject and audience", async () => {
    const { issuer } = sandbox.world.pipelines[system.kind];
    const { failed, output } = await pipeline("main", `${deployment}-other`);
    expect(failed).toBeDefined();
    expect(output.replaceAll(/\s+/g, " ")).toContain(
      `has the issuer "${issuer}", the subject "${deployment}-other" and the audience "api://AzureADTokenExchange"`,
    );
  });

  test("no secret is in what was set, in the state or in any log", () => {
    expect(outputs.length).toBeGreaterThan(5);
    const texts = filesBelow(state).map((file) => readFileSync(file, "utf8"));
    for (const secret of [SEED_CLIENT_SECRET, NEW_SECRET, sandbox.environment["AZURE_CLIENT_SECRET"] ?? ""])
      for (const text of [...texts, ...outputs, ...Object.values(people)]) expect(text).not.toContain(secret);
    for (const text of [...texts, ...outputs]) expect(text).not.toMatch(TOKEN);
  });
});

function inOrder(text: string, parts: readonly string[]): boolean {
  const end = parts.reduce((from, part) => {
    const at = from < 0 ? -1 : text.indexOf(part, from);
    return at < 0 ? -1 : at + part.length;
  }, 0);
  return end >= 0;
}

/** What Azure DevOps serves of a pull request's threads. */
async function commentServer(): Promise<Place["comments"]> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      if (body) {
        const { content, comments } = JSON.parse(body);
        received.push(content ?? comments[0].content);
      }
      const value = received.length ? [{ id: 1, comments: [{ id: 1, content: received.at(-1) }] }] : [];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ value }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  atEnd(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, received };
}
