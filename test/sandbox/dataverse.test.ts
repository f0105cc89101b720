import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Dataverse } from "../../provider/dataverse/dataverse.ts";
import { entraTokens } from "../../provider/dataverse/entra.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID, APPLICATION_SECRET, ENVIRONMENT_URL, TENANT_ID } from "../../sandbox/world/northwind.ts";
import { signingInAs } from "../support/identity.ts";
import { administer, mailboxRow, testSandbox } from "../support/sandbox.ts";

interface Answer {
  readonly status: number;
  readonly body: {
    readonly error?: { readonly code: string; readonly message: string };
    readonly [name: string]: unknown;
  };
}

let sandbox: Sandbox;
let network: Network;
let tokens: (deadline: Deadline) => Promise<string>;

beforeAll(async () => {
  sandbox = await testSandbox({ extraUsers: 120 });
  network = new Network({}, { ...sandbox.environment });
  tokens = entraTokens(
    signingInAs(
      { tenantId: TENANT_ID, clientId: APPLICATION_ID, clientSecret: APPLICATION_SECRET },
      "https://login.microsoftonline.com",
      `${ENVIRONMENT_URL}/.default`,
    ),
    network,
  );
  return () => network.close();
});

const soon = () => Deadline.after(10_000);

async function send(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const { status, text } = await network.request(
    {
      effect: "writes",
      method,
      url: `${ENVIRONMENT_URL}/api/data/v9.2/${path}`,
      headers: { authorization: `Bearer ${await tokens(soon())}`, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    soon(),
  );
  return { status, body: text ? JSON.parse(text) : {} };
}

const anna = () => String(mailboxRow(sandbox, "anna@northwind.example")["mailboxid"]);
const support = () => String(mailboxRow(sandbox, "support@northwind.example")["mailboxid"]);

const GMAIL = {
  name: "Gmail",
  servertype: 4,
  incomingcredentialretrieval: 5,
  outgoingcredentialretrieval: 5,
  incomingserverlocation: "imap.gmail.com",
  incomingportnumber: 993,
  outgoingserverlocation: "smtp.gmail.com",
  outgoingportnumber: 587,
  usesamesettingsforoutgoingconnections: false,
  oauthclientid: "id",
};

describe("the sandbox's Dataverse refuses, with the service's own codes,", () => {
  beforeEach(() =>
    administer(sandbox, "set-behaviour", "dataverse", { approval: "works", administrationMode: "false" }),
  );

  const mailbox = (id: () => string, body: Record<string, unknown>) => () =>
    send("PATCH", `mailboxes(${id()})`, body, { "if-match": "*" });
  const profile = (body: Record<string, unknown>) => () => send("POST", "emailserverprofiles", { ...GMAIL, ...body });

  test.each<[string, () => Promise<Answer>, number, string]>([
    ["an unknown column", mailbox(anna, { colour: "red" }), 400, "0x80048d19"],
    ["a wrong type", mailbox(anna, { incomingemaildeliverymethod: "2" }), 400, "0x80048d19"],
    ["a value outside the options", mailbox(anna, { incomingemaildeliverymethod: 9 }), 400, "0x8004431a"],
    ["a number out of range", profile({ maxconcurrentconnections: 301 }), 400, "0x8004432f"],
    ["a text too long", profile({ name: "x".repeat(101) }), 400, "0x80044331"],
    ["a wrong type where nothing can be written", mailbox(anna, { createdon: 2026 }), 400, "0x80048d19"],
    ["null for what the system requires", mailbox(anna, { name: null }), 400, "0x80040200"],
    ["a lookup in the wrong case", mailbox(anna, { "EmailServerProfile@odata.bind": null }), 400, "0x80048d19"],
    [
      "a link to a row that is not there",
      mailbox(anna, { "emailserverprofile@odata.bind": "/emailserverprofiles(00000000-0000-4000-8000-000000000000)" }),
      404,
      "0x80040217",
    ],
    ["a property that cannot be selected", () => send("GET", "mailboxes?$select=colour"), 400, "0x80060888"],
    ["a filter that is none", () => send("GET", "mailboxes?$filter=name%20is%20Anna"), 400, "0x80060888"],
    ["a table that it does not have", () => send("GET", "accounts"), 404, "0x80060888"],
    [
      "a row that is not there",
      () => send("GET", "mailboxes(00000000-0000-4000-8000-000000000000)"),
      404,
      "0x80040217",
    ],
    [
      "another address for a user's mailbox",
      mailbox(anna, { emailaddress: "other@northwind.example" }),
      400,
      "0x8005e208",
    ],
    ["deleting a user's mailbox", () => send("DELETE", `mailboxes(${anna()})`), 400, "0x8005e200"],
    ["deleting a user's mail", mailbox(anna, { processanddeleteemails: true }), 400, "0x8005e233"],
    ["Outlook for a queue", mailbox(support, { incomingemaildeliverymethod: 1 }), 400, "0x8005e210"],
    ["a profile without TLS", profile({ incomingusessl: false }), 400, "0x8005e201"],
    ["a profile with Windows authentication", profile({ incomingcredentialretrieval: 3 }), 400, "0x8005e202"],
    [
      "other outgoing settings while the same are to be used",
      profile({ usesamesettingsforoutgoingconnections: true }),
      400,
      "0x8005e238",
    ],
    [
      "an old version",
      () =>
        send(
          "PATCH",
          `mailboxes(${anna()})`,
          { description: "x", incomingemaildeliverymethod: 2 },
          { "if-match": 'W/"1"' },
        ),
      412,
      "0x80060882",
    ],
  ])("%s", async (_, request, status, code) => {
    const answer = await request();
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  test("who has no token, or another's", async () => {
    const { status } = await network.request(
      { effect: "reads", method: "GET", url: `${ENVIRONMENT_URL}/api/data/v9.2/WhoAmI` },
      soon(),
    );
    expect(status).toBe(401);
  });

  test("Test & Enable in administration mode", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { administrationMode: "true" });
    const answer = await mailbox(anna, { testemailconfigurationscheduled: true })();
    expect(answer.body.error?.code).toBe("0x8005e257");
  });

  test("an approval that only others may give; and can accept one in silence that has no effect", async () => {
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "denied" });
    expect((await mailbox(support, { emailrouteraccessapproval: 1 })()).body.error?.code).toBe("0x8009000b");
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "silent" });
    expect((await mailbox(support, { emailrouteraccessapproval: 1 })()).status).toBe(204);
    expect(mailboxRow(sandbox, "support@northwind.example")["emailrouteraccessapproval"]).toBe(0);
  });
});

