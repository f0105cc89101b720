import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { buildWorld } from "../../sandbox/world/build.ts";
import { examine } from "../../sandbox/world/examine.ts";
import { readWorldFile } from "../../sandbox/world/read.ts";
import type { World } from "../../sandbox/world.ts";
import { worldSchema } from "../../scripts/generate/world-schema.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const WORLDS = join(import.meta.dirname, "..", "..", "examples", "worlds");

function built(file: string): World {
  return buildWorld(readWorldFile(file, examine));
}

function written(text: string): string {
  const file = join(temporaryDirectory(), "world.yaml");
  writeFileSync(file, text);
  return file;
}

/** Why a file cannot be used. */
function refusalOf(file: string): string {
  try {
    built(file);
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  throw new Error("the file was taken");
}

function mailbox({ dataverse }: World, address: string) {
  return dataverse.rows["mailboxes"]?.find((row) => row["emailaddress"] === address);
}

describe("a world.yaml", () => {
  test("of ten lines makes 258 mailboxes and three projects with a client each", () => {
    const file = join(WORLDS, "mailboxes-250.yaml");
    expect(readFileSync(file, "utf8").trim().split("\n").length).toBeLessThanOrEqual(10);
    const { dataverse, google } = built(file);
    const mailboxes = dataverse.rows["mailboxes"] ?? [];
    expect(mailboxes.length).toBe(258);
    expect(new Set(mailboxes.map((row) => row["mailboxid"])).size).toBe(258);
    expect(mailboxes.filter((row) => row["regardingobjecttypecode"] === "queue").length).toBe(35);
    expect(mailboxes.at(222)?.["emailaddress"]).toBe("user223@northwind.example");
    expect(google.accounts.length).toBe(258);
    expect(google.projects.map(({ projectId, app }) => [projectId, app?.audience, app?.verified])).toEqual(
      [1, 2, 3].map((number) => [`northwind-mail-${number}`, "external", false]),
    );
    expect(new Set(google.clients.map(({ clientId }) => clientId)).size).toBe(3);
  });

  test("gives mailboxes, users and accounts their pasts", () => {
    const world = built(join(WORLDS, "brownfield.yaml"));
    expect(mailbox(world, "working3@southwind.example")).toMatchObject({
      incomingemaildeliverymethod: 2,
      emailrouteraccessapproval: 1,
      incomingemailstatus: 1,
      enabledforoutgoingemail: true,
      oauthrefreshtoken: "1//sandbox-refresh-token-of-working3@southwind.example-for-210000000000",
    });
    expect(mailbox(world, "gone@southwind.example")).toMatchObject({ statecode: 1, statuscode: 2 });
    expect(mailbox(world, "support@southwind.example")).toMatchObject({
      incomingemailstatus: 2,
      outgoingemailstatus: 0,
      processanddeleteemails: true,
    });
    expect(mailbox(world, "all@southwind.example")).toMatchObject({ isforwardmailbox: true });
    const [organization] = world.dataverse.rows["organizations"] ?? [];
    const [profile] = world.dataverse.rows["emailserverprofiles"] ?? [];
    expect(organization).toMatchObject({
      _defaultemailserverprofileid_value: profile?.["emailserverprofileid"],
      requireapprovalforqueueemail: false,
    });
    expect(world.google.accounts.find(({ address }) => address === "working5@southwind.example")?.imap).toBe(
      "off-by-admin",
    );
    expect(world.google.clients[0]?.secrets.map(({ enabled }) => enabled)).toEqual([true, false]);
    expect(world.google.grants.every(({ endsAt }) => endsAt !== undefined)).toBe(true);
    expect(world.entra.applications.map(({ name }) => name)).toEqual(["pipeline", "audit", "no role yet"]);
  });

  test("knows by what applications may sign in, and what platforms say of their jobs", () => {
    const subject = "repo:southwind/mail:environment:production";
    const { entra, pipelines } = built(
      written(`
environment: {tenantDomains: [southwind.example]}
applications:
  - {name: old, secrets: [lasting, {value: over, endsInDays: -1}]}
  - {name: pipeline, secrets: [], federatedCredentials: [{issuer: "https://gitlab.com", subject: other}]}
pipelines: {github: {subject: "${subject}", claims: {environment: production}}}`),
    );
    const [old, pipeline] = entra.applications;
    expect(entra.domains).toEqual(["southwind.example"]);
    expect(old?.secrets.map(({ endsAt }) => endsAt !== null && endsAt < Date.now())).toEqual([false, true]);
    expect(old?.federatedCredentials).toContainEqual({
      issuer: "https://token.actions.githubusercontent.com",
      subject,
      audience: "api://AzureADTokenExchange",
    });
    expect(pipeline?.federatedCredentials.map((known) => known.subject)).toEqual(["other"]);
    expect(pipelines.github.claims).toMatchObject({ repository: "northwind/mail", environment: "production" });
  });

  test("has ids of its own for each environment, the same ones each time", () => {
    const ids = (url: string) => {
      const { dataverse, entra } = built(
        written(`environment: {url: "${url}"}\nusers: [{name: A, address: a@a.example}]`),
      );
      const [organization] = dataverse.rows["organizations"] ?? [];
      const [box] = dataverse.rows["mailboxes"] ?? [];
      return [organization?.["organizationid"], box?.["mailboxid"], entra.tenantId, entra.applications[0]?.clientId];
    };
    const [one, again, other] = ["https://a.example", "https://a.example", "https://b.example"].map(ids);
    expect(one).toEqual(again);
    for (const [index, id] of (one ?? []).entries()) expect(id).not.toBe(other?.[index]);
  });

  test.each(readdirSync(WORLDS).filter((name) => name.endsWith(".yaml")))("%s is good, for editors, too", (name) => {
    expect(() => built(join(WORLDS, name))).not.toThrow();
    const validate = new Ajv({ allowUnionTypes: true }).compile(worldSchema());
    expect(validate(parse(readFileSync(join(WORLDS, name), "utf8"))), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each([
    ["environment: {pollIntervalSeconds: 20}", 20],
    ["environment: {pollIntervalSeconds: 0}", 0],
    ["environment: {name: Fabrikam}", 300],
  ])("says how often mail is fetched: %s", (text, seconds) => {
    expect(built(written(text)).dataverse.behaviour.pollIntervalSeconds).toBe(seconds);
  });

  test("counts the nearest repeat around it", () => {
    const { google } = built(
      written(
        "projects:\n  - {repeat: 2, projectId: 'mail-%02d', clients: [{repeat: 2, name: 'n%d'}, {name: 'last-%d'}]}",
      ),
    );
    expect(google.clients.map(({ projectId, name }) => `${projectId} ${name}`)).toEqual([
      "mail-01 n1",
      "mail-01 n2",
      "mail-01 last-1",
      "mail-02 n1",
      "mail-02 n2",
      "mail-02 last-2",
    ]);
  });

  test("knows when the token of who has signed in ended, and of nobody else", () => {
    const world = built(join(WORLDS, "brownfield.yaml"));
    const ended = String(mailbox(world, "working3@southwind.example")?.["oauthtokenexpireson"]);
    expect(ended).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    expect(Date.parse(ended)).toBeLessThan(Date.now());
    expect(mailbox(world, "gone@southwind.example")).toMatchObject({ oauthtokenexpireson: null });
    const given = 'users: [{name: A, address: a@a.example, columns: {oauthtokenexpireson: "2026-01-31T00:00:00Z"}}]';
    expect(mailbox(built(written(given)), "a@a.example")).toMatchObject({
      oauthtokenexpireson: "2026-01-31T00:00:00Z",
    });
  });

  test.each<[string, string, RegExp]>([
    [
      "a name that nobody knows",
      "users:\n  - name: A\n    adress: a@a.example",
      /world\.yaml:3:5: users\[0\]\.adress: there is no such property; known are repeat, name, address/,
    ],
    [
      "a form",
      "users:\n  - {name: A, address: nobody}",
      /world\.yaml:2:24: users\[0\]\.address: must be an email address in lower case/,
    ],
    ["something that is missing", "queues:\n  - address: a@a.example", /world\.yaml:2:5: queues\[0\]: name is missing/],
    [
      "a word that is none of the words",
      "users:\n  - {name: A, address: a@a.example, approval: yes please}",
      /:2:47: users\[0\]\.approval: must be one of empty, approved/,
    ],
    [
      "a third secret",
      'projects: [{projectId: mail-1, clients: [{secrets: [{value: "1"}, {value: "2"}, {value: "3"}]}]}]',
      /clients\[0\]\.secrets: must not have more than 2 items/,
    ],
    [
      "a profile that is not there",
      "users:\n  - {name: A, address: a@a.example, profile: Gmail}",
      /:2:46: users\[0\]\.profile: there is no profile Gmail; there is none/,
    ],
    [
      "a repeat that does not count",
      "users:\n  - {repeat: 2, name: A, address: a@a.example}",
      /:2:5: users\[0\]: a@a\.example is there twice; where an entry is repeated, its %d counts/,
    ],
    [
      "an address that is there twice",
      "users:\n  - {name: A, address: a@a.example}\n  - {name: B, address: a@a.example}",
      /:3:5: users\[1\]: a@a\.example is there twice/,
    ],
    [
      "a column that is not there",
      "users:\n  - {name: A, address: a@a.example, columns: {nosuch: 1}}",
      /:2:\d+: users\[0\]\.columns\.nosuch: mailboxes has no column nosuch/,
    ],
    [
      "a depth that a privilege cannot have",
      "roles:\n  - name: R\n    privileges: {prvReadEmailServerProfile: Basic}",
      /:3:45: .*must be one of Global/,
    ],
    [
      "a sign-in without a client",
      "users:\n  - {name: A, address: a@a.example, signedIn: true}",
      /:2:47: users\[0\]\.signedIn: nobody can have signed in/,
    ],
    [
      "a repeat without end",
      "users:\n  - {repeat: 1000000, name: A, address: a@a.example}",
      /:2:14: users\[0\]\.repeat: must be <= 10000/,
    ],
    ["what is no YAML", "users: [", /world\.yaml:1:\d+: /],
    ["a list", "- users", /world\.yaml:1:1: must be object/],
  ])("is refused for %s, with line and column", (_, text, message) => {
    expect(() => built(written(text))).toThrow(message);
  });

  describe.each([
    ["looks like a secret", "GOCSPX-planted00000000000000000000", "…"],
    ["hides a secret from who looks for it", "GOCSPX-plan\\u200Bted00000000000000000000", "…"],
    ["drives a terminal", "\\e[2J\\u202Eplanted\\nhello", " [2J planted hello"],
  ])("shows no name that %s:", (_, name, expected) => {
    test.each([
      ["of a property", `users: [{name: A, address: a@a.example, "${name}": 1}]`],
      ["at the top", `"${name}": 1`],
      ["of a column", `users: [{name: A, address: a@a.example, columns: {"${name}": 1}}]`],
      ["of a profile", `users: [{name: A, address: a@a.example, profile: "${name}"}]`],
      ["there twice", `profiles: [{name: "${name}"}, {name: "${name}"}]`],
      [
        "of those that there are",
        `profiles: [{name: "${name}"}]\nusers: [{name: A, address: a@a.example, profile: B}]`,
      ],
    ])("%s", (_, text) => {
      const message = refusalOf(written(text));
      expect(message).toContain(expected);
      expect(message).not.toMatch(/GOCSPX|[^\P{Cc}]|\p{Cf}/u);
    });
  });

  test.each(["a: *planted", "planted: planted: planted", "!planted a: [", "a: |planted\n b"])(
    "quotes nothing of a file that cannot be read: %s",
    (text) => {
      const message = refusalOf(written(text));
      expect(message).toMatch(/world\.yaml:\d+:\d+: \w{3,}/);
      expect(message).not.toContain("planted");
    },
  );

  test("says a mistake of a repeated entry once", () => {
    const text = "users:\n  - {repeat: 250, name: A, address: 'a%d@a.example', profile: Nobody}";
    const message = refusalOf(written(text));
    expect(message.split("\n").length).toBe(1);
    expect(message).toContain("there is no profile Nobody");
  });

  test.runIf(process.platform === "linux").each([
    ["/dev/zero", "it is no regular file"],
    // A regular file to all who ask, of no size, which never ends.
    ["/proc/self/pagemap", "it has more than 256 MiB"],
  ])("that has no end is read no further than it may be: %s", (file, said) => {
    expect(() => built(file)).toThrow(`${file} cannot be read: ${said}`);
  });

  test("that is not there is told", () => {
    expect(() => built("/nowhere/world.yaml")).toThrow(/world\.yaml cannot be read/);
  });
});
