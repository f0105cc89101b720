import { beforeAll, describe, expect, test } from "vitest";
import { fixedColumns } from "../../provider/resources/email-server-profile/columns.ts";
import { emailServerProfile } from "../../provider/resources/email-server-profile/definition.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { cellsOf, type Drift, testDrift } from "../support/drift.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { administer, changeRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";

const INPUTS = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
const EVERYTHING = {
  ...INPUTS,
  description: "For Gmail",
  protocol: "imap",
  incomingServerLocation: "mail.northwind.example",
  incomingPort: 1993,
  outgoingServerLocation: "relay.northwind.example",
  outgoingPort: 465,
  defaultForNewMailboxes: true,
  enabled: true,
  minPollingIntervalInMinutes: 5,
  maxConcurrentConnections: 7,
  processEmailsReceivedAfter: "2026-01-31T00:00:00Z",
  moveUndeliveredEmails: true,
  sendEmailAlert: true,
  timeoutMailboxConnection: false,
  timeoutMailboxConnectionAfterAmount: 90_000,
  encodingCodePage: "utf-8",
  ownerEmailAddress: "admin@northwind.example",
};

let sandbox: Sandbox;
let life: Life;
const profiles = () => sandbox.world.dataverse.rows["emailserverprofiles"] ?? [];
const row = () => rowWhere(sandbox, "emailserverprofiles", "emailserverprofileid", life.id);
const organization = () => rowWhere(sandbox, "organizations", "name", "Contoso");
const exchange = () => rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");
const setDefault = (id: Row[string] | undefined) =>
  changeRow(sandbox, organization(), { _defaultemailserverprofileid_value: id ?? null });
const chosenDefault = () => organization()["_defaultemailserverprofileid_value"];

beforeAll(async () => {
  sandbox = await testSandbox();
  life = await lifeOf("EmailServerProfile", sandbox);
});

describe("a profile", () => {
  test("is previewed with the id that it will have, and nothing is written", async () => {
    const { profileId } = await life.preview(INPUTS);
    expect(writes(sandbox)).toEqual([]);
    await life.create(INPUTS);
    expect(life.id).toBe(profileId);
  });

  test("is one for Gmail by OAuth, with Gmail's servers and TLS", () => {
    expect(row()).toMatchObject({
      name: "Gmail",
      servertype: 4,
      incomingcredentialretrieval: 5,
      outgoingcredentialretrieval: 5,
      incomingserverlocation: "imap.gmail.com",
      incomingportnumber: 993,
      incomingusessl: true,
      outgoingserverlocation: "smtp.gmail.com",
      outgoingportnumber: 587,
      outgoingusessl: true,
      useautodiscover: false,
      usesamesettingsforoutgoingconnections: false,
      oauthclientid: SEED_CLIENT_ID,
      oauthclientsecret: SEED_CLIENT_SECRET,
      statecode: 0,
    });
    expect(life.outputs).toMatchObject({ profileId: life.id, oauthClientSecretSet: true });
    expect(life.problems).toEqual([]);
  });

  test("is left alone while it is as declared", async () => {
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("gets what changes, and nothing else is written", async () => {
    const since = sandbox.requests.length;
    expect(await life.update({ ...INPUTS, description: "Mail of Northwind" })).toBe("update");
    expect(writes(sandbox, since)).toEqual([
      `PATCH emailserverprofiles(${life.id}) {"description":"Mail of Northwind"}`,
    ]);
  });

  test("moves to Gmail's other servers with another protocol", async () => {
    await life.update({ ...INPUTS, protocol: "pop3" });
    expect(row()).toMatchObject({
      servertype: 1,
      incomingserverlocation: "pop.gmail.com",
      incomingportnumber: 995,
      outgoingserverlocation: "smtp.gmail.com",
      description: null,
    });
  });

  test("has another revision when mailboxes have to be tested again, and only then", async () => {
    await life.update(INPUTS);
    const { revision } = life.outputs;
    await life.update({ ...INPUTS, sendEmailAlert: true });
    expect(life.outputs["revision"]).toBe(revision);
    await life.update({ ...INPUTS, outgoingPort: 465 });
    const { revision: moved } = life.outputs;
    expect(moved).not.toBe(revision);
    await life.update({ ...INPUTS, outgoingPort: 465, oauthClientSecret: "GOCSPX-another-secret-0001" });
    expect(life.outputs["revision"]).not.toBe(moved);
    expect(row()["oauthclientsecret"]).toBe("GOCSPX-another-secret-0001");
  });

  test("that is disabled is kept so", async () => {
    await life.update({ ...INPUTS, enabled: false });
    expect(row()).toMatchObject({ statecode: 1, statuscode: 2 });
    expect(await life.update({ ...INPUTS, enabled: false })).toBe("nothing");
  });

  test("has every option as it is declared", async () => {
    setDefault(exchange()["emailserverprofileid"]);
    await life.update(EVERYTHING);
    expect(row()).toMatchObject({
      description: "For Gmail",
      incomingserverlocation: "mail.northwind.example",
      incomingportnumber: 1993,
      outgoingserverlocation: "relay.northwind.example",
      outgoingportnumber: 465,
      statecode: 0,
      minpollingintervalinminutes: 5,
      maxconcurrentconnections: 7,
      processemailsreceivedafter: "2026-01-31T00:00:00Z",
      moveundeliveredemails: true,
      sendemailalert: true,
      timeoutmailboxconnection: false,
      timeoutmailboxconnectionafteramount: 90_000,
      encodingcodepage: "utf-8",
      owneremailaddress: "admin@northwind.example",
    });
    expect(chosenDefault()).toBe(life.id);
    expect(life.outputs["previousDefaultProfileId"]).toBe(exchange()["emailserverprofileid"]);
  });
});

describe("a profile that is none", () => {
  test.each([
    [{ incomingPort: 65_536 }, /^incomingPort /],
    [{ outgoingServerLocation: "smtp.gmail.com:587" }, /^outgoingServerLocation must be a host name such as imap/],
    [{ processEmailsReceivedAfter: "2026-01-31" }, /^processEmailsReceivedAfter must be a moment in UTC such as/],
    [{ protocol: "smtp" }, /^protocol must be one of imap, pop3/],
  ])("is refused by its property: %j", (wrong, says) => {
    expect(life.failures({ ...INPUTS, ...wrong })).toEqual([expect.stringMatching(says)]);
  });
});

describe("drift of a profile", () => {
  const column = (name: string, cell: Row[string], seen: Drift["seen"] = cell ?? undefined): Drift => ({
    by: () => changeRow(sandbox, row(), { [name]: cell }),
    seen,
  });

  testDrift({
    definition: emailServerProfile,
    life: () => life,
    inputs: () => EVERYTHING,
    live: () => ({ ...cellsOf(row()), isDefault: chosenDefault() === life.id }),
    drifts: {
      name: column("name", "Gmail changed"),
      description: column("description", null),
      protocol: column("servertype", 1, "pop3"),
      oauthClientId: column("oauthclientid", "somebody-else"),
      oauthClientSecret: column("oauthclientsecret", null),
      incomingServerLocation: column("incomingserverlocation", "imap.example.com"),
      incomingPort: column("incomingportnumber", 143),
      outgoingServerLocation: column("outgoingserverlocation", "smtp.example.com"),
      outgoingPort: column("outgoingportnumber", 25),
      defaultForNewMailboxes: { by: () => setDefault(null), seen: false },
      enabled: {
        by: () => changeRow(sandbox, row(), { statecode: 1, statuscode: 2 }),
        seen: false,
      },
      minPollingIntervalInMinutes: column("minpollingintervalinminutes", 7),
      maxConcurrentConnections: column("maxconcurrentconnections", null),
      processEmailsReceivedAfter: column("processemailsreceivedafter", "2025-01-31T00:00:00Z"),
      moveUndeliveredEmails: column("moveundeliveredemails", false),
      sendEmailAlert: column("sendemailalert", false),
      timeoutMailboxConnection: column("timeoutmailboxconnection", true),
      timeoutMailboxConnectionAfterAmount: column("timeoutmailboxconnectionafteramount", 1),
      encodingCodePage: column("encodingcodepage", null),
      ownerEmailAddress: column("owneremailaddress", "else@northwind.example"),
    },
  });

  test.each(Object.entries(fixedColumns))(
    "in %s is a problem, as no property says it, and heals",
    async (name, cell) => {
      changeRow(sandbox, row(), { [name]: typeof cell === "boolean" ? !cell : 0 });
      await life.refresh();
      expect(life.changes(EVERYTHING)).toEqual([]);
      expect(life.problems).toEqual([expect.stringContaining(`${name} should be ${cell}`)]);
      expect(await life.update(EVERYTHING)).toBe("update");
      expect(row()[name]).toBe(cell);
      expect(life.problems).toEqual([]);
    },
  );

  test("of what the program leaves open is nobody's business", async () => {
    await life.update(INPUTS);
    changeRow(sandbox, row(), { description: "a note", maxconcurrentconnections: 3 });
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
  });
});

describe("what the program no longer declares", () => {
  test("goes back to the service's default, and the organisation to its profile", async () => {
    setDefault(exchange()["emailserverprofileid"]);
    await life.update(EVERYTHING);
    await life.update(INPUTS);
    expect(row()).toMatchObject({
      description: null,
      incomingserverlocation: "imap.gmail.com",
      incomingportnumber: 993,
      outgoingserverlocation: "smtp.gmail.com",
      outgoingportnumber: 587,
      minpollingintervalinminutes: null,
      maxconcurrentconnections: null,
      processemailsreceivedafter: null,
      moveundeliveredemails: false,
      sendemailalert: false,
      timeoutmailboxconnection: true,
      timeoutmailboxconnectionafteramount: null,
      encodingcodepage: null,
      owneremailaddress: null,
    });
    expect(chosenDefault()).toBe(exchange()["emailserverprofileid"]);
    expect(life.outputs).not.toHaveProperty("previousDefaultProfileId");
  });
});

describe("a profile that went away", () => {
  test("is created again, with the same id", async () => {
    const { id } = life;
    await administer(sandbox, "delete-profile", "Gmail");
    await life.refresh();
    expect(life.exists).toBe(false);
    await life.create(INPUTS);
    expect(life.id).toBe(id);
    await administer(sandbox, "delete-profile", "Gmail");
    expect(await life.update(INPUTS)).toBe("create");
  });

  test("may be destroyed", async () => {
    await administer(sandbox, "delete-profile", "Gmail");
    await life.destroy();
    expect(profiles().map(({ name }) => name)).toEqual(["Microsoft Exchange Online"]);
  });
});

describe("a profile whose creation got no answer", () => {
  test("is looked for at once instead of being created twice", async () => {
    sandbox.addFault({ service: "dataverse", method: "POST", times: 1, effect: "lost-answer" });
    await life.create({ ...INPUTS, description: "once" });
    expect(life.problems).toEqual([]);
    expect(profiles().filter(({ name }) => name === "Gmail")).toEqual([
      expect.objectContaining({ description: "once" }),
    ]);
    expect(await life.update({ ...INPUTS, description: "once" })).toBe("nothing");
  });
});

describe("a profile whose secret the state does not know", () => {
  const WRONG = { ...INPUTS, oauthClientSecret: "GOCSPX-mistyped" };
  const secretIn = (own: Sandbox) => rowWhere(own, "emailserverprofiles", "name", "Gmail")["oauthclientsecret"];

  test("gets the declared one where a run that was cut off has made it with another", async () => {
    const own = await testSandbox();
    await (await lifeOf("EmailServerProfile", own)).create(WRONG);
    const next = await lifeOf("EmailServerProfile", own);
    await next.create(INPUTS);
    expect(secretIn(own)).toBe(SEED_CLIENT_SECRET);
    expect(await next.update(INPUTS)).toBe("nothing");
  });

  test("gets back the one before where an update that was cut off has written another", async () => {
    const own = await testSandbox();
    const made = await lifeOf("EmailServerProfile", own);
    await made.create(INPUTS);
    const { inputs, outputs } = made;
    await made.update(WRONG);
    made.declared(inputs);
    made.wrote(outputs);
    made.nextRun();
    expect(await made.update(INPUTS)).toBe("update");
    expect(secretIn(own)).toBe(SEED_CLIENT_SECRET);
    expect(made.outputs["revision"]).not.toBe(outputs["revision"]);
    made.nextRun();
    expect(await made.update(INPUTS)).toBe("nothing");
  });
});

test("a profile has the secret that the state says where another one was refused", async () => {
  const own = await testSandbox();
  const made = await lifeOf("EmailServerProfile", own);
  await made.create(INPUTS);
  const effect = { status: 403, body: { error: { code: "0x80040220", message: "prvWriteEmailServerProfile" } } };
  const fault = own.addFault({ service: "dataverse", method: "PATCH", path: "emailserverprofiles", every: 1, effect });
  await expect(made.update({ ...INPUTS, oauthClientSecret: "GOCSPX-other" })).rejects.toThrow("prvWrite");
  fault.remove();
  made.nextRun();
  expect(await made.update(INPUTS)).toBe("nothing");
});

describe("a profile that could not be made", () => {
  const DENIED = {
    status: 403,
    body: { error: { code: "0x80048306", message: "missing prvCreateEmailServerProfile" } },
  };

  test("is none, where the service refused it", async () => {
    await life.destroy();
    sandbox.addFault({ service: "dataverse", method: "POST", times: 1, effect: DENIED });
    await expect(life.create(INPUTS)).rejects.toThrow("missing prvCreateEmailServerProfile");
    expect(life.exists).toBe(false);
  });

  test("or could, which nobody saw, is kept with the reason, and found by the next update", async () => {
    sandbox.addFault({ service: "dataverse", method: "POST", times: 1, effect: "lost-answer" });
    const blind = sandbox.addFault({ service: "dataverse", method: "GET", times: 100, effect: DENIED });
    await life.create(INPUTS);
    blind.remove();
    expect(life.problems).toEqual([expect.stringContaining("Whether it was created is seen by the next `pulumi up`")]);
    expect(row()["emailserverprofileid"]).toBe(life.id);
    // Which secret it has nobody saw.
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(profiles().filter(({ name }) => name === "Gmail")).toHaveLength(1);
  });
});

test.each([
  ["the organization cannot be asked for its default", "GET"],
  ["the default cannot be written", "PATCH"],
] as const)("a profile that was made is kept with the reason where %s", async (_, method) => {
  const own = await testSandbox();
  const made = await lifeOf("EmailServerProfile", own);
  const rows = () => own.world.dataverse.rows["emailserverprofiles"] ?? [];
  const effect = { status: 403, body: { error: { code: "0x80040220", message: "prvReadOrganization is missing" } } };
  const fault = own.addFault({ service: "dataverse", method, path: "organizations", every: 1, effect });
  await made.create({ ...INPUTS, defaultForNewMailboxes: true });
  fault.remove();
  expect(rows().map((one) => one["emailserverprofileid"])).toContain(made.id);
  expect(made.problems.join("\n")).toContain("prvReadOrganization");
  expect(await made.update({ ...INPUTS, defaultForNewMailboxes: true })).toBe("update");
  expect(made.problems).toEqual([]);
  await made.destroy();
  expect(rows()).toHaveLength(1);
});

describe("a profile that was made by hand", () => {
  test("is imported with what was set, and without what goes without saying", async () => {
    await life.update({ ...INPUTS, protocol: "pop3", outgoingPort: 465, sendEmailAlert: true });
    const imported = await lifeOf("EmailServerProfile", sandbox);
    expect(await imported.import(life.id)).toBe(true);
    expect(imported.inputs).toEqual({
      name: "Gmail",
      protocol: "pop3",
      oauthClientId: SEED_CLIENT_ID,
      outgoingPort: 465,
      sendEmailAlert: true,
      enabled: true,
      defaultForNewMailboxes: false,
    });
    const since = sandbox.requests.length;
    expect(await imported.update({ ...imported.inputs, oauthClientSecret: SEED_CLIENT_SECRET })).toBe("update");
    // Only the secret, which cannot be read.
    expect(writes(sandbox, since)).toEqual([`PATCH emailserverprofiles(${life.id}) {"oauthclientsecret":"***"}`]);
  });

  test("of another kind is imported as a problem", async () => {
    const imported = await lifeOf("EmailServerProfile", sandbox);
    expect(await imported.import(String(exchange()["emailserverprofileid"]))).toBe(true);
    expect(imported.problems).toEqual([expect.stringContaining("is no longer one for Gmail by OAuth 2.0")]);
  });

  test("that does not exist is not imported", async () => {
    const imported = await lifeOf("EmailServerProfile", sandbox);
    expect(await imported.import("00000000-0000-4000-8000-00000000dead")).toBe(false);
  });
});

describe("the default for new mailboxes", () => {
  const DEFAULT = { ...INPUTS, defaultForNewMailboxes: true };

  test("comes back when the profile is destroyed", async () => {
    setDefault(exchange()["emailserverprofileid"]);
    await life.update(DEFAULT);
    expect(chosenDefault()).toBe(life.id);
    await life.destroy();
    expect(chosenDefault()).toBe(exchange()["emailserverprofileid"]);
  });

  test("stays what somebody chose in the meantime", async () => {
    setDefault(null);
    await life.create(DEFAULT);
    setDefault(exchange()["emailserverprofileid"]);
    await life.destroy();
    expect(chosenDefault()).toBe(exchange()["emailserverprofileid"]);
  });

  test("is none where the one before has gone, too", async () => {
    await life.create(DEFAULT);
    expect(life.outputs["previousDefaultProfileId"]).toBe(exchange()["emailserverprofileid"]);
    await administer(sandbox, "delete-profile", "Microsoft Exchange Online");
    await life.destroy();
    expect(chosenDefault()).toBeNull();
  });
});