describe("the sandbox's Dataverse answers", () => {
  test("filters, order, pages and counts", async () => {
    const page = await send(
      "GET",
      "mailboxes?$select=emailaddress&$orderby=emailaddress desc&$filter=startswith(emailaddress,'USER')&$count=true",
      undefined,
      {
        prefer: "odata.maxpagesize=50",
      },
    );
    expect(page.body["@odata.count"]).toBe(120);
    const value = page.body["value"];
    expect(Array.isArray(value) && value.length).toBe(50);
    expect(Array.isArray(value) && value[0].emailaddress).toBe("user0120@northwind.example");
    const next = String(page.body["@odata.nextLink"]).replace(`${ENVIRONMENT_URL}/api/data/v9.2/`, "");
    const second = (await send("GET", next, undefined, { prefer: "odata.maxpagesize=50" })).body["value"];
    expect(Array.isArray(second) && second[0].emailaddress).toBe("user0070@northwind.example");
  });

  test.each([
    ["emailaddress eq 'anna@northwind.example'", 1],
    ["not (emailaddress eq 'anna@northwind.example') and contains(emailaddress,'double')", 2],
    ["isoauthrefreshtokenset eq false", 1],
    ["name eq 'O''Neill'", 0],
    ["_emailserverprofile_value eq null and startswith(name,'Anna')", 1],
    ["testmailboxaccesscompletedon lt 2000-01-01T00:00:00Z and (name eq 'Sales' or name eq 'Support')", 2],
  ])("the filter %s with %i rows", async (filter, count) => {
    const { body } = await send("GET", `mailboxes?$filter=${encodeURIComponent(filter)}`);
    expect(body["value"]).toHaveLength(count);
  });

  test("write-only columns as null, and their shadows as set", async () => {
    const created = await send(
      "POST",
      "emailserverprofiles",
      { ...GMAIL, oauthclientsecret: "never-seen-again" },
      { prefer: "return=representation" },
    );
    expect(created).toMatchObject({
      status: 201,
      body: { oauthclientsecret: null, isoauthclientsecretset: true, maxconcurrentconnections: null },
    });
    expect(JSON.stringify(sandbox.requests)).not.toContain("never-seen-again");
  });

  test("a deleted profile by taking it out of every lookup, whoever deleted it", async () => {
    const profile = await send(
      "POST",
      "emailserverprofiles",
      { ...GMAIL, name: "Short-lived" },
      { prefer: "return=representation" },
    );
    const link = `/emailserverprofiles(${profile.body["emailserverprofileid"]})`;
    const organization = sandbox.world.dataverse.rows["organizations"]?.[0];
    const bound = { "defaultemailserverprofileid@odata.bind": link };
    expect(
      (await send("PATCH", `organizations(${organization?.["organizationid"]})`, bound, { "if-match": "*" })).status,
    ).toBe(204);
    expect(organization?.["_defaultemailserverprofileid_value"]).toBe(profile.body["emailserverprofileid"]);
    await administer(sandbox, "delete-profile", "Short-lived");
    expect(organization?.["_defaultemailserverprofileid_value"]).toBeNull();
  });

  test("a PATCH without If-Match as an upsert, and with it not", async () => {
    const id = "00000000-0000-4000-8000-00000000abcd";
    expect((await send("PATCH", `emailserverprofiles(${id})`, GMAIL, { "if-match": "*" })).status).toBe(404);
    expect((await send("PATCH", `emailserverprofiles(${id})`, GMAIL)).status).toBe(204);
    expect((await send("POST", "emailserverprofiles", { ...GMAIL, emailserverprofileid: id })).body.error?.code).toBe(
      "0x80040237",
    );
    expect((await send("DELETE", `emailserverprofiles(${id})`)).status).toBe(204);
    expect((await send("DELETE", `emailserverprofiles(${id})`)).status).toBe(404);
  });
});

describe("our Dataverse client", () => {
  test("reads 130 mailboxes by a few requests, and waits when it is throttled", async () => {
    const dataverse = new Dataverse({ environmentUrl: ENVIRONMENT_URL, tokens, network });
    const ids = (sandbox.world.dataverse.rows["mailboxes"] ?? []).map((row) => String(row["mailboxid"]));
    sandbox.addFault({
      service: "dataverse",
      times: 2,
      effect: {
        status: 429,
        headers: { "retry-after": "0" },
        body: { error: { code: "0x80072322", message: "slow down" } },
      },
    });
    const since = sandbox.requests.length;
    const rows = await Promise.all(ids.map((id) => dataverse.retrieve("mailboxes", id, soon())));
    expect(rows.map((row) => row?.mailboxid)).toEqual(ids);
    expect(sandbox.requests.length - since).toBeLessThan(8);
  });
});
