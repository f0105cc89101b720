import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Code } from "../../provider/codes/codes.ts";
import { googleOAuthClient } from "../../provider/resources/google-oauth-client/definition.ts";
import { properties } from "../../provider/schema/define.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";

const INPUTS = { projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
const FRESH = "GOCSPX-sandbox-secret-second-00001";
const REDIRECT_URI = "https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx";
const DOWNLOAD = {
  client_id: SEED_CLIENT_ID,
  project_id: "northwind-mail",
  client_secret: SEED_CLIENT_SECRET,
  redirect_uris: ["https://elsewhere.example/"],
};
const file = (web: object) => ({ projectId: "northwind-mail", credentialsJson: JSON.stringify({ web }) });

let sandbox: Sandbox;
let life: Life;
const client = () => {
  const [first] = sandbox.world.google.clients;
  if (!first) throw new Error("the sandbox has no client");
  return first;
};
const checks = () => (Array.isArray(life.outputs["checks"]) ? life.outputs["checks"] : []);

beforeAll(async () => {
  sandbox = await testSandbox();
});
beforeEach(async () => {
  sandbox.reset();
  life = await lifeOf("GoogleOAuthClient", sandbox);
});

describe("a Google client", () => {
  test("is proven, at the preview already", async () => {
    const proven = {
      redirectUri: REDIRECT_URI,
      javascriptOrigin: "https://contoso.crm.dynamics.com",
      clientSecretLast4: SEED_CLIENT_SECRET.slice(-4),
      checks: [
        { id: "clientSecret", status: "ok" },
        { id: "redirectUri", status: "ok" },
        { id: "javascriptOrigin", status: "ok" },
        { id: "consentScreen", status: "unknown", code: "DECLARED_ONLY" },
      ],
    };
    expect(await life.preview(INPUTS)).toEqual(proven);
    await life.create(INPUTS);
    expect(life.id).toBe(SEED_CLIENT_ID);
    expect(life.outputs).toEqual(proven);
    expect(life.problems).toEqual([]);
    expect(await life.update(INPUTS)).toBe("nothing");
  });

  test("that is not made yet is told by the steps that make it", () => {
    const [told] = life.failures({ projectId: "northwind-mail" });
    expect(told).toMatch(/^clientId is required/);
    expect(told).toContain("https://console.cloud.google.com/auth/clients/create?project=northwind-mail");
    expect(told).toContain(REDIRECT_URI);
    expect(told).toContain("Authorised JavaScript origin:  https://contoso.crm.dynamics.com");
  });

  test("that lacks its secret is told by the steps that lead to it", () => {
    const [told] = life.failures({ projectId: "northwind-mail", clientId: SEED_CLIENT_ID });
    expect(told).toMatch(/^clientSecret is required/);
    expect(told).toContain(`https://console.cloud.google.com/auth/clients/${SEED_CLIENT_ID}?project=northwind-mail\n`);
    expect(told).not.toContain("clients/create");
  });

  test("stays at Google when the resource goes", async () => {
    await life.create(INPUTS);
    const before = structuredClone(sandbox.world.google);
    const since = sandbox.requests.length;
    await life.destroy();
    expect(sandbox.world.google).toEqual(before);
    expect(sandbox.requests).toHaveLength(since);
  });

  test("of another id is another client", async () => {
    await life.create(INPUTS);
    const clientId = SEED_CLIENT_ID.replace("sandbox0", "another0");
    sandbox.world.google.clients.push({ ...client(), clientId });
    expect(await life.update({ ...INPUTS, clientId })).toBe("replace");
    expect(life.id).toBe(clientId);
  });

  test("is imported by its id, and proven once its secret is given", async () => {
    expect(await life.import(SEED_CLIENT_ID)).toBe(true);
    expect(life.inputs).toEqual({ clientId: SEED_CLIENT_ID });
    expect(await life.update(INPUTS)).toBe("update");
    expect(checks()[0]).toEqual({ id: "clientSecret", status: "ok" });
    expect(await life.import("1-nobody.apps.googleusercontent.com")).toBe(false);
    client().state = "deleted";
    expect(await life.import(SEED_CLIENT_ID)).toBe(false);
  });
});

test("no property of a client but its id can be read, so that drift shows as problems", () => {
  const readable = Object.entries(properties(googleOAuthClient.inputs)).filter(([, { writeOnly }]) => !writeOnly);
  expect(readable.map(([name]) => name)).toEqual(["clientId"]);
});

/** What somebody changes at Google, and the code that is seen. */
const CHANGES: readonly (readonly [string, () => unknown, Code])[] = [
  ["the redirect URI", () => Object.assign(client(), { redirectUris: [] }), "REDIRECT_URI_MISMATCH"],
  ["the secret", () => Object.assign(client(), { secrets: [{ value: FRESH, enabled: true }] }), "SECRET_WRONG"],
  [
    "the secret's switch",
    () => Object.assign(client(), { secrets: [{ value: SEED_CLIENT_SECRET, enabled: false }] }),
    "SECRET_WRONG",
  ],
  ["its id", () => Object.assign(client(), { clientId: "1-x.apps.googleusercontent.com" }), "CLIENT_NOT_FOUND"],
  ["the client's switch", () => Object.assign(client(), { state: "disabled" }), "CLIENT_DISABLED"],
  ["the client's being there", () => Object.assign(client(), { state: "deleted" }), "CLIENT_DELETED"],
];

describe("what somebody changes at Google", () => {
  test.each(CHANGES)("%s shows with the next refresh, and is kept until it is mended", async (_, change, seen) => {
    await life.create(INPUTS);
    const before = structuredClone(client());
    change();
    await life.refresh();
    expect(life.problems.join("\n")).toContain(`(${seen})`);
    expect(life.changes(INPUTS)).toEqual([]);
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems.length).toBeGreaterThan(0);
    Object.assign(client(), before);
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(life.problems).toEqual([]);
  });

  test.each(CHANGES)("%s stops a preview and a creation, of which nothing is kept", async (_, change, seen) => {
    change();
    await expect(life.preview(INPUTS)).rejects.toThrow(`(${seen})`);
    await expect(life.create(INPUTS)).rejects.toThrow(`(${seen})`);
    expect(life.exists).toBe(false);
  });

  test("is told in all that Google refuses, not in the first of it", async () => {
    Object.assign(client(), { redirectUris: [], secrets: [] });
    const both = /\(SECRET_WRONG\).*\(REDIRECT_URI_MISMATCH\)/s;
    await expect(life.preview(INPUTS)).rejects.toThrow(both);
    await expect(life.create(INPUTS)).rejects.toThrow(both);
  });

  test("is told with the page to open and the value to paste", async () => {
    client().redirectUris = [];
    await expect(life.create(INPUTS)).rejects.toThrow(
      `https://console.cloud.google.com/auth/clients/${SEED_CLIENT_ID}?project=northwind-mail`,
    );
    await expect(life.create(INPUTS)).rejects.toThrow(REDIRECT_URI);
  });

  test("is not known while Google does not answer, which is neither success nor failure", async () => {
    sandbox.addFault({ service: "google", times: 50, effect: { status: 503, body: "backend error" } });
    await life.preview(INPUTS);
    await life.create(INPUTS);
    expect(life.problems).toEqual([]);
    expect(checks()[0]).toMatchObject({ id: "clientSecret", status: "unknown", code: "UNPROVEN" });
    expect(life.logs[0]).toMatch(/^warning: .*could not be proven at Google.*neither success nor failure/);
  });
});

