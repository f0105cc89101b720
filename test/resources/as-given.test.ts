import { beforeAll, describe, expect, test } from "vitest";
import { check } from "../../provider/dynamic/operations.ts";
import type { Tree } from "../../provider/values.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";

const ANNA = "anna@northwind.example";
const PROFILE = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
const FORM = "a client id: <number>-<letters and digits>.apps.googleusercontent.com";
const DOWNLOAD = {
  web: { client_id: SEED_CLIENT_ID, project_id: "northwind-mail", client_secret: SEED_CLIENT_SECRET },
};

let sandbox: Sandbox;
let profile: Life;
let mailbox: Life;
let activation: Life;
let google: Life;

beforeAll(async () => {
  sandbox = await testSandbox();
  profile = await lifeOf("EmailServerProfile", sandbox);
  await profile.create(PROFILE);
  mailbox = await profile.beside("Mailbox");
  activation = await profile.beside("MailboxActivation");
  google = await profile.beside("GoogleOAuthClient");
});

/** How people have an id at hand. */
const SPELLINGS: readonly [string, (id: string) => string][] = [
  ["in capital letters", (id) => id.toUpperCase()],
  ["in braces", (id) => `{${id.toUpperCase()}}`],
  ["without hyphens", (id) => id.replaceAll("-", "")],
  [
    "as the URL of its page",
    (id) => `https://contoso.crm.dynamics.com/main.aspx?etn=mailbox&id=%7b${id}%7d&pagetype=entityrecord`,
  ],
];

describe("an id in another spelling", () => {
  const inputs = (spell: (id: string) => string, id = profile.id) => ({ emailAddress: ANNA, profileId: spell(id) });

  test.each(SPELLINGS)("is the same id %s, and no change", async (_, spell) => {
    const fresh = await profile.beside("Mailbox");
    await fresh.create(inputs(spell));
    expect(fresh.inputs["profileId"]).toBe(profile.id);
    expect(mailboxRow(sandbox, ANNA)["_emailserverprofile_value"]).toBe(profile.id);
    const since = sandbox.requests.length;
    for (const [, other] of SPELLINGS) expect(await fresh.update(inputs(other))).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
    const mailboxId = (spelled: (id: string) => string) => ({ ...inputs((id) => id), mailboxId: spelled(fresh.id) });
    await fresh.update(mailboxId((id) => id));
    for (const [, other] of SPELLINGS) expect(await fresh.update(mailboxId(other))).toBe("nothing");
  });

  test.each(SPELLINGS)("is imported when it is given %s", async (_, spell) => {
    const mailboxId = String(mailboxRow(sandbox, ANNA)["mailboxid"]);
    for (const [life, id] of [
      [await profile.beside("EmailServerProfile"), profile.id],
      [mailbox, mailboxId],
      [activation, mailboxId],
    ] as const) {
      expect(await life.import(spell(id))).toBe(true);
      expect(life.id).toBe(id);
    }
  });

  test("is in a state that has it in capital letters, and no change there", async () => {
    const fresh = await profile.beside("MailboxActivation");
    await fresh.import(mailbox.id);
    fresh.declared({ ...fresh.inputs, mailboxId: mailbox.id.toUpperCase(), profileId: profile.id.toUpperCase() });
    expect(fresh.changes({ mailboxId: mailbox.id, profileId: `{${profile.id}}` })).toEqual([]);
  });
});

