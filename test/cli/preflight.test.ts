import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Declared, declaredIn } from "../../provider/cli/preflight/declared.ts";
import { lookAround } from "../../provider/cli/preflight/probes.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { nextOf, type Step, seen } from "../../provider/schema/step.ts";
import { APPROVE, PRIVILEGES } from "../../sandbox/dataverse/privileges.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { gmailsync } from "../support/command.ts";
import { configured } from "../support/configured.ts";
import { administer, changeRow, rowWhere, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount, pipelineCredentials } from "../support/service-account.ts";

const MAIL_SCOPE = "https://mail.google.com/";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";
const ADMINISTRATOR = "System Administrator";
const SIGNER = newServiceAccount("reader@northwind-mail.iam.gserviceaccount.com", "107000000000000000001");

/** With everything in it that preflight looks at. */
const FLEET = `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north:
    projectId: northwind-mail
    clientId: ${SEED_CLIENT_ID}
    clientSecret: {env: NORTH_SECRET}
    audience: external
defaults:
  mailbox: {gmail: {imap: true}}
mailboxes:
  - address: anna@northwind.example
  - address: sales@northwind.example
`;

describe("gmailsync preflight", () => {
  let sandbox: Sandbox;
  let directory: string;
  let fleet: string;
  let environment: NodeJS.ProcessEnv;

  beforeAll(async () => {
    sandbox = await testSandbox();
    directory = temporaryDirectory();
    fleet = join(directory, "mailboxes.yaml");
    writeFileSync(fleet, FLEET);
    process.env["NORTH_SECRET"] = SEED_CLIENT_SECRET;
  });

  beforeEach(() => {
    sandbox.reset();
    const { email, publicKey, keyFile } = SIGNER;
    sandbox.world.google.serviceAccounts.push({ email, publicKey, delegatedScopes: [MAIL_SCOPE, SETTINGS_SCOPE] });
    environment = {
      ...sandbox.environment,
      GMAILSYNC_MAIL_CREDENTIAL: keyFile,
      PATH: `${pathWith("v3.259.0")}:${process.env["PATH"]}`,
    };
  });

  /** A folder with a Pulumi CLI of that version, and nothing else. */
  function pathWith(version: string): string {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, "pulumi"), `#!/bin/sh\necho ${version}\n`);
    chmodSync(join(folder, "pulumi"), 0o755);
    return folder;
  }

  async function look(
    declared?: Declared | string,
    changed: NodeJS.ProcessEnv = {},
    ms = 8000,
  ): Promise<readonly Step[]> {
    const settings = { ...environment, ...changed };
    const services = configured({ ...settings, GMAILSYNC_READ_ONLY: "true" });
    const deadline = Deadline.after(ms);
    try {
      const read = typeof declared === "string" ? await declaredIn(declared) : declared;
      return await lookAround({ services, environment: settings, declared: read, deadline });
    } finally {
      deadline[Symbol.dispose]();
      await services.network.close();
    }
  }

  const lineOf = ({ id, of, status, code }: Step) => [id, of, status, code].filter(Boolean).join(" ");
  /** What is not as it should be. */
  const bad = (steps: readonly Step[]) =>
    steps.filter(({ status }) => status === "failed" || status === "unknown").map(lineOf);
  const stepOf = (steps: readonly Step[], id: string, of?: string) => {
    const step = steps.find((one) => one.id === id && (of === undefined || one.of === of));
    if (!step) throw new Error(`there is no step ${id} ${of ?? ""}: ${steps.map(lineOf).join(", ")}`);
    return step;
  };

  /** The administrator's role without some of its privileges, or with others of theirs. */
  async function role(change: Readonly<Record<string, string | undefined>>): Promise<void> {
    const all = Object.fromEntries([...PRIVILEGES].map(([name, depths]) => [name, depths.at(-1)]));
    const privileges = Object.entries({ ...all, ...change })
      .flatMap(([name, depth]) => (depth === undefined ? [] : [`${name}:${depth}`]))
      .join(",");
    await administer(sandbox, "set-role", ADMINISTRATOR, { privileges });
  }

  test("finds nothing wrong where all is there, writes nothing, and shows no secret", async () => {
    const run = await gmailsync(["preflight", fleet], environment);
    expect(run.stderr).toBe("");
    expect(run.stdout).toMatch(/✔ privilege prvWriteMailbox +Organization\n/);
    expect(run.stdout).toMatch(/✔ domain-wide delegation https:\/\/mail\.google\.com\/ +Google gave a token/);
    expect(run.stdout).toMatch(/✔ places northwind-mail +northwind-mail: \d of 100 places are taken/);
    expect(run.stdout).toMatch(/– consent screen northwind-mail +declared as external/);
    expect(run.stdout).toMatch(/\n\d+ lines: \d+ ok, \d+ skipped\n$/);
    expect(run.code).toBe(0);
    const secrets = [SEED_CLIENT_SECRET, environment["AZURE_CLIENT_SECRET"] ?? "", "BEGIN PRIVATE KEY"];
    for (const secret of secrets) expect(run.stdout).not.toContain(secret);
    const others = sandbox.requests.filter(({ method, path }) => method !== "GET" && !/\/token(\?|$)/.test(path));
    expect(others).toEqual([]);
  });

  test("without a file looks at what every stack needs, and says what it left out", async () => {
    const steps = await look();
    expect(bad(steps)).toEqual([]);
    expect(stepOf(steps, "privilege", APPROVE).status).toBe("ok");
    expect(stepOf(steps, "oauthClient")).toMatchObject({ status: "skipped", code: "NOT_DECLARED" });
    expect(steps.filter(({ of }) => of === "prvWriteOrganization")).toEqual([]);
  });

  test("takes what a stack needs from its export", async () => {
    const stack = join(directory, "stack.json");
    const resources = [
      {
        type: "gmailsync:index:EmailServerProfile",
        inputs: { name: "Gmail", defaultForNewMailboxes: true },
        outputs: {},
      },
      { type: "gmailsync:index:GoogleOAuthClient", inputs: { projectId: "northwind-mail", clientId: SEED_CLIENT_ID } },
    ];
    writeFileSync(stack, JSON.stringify({ version: 3, deployment: { resources } }));
    const steps = await look(stack);
    expect(bad(steps)).toEqual([]);
    expect(stepOf(steps, "privilege", "prvWriteOrganization").status).toBe("ok");
    expect(stepOf(steps, "oauthClient", SEED_CLIENT_ID).status).toBe("ok");
    expect(steps.filter(({ of }) => of === "prvWriteMailbox")).toEqual([]);
  });

  test("names a missing privilege in one line, with what it is needed for and where it is given", async () => {
    await role({ prvWriteMailbox: undefined });
    const steps = await look(fleet);
    expect(bad(steps)).toEqual(["privilege prvWriteMailbox failed PRIVILEGE_MISSING"]);
    const step = stepOf(steps, "privilege", "prvWriteMailbox");
    expect(seen(step)).toBe("not held, and needed for setting mailboxes up and testing them");
    expect(nextOf(step)).toContain("Power Platform admin center");
  });

  test("asks a job that only looks for what reads alone", async () => {
    const writing = [...PRIVILEGES.keys()].filter((name) => !name.startsWith("prvRead"));
    await role(Object.fromEntries(writing.map((name) => [name, undefined])));
    expect(bad(await look(fleet))).toContain("privilege prvWriteMailbox failed PRIVILEGE_MISSING");
    const steps = await look(fleet, { GMAILSYNC_READ_ONLY: "true" });
    expect(bad(steps)).toEqual([]);
    expect(stepOf(steps, "privilege", "prvReadMailbox").status).toBe("ok");
    const spared = stepOf(steps, "privilege", "prvWriteMailbox");
    expect(lineOf(spared)).toBe("privilege prvWriteMailbox skipped NOT_NEEDED");
    expect(seen(spared)).toContain("GMAILSYNC_READ_ONLY");
  });

  test("names a privilege that does not reach the mailboxes", async () => {
    await role({ prvWriteMailbox: "Basic" });
    expect(bad(await look(fleet))).toEqual(["privilege prvWriteMailbox failed PRIVILEGE_DEPTH"]);
  });

  test("believes a privilege for business units where all declared mailboxes are shown by it", async () => {
    await role({ prvReadMailbox: "Local", prvWriteMailbox: "Deep" });
    expect(bad(await look(fleet))).toEqual([]);
    expect(bad(await look())).toEqual([
      "privilege prvReadMailbox unknown PRIVILEGE_REACH",
      "privilege prvWriteMailbox unknown PRIVILEGE_REACH",
    ]);
    await administer(sandbox, "rename-account", "anna@northwind.example", { to: "anne@northwind.example" });
    changeRow(sandbox, rowWhere(sandbox, "mailboxes", "emailaddress", "anna@northwind.example"), {
      emailaddress: "anne@northwind.example",
    });
    expect(bad(await look(fleet))).toContain("privilege prvWriteMailbox unknown PRIVILEGE_REACH");
  });

  test("says which privilege keeps the others from being read", async () => {
    await role({ prvReadUser: undefined });
    const steps = await look(fleet);
    expect(bad(steps)).toEqual(["privilege prvReadUser failed PRIVILEGE_MISSING"]);
    expect(lineOf(stepOf(steps, "privilege", "prvReadMailbox"))).toContain("skipped AFTER_FAILURE");
    expect(lineOf(stepOf(steps, "columns", "user"))).toContain("skipped AFTER_FAILURE");
  });

  test.each<[string, () => unknown, string]>([
    [
      "an application user without a role",
      () => administer(sandbox, "take-role", ADMINISTRATOR, { from: APPLICATION_ID }),
      "NO_ROLE",
    ],
    [
      "a disabled application user",
      () => administer(sandbox, "disable-application", APPLICATION_ID),
      "APPLICATION_USER_DISABLED",
    ],
    [
      "an application that is no user of the environment",
      () =>
        changeRow(sandbox, rowWhere(sandbox, "systemusers", "applicationid", APPLICATION_ID), { applicationid: null }),
      "NO_APPLICATION_USER",
    ],
    ["administration mode, where it shows", () => refuseEntry("0x8004A113"), "ADMINISTRATION_MODE"],
    ["whatever else keeps it out", () => refuseEntry("0x80095ffc"), "ENVIRONMENT_REFUSED"],
  ])("names %s in one line", async (_, spoil, code) => {
    await spoil();
    const steps = await look(fleet);
    expect(bad(steps)).toEqual([`applicationUser failed ${code}`]);
    expect(lineOf(stepOf(steps, "environment"))).toBe("environment skipped AFTER_FAILURE");
  });

  const json = { "content-type": "application/json" };

  function refuseEntry(code: string): void {
    const body = { error: { code, message: "The user may not come in." } };
    sandbox.addFault({ service: "dataverse", path: "WhoAmI", effect: { status: 403, headers: json, body } });
  }

  test("says what Entra has against the identity, and what to do", async () => {
    const steps = await look(fleet, { AZURE_CLIENT_SECRET: "its-id-instead" });
    expect(bad(steps)).toEqual(["entraToken failed IDENTITY_REFUSED"]);
    const step = stepOf(steps, "entraToken");
    expect(seen(step)).toContain("AADSTS7000215");
    expect(nextOf(step)).toContain("The secret's value is wanted, not its id");
    expect(stepOf(steps, "identity").message).toContain(`client secret, as application ${APPLICATION_ID}`);
  });

  test.each([
    { kind: "github", why: "the job asks for", asked: { ARM_OIDC_AUDIENCE: "api://other" } },
    { kind: "azure-devops", why: "the platform gives", asked: {} },
  ])("names the audience that $why where Entra wants another one ($kind), in one line", async ({ kind, asked }) => {
    await administer(sandbox, "set-pipeline", kind, { audience: "api://other" });
    const machine = await sandbox.environmentOf(kind);
    const google = { GOOGLE_APPLICATION_CREDENTIALS: "", GMAILSYNC_MAIL_CREDENTIAL: SIGNER.keyFile };
    const steps = await look(fleet, { ...machine, ...google, AZURE_CLIENT_SECRET: "", ...asked });
    expect(bad(steps)).toEqual(["entraToken failed IDENTITY_REFUSED"]);
    const step = stepOf(steps, "entraToken");
    expect(seen(step)).toContain("AADSTS700212");
    expect(nextOf(step)).toContain('the audience "api://other"');
  });

  test("names a column that the environment lacks", async () => {
    const message = "Could not find a property named 'oauthtokenexpireson' on type 'Microsoft.Dynamics.CRM.mailbox'.";
    const body = { error: { code: "0x80060888", message } };
    sandbox.addFault({
      service: "dataverse",
      path: "oauthtokenexpireson",
      every: 1,
      effect: { status: 400, headers: json, body },
    });
    const steps = await look();
    expect(bad(steps)).toEqual(["columns mailbox failed COLUMN_MISSING"]);
    expect(seen(stepOf(steps, "columns", "mailbox"))).toContain("lacks oauthtokenexpireson");
  });

  test("tells the rules of approval, and alerts that nobody writes", async () => {
    const [organization = {}] = sandbox.world.dataverse.rows["organizations"] ?? [];
    changeRow(sandbox, organization, { requireapprovalforqueueemail: false, generatealertsforerrors: false });
    const steps = await look();
    expect(bad(steps)).toEqual([]);
    expect(seen(stepOf(steps, "approvalRules"))).toBe(
      "addresses of users have to be approved, addresses of queues need no approval",
    );
    expect(stepOf(steps, "alertSwitches")).toMatchObject({ status: "ok", code: "ALERTS_OFF" });
  });

  test("says when a file is meant for another environment", async () => {
    const other = join(directory, "other.yaml");
    writeFileSync(other, FLEET.replace("contoso.crm", "fabrikam.crm"));
    expect(bad(await look(other))).toEqual(["environment failed ENVIRONMENT_OTHER"]);
  });

  test("says by how much this machine's clock is wrong", async () => {
    for (const service of ["dataverse", "entra", "google"] as const)
      sandbox.addFault({ service, path: "/", every: 1, effect: { skewMs: 600_000 } });
    const steps = await look();
    expect(lineOf(stepOf(steps, "clock"))).toBe("clock failed CLOCK_WRONG");
    expect(seen(stepOf(steps, "clock"))).toBe("this machine's clock is 10 min behind the servers'");
  });

  test.each([MAIL_SCOPE, SETTINGS_SCOPE])(
    "names the scope %s that delegation lacks, with what to paste",
    async (scope) => {
      const account = sandbox.world.google.serviceAccounts.find(({ email }) => email === SIGNER.email);
      if (account) account.delegatedScopes = [MAIL_SCOPE, SETTINGS_SCOPE].filter((other) => other !== scope);
      const steps = await look(fleet);
      expect(bad(steps)).toEqual([`delegation ${scope} failed DELEGATION_MISSING`]);
      expect(nextOf(stepOf(steps, "delegation", scope))).toContain(
        `https://admin.google.com/ac/owl/domainwidedelegation?clientIdToAdd=107000000000000000001&clientScopeToAdd=${encodeURIComponent(scope)}`,
      );
    },
  );

  test("does not take a mailbox that Google does not know for a missing delegation", async () => {
    await administer(sandbox, "delete-account", "anna@northwind.example");
    expect(bad(await look(fleet))).toEqual([]);
    await administer(sandbox, "delete-account", "sales@northwind.example");
    expect(bad(await look(fleet))).toEqual([
      `delegation ${MAIL_SCOPE} unknown NOT_SEEN`,
      `delegation ${SETTINGS_SCOPE} unknown NOT_SEEN`,
    ]);
  });

  test("says that a key was deleted, which no mailbox gets a token by", async () => {
    await administer(sandbox, "delete-service-account", SIGNER.email);
    expect(bad(await look(fleet))).toEqual([
      `delegation ${MAIL_SCOPE} failed CREDENTIAL_REFUSED`,
      `delegation ${SETTINGS_SCOPE} failed CREDENTIAL_REFUSED`,
    ]);
  });

  test("names an API that is not enabled, and Google credentials that give no token", async () => {
    const adopting = join(directory, "adopting.yaml");
    writeFileSync(adopting, FLEET.replace("audience:", "project: {}\n    audience:"));
    const found = async (changed: NodeJS.ProcessEnv) => {
      const { stdout } = await gmailsync(["preflight", adopting, "--json"], { ...environment, ...changed });
      const { steps } = JSON.parse(stdout);
      // It has a key, and needs no other identity.
      expect(stepOf(steps, "delegation", MAIL_SCOPE).status).toBe("ok");
      return bad(steps);
    };
    const identity = pipelineCredentials(sandbox, "pipeline@northwind-mail.iam.gserviceaccount.com");
    expect(await found(identity)).toEqual([]);
    for (const project of sandbox.world.google.projects) project.services = [];
    expect(await found(identity)).toEqual(["api northwind-mail/gmail.googleapis.com failed API_DISABLED"]);
    expect(await found({ GOOGLE_APPLICATION_CREDENTIALS: join(directory, "nothing.json") })).toEqual([
      "googleIdentity failed GOOGLE_IDENTITY",
    ]);
  });

  test("without a key says what the pipeline's identity and the delegation lack, each in one line", async () => {
    const signer = "mail@northwind-mail.iam.gserviceaccount.com";
    const pipeline = "pipeline@northwind-mail.iam.gserviceaccount.com";
    const identity = pipelineCredentials(sandbox, pipeline);
    const found = async (changed: NodeJS.ProcessEnv) => {
      const keyless = { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountEmail: signer }) };
      const { stdout } = await gmailsync(["preflight", fleet, "--json"], { ...environment, ...keyless, ...changed });
      return bad(JSON.parse(stdout).steps);
    };
    await administer(sandbox, "set-service-account", signer, { tokenCreators: pipeline, delegatedScopes: MAIL_SCOPE });
    expect(await found(identity)).toEqual([`delegation ${SETTINGS_SCOPE} failed DELEGATION_MISSING`]);
    expect(await found({ GOOGLE_APPLICATION_CREDENTIALS: join(directory, "nothing.json") })).toEqual([
      "googleIdentity failed GOOGLE_IDENTITY",
    ]);
  });

  test("says of every host when its certificate is not trusted here", async () => {
    const lines = (await look(undefined, { GMAILSYNC_CA_FILE: "" })).map(lineOf);
    for (const host of ["host contoso.crm.dynamics.com", "host oauth2.googleapis.com", "mailHost smtp.gmail.com:587"])
      expect(lines).toContain(`${host} unknown CERTIFICATE_UNTRUSTED`);
    expect(lines).toContain("entraToken unknown CERTIFICATE_UNTRUSTED");
    expect(lines).toContain("applicationUser skipped AFTER_FAILURE");
  });

  test.each<[string, () => Promise<void>, string]>([
    [
      "a disabled client",
      () => administer(sandbox, "disable-client", SEED_CLIENT_ID),
      `clientSecret ${SEED_CLIENT_ID} failed CLIENT_DISABLED`,
    ],
    [
      "a secret that is no more",
      () => administer(sandbox, "set-client", SEED_CLIENT_ID, { secret: "another" }),
      `clientSecret ${SEED_CLIENT_ID} failed SECRET_WRONG`,
    ],
    [
      "a redirect URI that is not listed",
      () => administer(sandbox, "set-client", SEED_CLIENT_ID, { redirectUris: "" }),
      `redirectUri ${SEED_CLIENT_ID} failed REDIRECT_URI_MISMATCH`,
    ],
  ])("names %s", async (_, spoil, line) => {
    await spoil();
    expect(bad(await look(fleet))).toEqual([line]);
  });

  test("says how many mailboxes have no client", async () => {
    const two = join(directory, "two.yaml");
    writeFileSync(two, FLEET.replace("defaults:", "  south:\n    projectId: northwind-mail-2\ndefaults:"));
    const steps = await look(two);
    expect(bad(steps)).toEqual(["places failed PLACES_MISSING"]);
    expect(seen(stepOf(steps, "places"))).toBe("2 mailboxes have no client yet");
  });

  test("names a mail server that cuts the connection, and one without STARTTLS", async () => {
    sandbox.addFault({ service: "imap", command: "CONNECT", every: 1, effect: "reset" });
    sandbox.addFault({ service: "smtp", command: "EHLO", effect: { reply: "250 only this" } });
    expect(bad(await look())).toEqual([
      "mailHost imap.gmail.com:993 unknown CONNECTION_CUT",
      "mailHost smtp.gmail.com:587 failed TLS_NOT_OFFERED",
    ]);
  });

  test("says which Pulumi CLI is too old, and that none is there", async () => {
    expect(bad(await look(undefined, { PATH: pathWith("v3.100.0") }))).toEqual(["pulumi failed PULUMI_OLD"]);
    const without = await look(undefined, { PATH: temporaryDirectory() });
    expect(lineOf(stepOf(without, "pulumi"))).toBe("pulumi skipped PULUMI_MISSING");
  });

  test("tells the proxy without its password", async () => {
    const steps = await look(undefined, { HTTPS_PROXY: "http://user:proxy-word@proxy.example:3128" });
    expect(seen(stepOf(steps, "proxy"))).toContain("HTTPS goes through proxy.example:3128");
  });

  test("hosts that keep silent are unknown when the time is over, and the rest is told", async () => {
    for (const service of ["entra", "google"] as const)
      sandbox.addFault({ service, path: "/", every: 1, effect: "hang" });
    const { code, stdout } = await gmailsync(["preflight", "--json", "--timeout", "5"], environment);
    const { status, steps } = JSON.parse(stdout);
    expect([status, code]).toEqual(["unknown", 3]);
    const lines = steps.map(lineOf);
    expect(lines).toContain("host oauth2.googleapis.com unknown TIMEOUT");
    expect(lines).toContain("entraToken unknown TIMEOUT");
    expect(lines).toContain("host contoso.crm.dynamics.com ok");
    expect(lines).toContain("mailHost imap.gmail.com:993 ok");
  });

  test("ends as failed, with a test suite for CI services and one object for programs", async () => {
    await role({ prvWriteMailbox: undefined });
    const file = join(directory, "failed.xml");
    const { code, stdout } = await gmailsync(["preflight", "--json", "--junit", file], environment);
    expect(code).toBe(1);
    const suite = readFileSync(file, "utf8");
    expect(suite).toMatch(/<testsuite name="gmailsync preflight" tests="\d+" failures="1" errors="0" skipped="\d">/);
    expect(suite).toContain('<testcase name="privilege prvReadMailbox" classname="preflight"/>');
    expect(suite).toMatch(
      /<testcase name="privilege prvWriteMailbox" [^>]*><failure message="PRIVILEGE_MISSING: not held[^>]* type="PRIVILEGE_MISSING">Add it to a security role/,
    );
    expect(JSON.parse(stdout)).toMatchObject({
      status: "failed",
      steps: expect.arrayContaining([
        expect.objectContaining({
          id: "privilege",
          of: "prvWriteMailbox",
          status: "failed",
          code: "PRIVILEGE_MISSING",
          hint: expect.stringContaining("Security roles"),
        }),
      ]),
    });
  });

  test("tells what is missing in the settings, and what cannot be a file", async () => {
    const { GMAILSYNC_ENVIRONMENT_URL: _, ...rest } = environment;
    const unset = await gmailsync(["preflight"], { ...rest, GMAILSYNC_ENVIRONMENT_URL: "" });
    expect(unset).toMatchObject({ code: 2, stderr: expect.stringContaining("environmentUrl is missing") });
    const strange = join(directory, "strange.txt");
    writeFileSync(strange, "hello");
    expect(await gmailsync(["preflight", strange], environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("neither a mailboxes.yaml nor"),
    });
  });
});