describe("a client as the console downloads it", () => {
  test("stands for its id and secret, and for its secret only", async () => {
    await life.create(file(DOWNLOAD));
    expect(life.inputs).toMatchObject({ clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET });
    expect(checks()[0]).toEqual({ id: "clientSecret", status: "ok" });
  });

  test("may be older than the client: what it lacks is told, and Google decides", async () => {
    await life.preview(file(DOWNLOAD));
    expect(life.logs).toEqual([expect.stringContaining(`did not list the redirect URI ${REDIRECT_URI}`)]);
  });

  test.each([
    [
      "is of another project",
      { ...file({ ...DOWNLOAD, project_id: "southwind-mail" }) },
      "projectId is northwind-mail, and",
    ],
    [
      "contradicts the program",
      { ...file(DOWNLOAD), clientId: "1-x.apps.googleusercontent.com" },
      "clientId is not that of",
    ],
    ["is no such file", { projectId: "northwind-mail", credentialsJson: "{}" }, "credentialsJson "],
  ])("that %s is refused", (_, inputs, says) => {
    expect(life.failures(inputs)).toEqual([expect.stringContaining(says)]);
  });
});

describe("a secret that is replaced", () => {
  const rotating = { ...INPUTS, clientSecret: FRESH, previousClientSecret: SEED_CLIENT_SECRET };

  test("is taken over in place, and it is said when the old one may be disabled", async () => {
    await life.create(INPUTS);
    client().secrets.push({ value: FRESH, enabled: true });
    expect(await life.update(rotating)).toBe("update");
    expect(life.outputs["clientSecretLast4"]).toBe(FRESH.slice(-4));
    expect(life.logs.at(-1)).toContain(
      "The secret ending in 0001 is taken over. Google still accepts the secret ending in 0000.",
    );
    client().secrets.shift();
    await life.refresh();
    expect(life.problems).toEqual([]);
    expect(checks()).toContainEqual({ id: "previousClientSecret", status: "ok", code: "PREVIOUS_SECRET_REFUSED" });
    expect(life.logs.at(-1)).toContain("Take previousClientSecret out of the program");
    expect(await life.update(rotating)).toBe("nothing");
    expect(await life.update({ ...INPUTS, clientSecret: FRESH })).toBe("update");
    expect(checks().map((check) => Reflect.get(Object(check), "id"))).not.toContain("previousClientSecret");
  });
});