describe("what Pulumi YAML has decoded", () => {
  const given = (more: Tree) => ({ projectId: "northwind-mail", ...more });

  test.each<[string, Tree[string]]>([
    ["a text", JSON.stringify(DOWNLOAD)],
    ["a text with a byte order mark", `\uFEFF${JSON.stringify(DOWNLOAD)}`],
    ["the object that it was made of", DOWNLOAD],
  ])("the console's download is taken as %s", async (_, credentialsJson) => {
    const fresh = await profile.beside("GoogleOAuthClient");
    await fresh.create(given({ credentialsJson }));
    expect(fresh.inputs).toMatchObject({ clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET });
    expect(fresh.inputs["credentialsJson"]).toBeTypeOf("string");
    expect(await fresh.update(given({ credentialsJson: JSON.stringify(DOWNLOAD) }))).not.toBe("replace");
    expect(await fresh.update(given({ credentialsJson: DOWNLOAD }))).toBe("nothing");
  });

  test("a service account's key is taken as text, as its object, and in place of the credential", () => {
    const { keyFile } = newServiceAccount("mail@northwind.iam.gserviceaccount.com", "104200000000000000000");
    const key = JSON.parse(keyFile);
    const id = mailboxRow(sandbox, ANNA)["mailboxid"];
    for (const credential of [{ serviceAccountKey: keyFile }, { serviceAccountKey: key }, key, keyFile])
      expect(activation.failures({ mailboxId: String(id), credential })).toEqual([]);
    expect(activation.failures({ mailboxId: String(id), credential: { ...key, private_key: "planted" } })).toEqual([
      expect.stringMatching(/^credential cannot be used: serviceAccountKey: private_key cannot be read(?!.*planted)/),
    ]);
  });

  test("digits are text where text is meant, and a number where a number is", async () => {
    expect(google.failures(given({ clientId: 123456789012, clientSecret: 123456789012 }))).toEqual([]);
    const fresh = await profile.beside("EmailServerProfile");
    expect(fresh.failures({ ...PROFILE, name: 2026, description: 7, incomingPort: "993" })).toEqual([]);
  });

  test.each<[string, Tree, string[]]>([
    [
      "a project's number",
      { projectId: 123456789012 },
      [expect.stringMatching(/^projectId must be a project id: .*not the project's name or number/)],
    ],
    [
      "more digits than a number keeps",
      { clientSecret: 2 ** 53 },
      [expect.stringMatching(/^clientSecret must be a client secret.*: write it in quotes, as a number does not keep/)],
    ],
    ["a truth value for a text", { verifyTimeout: true }, [expect.stringMatching(/^verifyTimeout must be /)]],
    [
      "off, which is a text since YAML 1.2",
      { verified: "off" },
      ["verified must be a boolean: write true or false (YAML 1.2 does not know `off`)"],
    ],
    ["true in quotes", { verified: "true" }, ["verified must be a boolean: write true or false without quotes"]],
  ])("%s is refused in words", (_, wrong, says) => {
    const client = { clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
    expect(google.failures({ ...given(client), ...wrong })).toEqual(says);
  });

  test("is the same for dynamic resources", async () => {
    const news = { projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
    const { inputs, failures } = await check(
      "GoogleOAuthClient",
      undefined,
      {},
      { ...news, credentialsJson: DOWNLOAD },
    );
    expect(failures).toEqual([]);
    expect(inputs).toMatchObject({ credentialsJson: JSON.stringify(DOWNLOAD) });
    const wrong = { ...news, projectId: 123456789012 };
    expect((await check("GoogleOAuthClient", undefined, {}, wrong)).failures).toMatchObject([
      { reason: expect.stringContaining("projectId must be a project id") },
    ]);
  });
});

describe("a profile's client", () => {
  test.each<[string, string, string]>([
    ["a blank before the id", ` ${SEED_CLIENT_ID}`, `${FORM}; this one has a blank (U+0020) at its beginning`],
    ["a line end behind the id", `${SEED_CLIENT_ID}\n`, `${FORM}; this one has a line end (U+000A) at its end`],
    ["a no-break space", `${SEED_CLIENT_ID}\u00a0`, `${FORM}; this one has a no-break space (U+00A0) at its end`],
    ["a URL", `http://${SEED_CLIENT_ID}`, `${FORM}; this one has another form`],
    ["another kind of id", "my-client", `${FORM}; this one has another form`],
    ["two ids", `${SEED_CLIENT_ID},${SEED_CLIENT_ID}`, `${FORM}; this one has another form`],
  ])("is refused by its form, as a GoogleOAuthClient's is: %s", (_, id, says) => {
    expect(profile.failures({ ...PROFILE, oauthClientId: id })).toEqual([`oauthClientId must be ${says}`]);
    const client = { projectId: "northwind-mail", clientId: id, clientSecret: SEED_CLIENT_SECRET };
    expect(google.failures(client)).toEqual([`clientId must be ${says}`]);
  });

  test.each([`${SEED_CLIENT_SECRET}\n`, ` ${SEED_CLIENT_SECRET}`, "", "GOCSPX"])(
    "is refused with a secret that Google gives nobody, which is not shown: %j",
    (oauthClientSecret) => {
      const told = profile.failures({ ...PROFILE, oauthClientSecret });
      expect(told).toEqual([
        expect.stringMatching(/^oauthClientSecret must be a client secret without spaces or line ends/),
      ]);
      expect(told.join()).not.toContain(SEED_CLIENT_SECRET);
    },
  );

  test("is imported in whatever form somebody has given it", async () => {
    const row = rowWhere(sandbox, "emailserverprofiles", "emailserverprofileid", profile.id);
    const before = row["oauthclientid"];
    row["oauthclientid"] = "my-client ";
    row["owneremailaddress"] = "the administrators";
    const imported = await profile.beside("EmailServerProfile");
    expect(await imported.import(profile.id)).toBe(true);
    expect(imported.inputs).toMatchObject({ oauthClientId: "my-client ", ownerEmailAddress: "the administrators" });
    expect(imported.changes(PROFILE).toSorted()).toEqual(["oauthClientId", "oauthClientSecret", "ownerEmailAddress"]);
    row["oauthclientid"] = before ?? null;
    row["owneremailaddress"] = null;
  });
});