test("the secret before is another one than the present, so that nobody is told to disable that", () => {
  const same = { previousClientSecret: SEED_CLIENT_SECRET };
  const says = [expect.stringContaining("previousClientSecret is clientSecret itself")];
  expect(life.failures({ ...INPUTS, ...same })).toEqual(says);
  expect(life.failures({ ...file(DOWNLOAD), ...same })).toEqual(says);
});

describe("what was just changed in the console", () => {
  const waiting = { ...INPUTS, verifyTimeout: "2m" };
  const looks = () => life.progress.filter((line) => line.startsWith("waiting for Google")).length;

  test("is waited for when the program says so", async () => {
    const { redirectUris } = client();
    client().redirectUris = [];
    const inTesting = { ...waiting, audience: "external", publishingStatus: "testing" };
    await life.preview(inTesting);
    expect(life.logs.at(-1)).toContain("`pulumi up` will wait up to 2m for it.");
    life.logs.length = 0;
    const creation = life.create(inTesting);
    await expect.poll(looks).toBeGreaterThan(2);
    client().redirectUris = redirectUris;
    await creation;
    expect(life.problems).toEqual([]);
    expect(life.logs).toEqual([expect.stringContaining("is in testing")]);
  });

  test("is not waited for when time does not mend it", async () => {
    client().state = "disabled";
    await expect(life.preview(waiting)).rejects.toThrow("(CLIENT_DISABLED)");
    await expect(life.create(waiting)).rejects.toThrow("(CLIENT_DISABLED)");
    expect(looks()).toBe(0);
  });
});

describe("the consent screen as it is declared", () => {
  const TESTING = { ...INPUTS, audience: "external", publishingStatus: "testing" };
  const users = (...names: string[]) => names.map((name) => `${name}@northwind.example`);
  const profileInputs = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };

  /** What the check says against a mailbox of a client that declares this. */
  async function against(declared: object, ...addresses: string[]): Promise<string[]> {
    life.nextRun();
    expect(life.failures({ ...INPUTS, ...declared })).toEqual([]);
    const profile = await life.beside("EmailServerProfile");
    const { profileId } = await profile.preview(profileInputs);
    const mailbox = await life.beside("Mailbox");
    return addresses.flatMap((emailAddress) => mailbox.failures({ emailAddress, profileId: String(profileId) }));
  }

  test("leaves out whoever is no test user, with the number and the page", async () => {
    const declared = { ...TESTING, testUsers: users("ANNA") };
    const told = await against(declared, ...users("anna", "bert"));
    expect(told).toEqual([
      expect.stringMatching(/^emailAddress .*is not among the 1 declared test users of project northwind-mail/),
    ]);
    expect(told[0]).toContain("https://console.cloud.google.com/auth/audience?project=northwind-mail");
    expect(await against({ ...TESTING, testUsers: users("anna", "bert") }, ...users("anna", "bert"))).toEqual([]);
    expect(await against(TESTING, ...users("anna", "bert"))).toEqual([]);
  });

  test("is told to be in testing, where consents end after seven days", async () => {
    await life.create({ ...TESTING, testUsers: users("anna", "bert") });
    expect(life.logs).toEqual([
      expect.stringContaining("is in testing: what the 2 test users consent to ends seven days later"),
    ]);
  });

  test("of an internal app leaves out whoever is outside of the organisation", async () => {
    const outside = { organizationDomains: ["southwind.example"] };
    expect(await against(outside, ...users("anna"))).toEqual([
      expect.stringContaining("is outside the organisation (southwind.example)"),
    ]);
    expect(
      await against({ organizationDomains: ["southwind.example", "Northwind.Example"] }, ...users("anna")),
    ).toEqual([]);
  });

  test("of an app that is not verified has room for a hundred users", async () => {
    const external = { audience: "external" };
    const many = users(...Array.from({ length: 101 }, (_, index) => `user${index}`));
    expect(await against(external, ...many)).toEqual([
      expect.stringMatching(/is number 101 of project northwind-mail.*Declare `verified: true`/),
    ]);
    expect(await against(external, ...many.slice(1))).toEqual([]);
    expect(await against({ ...external, verified: true }, ...many)).toEqual([]);
  });

  test("has an authorised domain above the environment's", () => {
    expect(life.failures({ ...INPUTS, authorizedDomain: "northwind.example" })).toEqual([
      expect.stringContaining("the redirect URI of the environment https://contoso.crm.dynamics.com is not below it"),
    ]);
    expect(life.failures({ ...INPUTS, authorizedDomain: "dynamics.com" })).toEqual([]);
  });
});

describe("the project of a client", () => {
  test("is told from another by its number, and that is no failure", async () => {
    await life.create({ ...INPUTS, projectNumber: "999999999999" });
    expect(checks()).toContainEqual(
      expect.objectContaining({ id: "project", status: "unknown", code: "PROJECT_OTHER" }),
    );
    expect(life.problems).toEqual([]);
    expect(life.logs).toEqual([
      expect.stringContaining(
        "the client id begins with 123456789012, and the number of the project northwind-mail is 999999999999",
      ),
    ]);
    expect(await life.update({ ...INPUTS, projectNumber: "123456789012" })).toBe("update");
    expect(checks()).toContainEqual({ id: "project", status: "ok" });
  });

  test("says its number by itself where a GoogleProject is declared, at the preview already", async () => {
    for (const known of sandbox.world.google.projects) known.number = "999999999999";
    const credentials = pipelineCredentials(sandbox, "pipeline@northwind.iam.gserviceaccount.com");
    // The library of Google reads the process's own environment.
    for (const [name, value] of Object.entries(credentials)) vi.stubEnv(name, value);
    const project = await life.beside("GoogleProject");
    await project.preview({ projectId: "northwind-mail" });
    await life.preview(INPUTS);
    expect(life.logs).toEqual([expect.stringContaining("the number of the project northwind-mail is 999999999999")]);
    life.nextRun();
    await project.create({ projectId: "northwind-mail" });
    await life.create(INPUTS);
    expect(checks()).toContainEqual(expect.objectContaining({ id: "project", code: "PROJECT_OTHER" }));
  });
});
