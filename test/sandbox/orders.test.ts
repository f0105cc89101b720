import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MailboxTokens } from "../../provider/google/mailbox-token.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { serviceAccountKey } from "../../sandbox/google/service-account-key.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID, APPLICATION_SECRET } from "../../sandbox/world/northwind.ts";
import { administer, atEnd, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";
import { type Send, webApi } from "../support/web-api.ts";

const ANNA = "anna@northwind.example";
const SALES = "sales@northwind.example";

let sandbox: Sandbox;
let send: Send;
beforeAll(async () => {
  sandbox = await testSandbox();
});
beforeEach(async () => {
  await administer(sandbox, "reset", "");
  send = await webApi(sandbox);
});

function boxes(address: string): number {
  return (sandbox.world.dataverse.rows["mailboxes"] ?? []).filter((row) => row["emailaddress"] === address).length;
}

describe("users and queues", () => {
  test("come with a mailbox and an account", async () => {
    await administer(sandbox, "add-user", "emma@northwind.example", { name: "Emma Falk" });
    await administer(sandbox, "add-queue", "returns@northwind.example", { name: "Returns", account: "false" });
    const user = rowWhere(sandbox, "systemusers", "internalemailaddress", "emma@northwind.example");
    expect(mailboxRow(sandbox, "emma@northwind.example")).toMatchObject({
      mailboxid: user["_defaultmailbox_value"],
      _regardingobjectid_value: user["systemuserid"],
      regardingobjecttypecode: "systemuser",
      statecode: 0,
    });
    expect(boxes("returns@northwind.example")).toBe(1);
    const accounts = sandbox.world.google.accounts.map(({ address }) => address);
    expect(accounts).toContain("emma@northwind.example");
    expect(accounts).not.toContain("returns@northwind.example");
    await expect(administer(sandbox, "add-user", ANNA, { name: "Anna" })).rejects.toThrow(/already/);
  });

  test.each([
    ["user", ANNA, "by the administrator", undefined],
    ["queue", SALES, "by the administrator", undefined],
    ["user", ANNA, "by the Web API", { set: "systemusers", key: "internalemailaddress", id: "systemuserid" }],
    ["queue", SALES, "by the Web API", { set: "queues", key: "emailaddress", id: "queueid" }],
  ])(
    "a %s of another address (%s) keeps the mailbox, %s, which has to be approved again",
    async (kind, address, _, api) => {
      const before = mailboxRow(sandbox, address);
      Object.assign(before, { emailrouteraccessapproval: 1, incomingemailstatus: 1, enabledforincomingemail: true });
      const version = Number(before["versionnumber"]);
      if (api) {
        const row = rowWhere(sandbox, api.set, api.key, address);
        expect((await send("PATCH", `${api.set}(${row[api.id]})`, { [api.key]: `new.${address}` })).status).toBe(204);
      } else await administer(sandbox, `rename-${kind}`, address, { to: `new.${address}` });
      const after = mailboxRow(sandbox, `new.${address}`);
      expect(after).toMatchObject({
        mailboxid: before["mailboxid"],
        emailrouteraccessapproval: 2,
        incomingemailstatus: 0,
        enabledforincomingemail: false,
      });
      expect(Number(after["versionnumber"])).toBeGreaterThan(version);
      expect(boxes(address)).toBe(0);
    },
  );

  test("of another address need no approval where the organisation asks for none", async () => {
    Object.assign(mailboxRow(sandbox, ANNA), { emailrouteraccessapproval: 1 });
    await administer(sandbox, "set-organization", "Contoso", { requireapprovalforuseremail: "false" });
    await administer(sandbox, "rename-user", ANNA, { to: "new@northwind.example" });
    expect(mailboxRow(sandbox, "new@northwind.example")["emailrouteraccessapproval"]).toBe(1);
  });

  test.each([
    ["user", ANNA],
    ["queue", SALES],
  ])("a disabled %s has an inactive mailbox, which nobody can activate", async (kind, address) => {
    await administer(sandbox, `disable-${kind}`, address);
    expect(mailboxRow(sandbox, address)).toMatchObject({ statecode: 1, statuscode: 2 });
    await expect(administer(sandbox, "set-mailbox", address, { statecode: "0", statuscode: "1" })).rejects.toThrow(
      "0x8005e230",
    );
    await administer(sandbox, `enable-${kind}`, address);
    expect(mailboxRow(sandbox, address)).toMatchObject({ statecode: 0, statuscode: 1 });
  });

  test("that are deleted take their mailboxes along, a user only when disabled", async () => {
    await administer(sandbox, "delete-queue", SALES);
    expect(boxes(SALES)).toBe(0);
    await expect(administer(sandbox, "delete-user", ANNA)).rejects.toThrow(/disable the user first/);
    expect(boxes(ANNA)).toBe(1);
    await administer(sandbox, "disable-user", ANNA);
    await administer(sandbox, "delete-user", ANNA);
    expect(boxes(ANNA)).toBe(0);
    await expect(administer(sandbox, "delete-user", ANNA)).rejects.toThrow(/no user/);
    await expect(administer(sandbox, "delete-mailbox", "bert@northwind.example")).rejects.toThrow("0x8005e200");
  });
});

/** What Google says to a refresh of anna's token with the secret. */
async function refresh(clientId: string, secret: string): Promise<number> {
  const network = new Network({}, { ...sandbox.environment });
  const token = { grant_type: "refresh_token", refresh_token: "1//sandbox-refresh-token-of-anna" };
  const body = new URLSearchParams({ ...token, client_id: clientId, client_secret: secret }).toString();
  const url = "https://oauth2.googleapis.com/token";
  const { status } = await network.request({ effect: "signs-in", method: "POST", url, body }, Deadline.after(5000));
  await network.close();
  return status;
}

describe("projects, clients and secrets", () => {
  test("a new client has a secret of its own, and the addresses that the environment needs", async () => {
    await administer(sandbox, "add-project", "northwind-mail-2", { audience: "external" });
    await administer(sandbox, "add-client", "northwind-mail-2", { name: "south" });
    const client = sandbox.world.google.clients.find(({ projectId }) => projectId === "northwind-mail-2");
    expect(client).toMatchObject({
      name: "south",
      redirectUris: ["https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx"],
    });
    expect(client?.secrets.length).toBe(1);
    await expect(administer(sandbox, "add-project", "northwind-mail-2")).rejects.toThrow(/already/);
    await expect(administer(sandbox, "add-project", "No")).rejects.toThrow(/no project id/);
  });

  test("a client has room for two secrets; the old one is disabled, then deleted", async () => {
    await administer(sandbox, "add-secret", SEED_CLIENT_ID, { value: "GOCSPX-sandbox-the-second-1111" });
    await expect(administer(sandbox, "add-secret", SEED_CLIENT_ID)).rejects.toThrow(/no third/);
    await expect(administer(sandbox, "delete-secret", SEED_CLIENT_ID, { secret: "0000" })).rejects.toThrow(
      /disable it first/,
    );
    expect(await refresh(SEED_CLIENT_ID, SEED_CLIENT_SECRET)).toBe(200);
    await administer(sandbox, "disable-secret", SEED_CLIENT_ID, { secret: "0000" });
    expect(await refresh(SEED_CLIENT_ID, SEED_CLIENT_SECRET)).toBe(401);
    await administer(sandbox, "delete-secret", SEED_CLIENT_ID, { secret: "0000" });
    expect(sandbox.world.google.clients[0]?.secrets.map(({ value }) => value)).toEqual([
      "GOCSPX-sandbox-the-second-1111",
    ]);
  });

  test("Entra's secrets come and go, and cannot be switched", async () => {
    await administer(sandbox, "add-secret", APPLICATION_ID, { value: "sandbox-next" });
    expect(sandbox.world.entra.applications[0]?.secrets.map(({ value }) => value)).toEqual([
      APPLICATION_SECRET,
      "sandbox-next",
    ]);
    await expect(administer(sandbox, "disable-secret", APPLICATION_ID, { secret: "next" })).rejects.toThrow(
      /cannot be switched/,
    );
    await administer(sandbox, "delete-secret", APPLICATION_ID, { secret: APPLICATION_SECRET });
    expect(sandbox.world.entra.applications[0]?.secrets).toEqual([{ value: "sandbox-next", endsAt: null }]);
  });

  test("a project that is suspended or deleted takes its clients along", async () => {
    const state = () => sandbox.world.google.clients[0]?.state;
    await administer(sandbox, "disable-project", "northwind-mail");
    expect(state()).toBe("disabled");
    await administer(sandbox, "enable-project", "northwind-mail");
    expect(state()).toBe("active");
    await administer(sandbox, "delete-project", "northwind-mail");
    expect([state(), sandbox.world.google.projects[0]?.state]).toEqual(["deleted", "DELETE_REQUESTED"]);
  });

  test("an account that is renamed keeps its consents, and the old address as an alias", async () => {
    await administer(sandbox, "rename-account", ANNA, { to: "new@northwind.example" });
    const account = sandbox.world.google.accounts.find(({ address }) => address === "new@northwind.example");
    expect(account?.aliases).toEqual([ANNA]);
    expect(sandbox.world.google.grants.some(({ address }) => address === "new@northwind.example")).toBe(true);
    expect(sandbox.world.google.grants.some(({ address }) => address === ANNA)).toBe(false);
  });

  test("a token of an account opens it for mail", async () => {
    await administer(sandbox, "add-token", ANNA);
    const { tokens } = sandbox.world.google;
    expect(tokens.at(-1)).toMatchObject({
      token: expect.stringMatching(/^ya29\./),
      address: ANNA,
      scope: "https://mail.google.com/",
    });
    await expect(administer(sandbox, "add-token", "nobody@northwind.example")).rejects.toThrow(/account/);
  });

  test("the policy of an organisational unit stands above the user's switch", async () => {
    const imap = () => sandbox.world.google.accounts.find(({ address }) => address === ANNA)?.imap;
    await administer(sandbox, "set-unit", "/Sales", { imap: "false" });
    await administer(sandbox, "set-account", ANNA, { unit: "/Sales" });
    expect(imap()).toBe("off-by-admin");
    await administer(sandbox, "set-unit", "/Sales", { imap: "true" });
    expect(imap()).toBe("on");
    await expect(administer(sandbox, "set-account", ANNA, { unit: "/Nowhere" })).rejects.toThrow(
      /no organisational unit/,
    );
  });
});

describe("an order", () => {
  test.each<[string, string, Record<string, string>, RegExp]>([
    ["set-behaviour", "dataverse", { requestLimit: "" }, /requestLimit must be a whole number/],
    ["set-behaviour", "dataverse", {}, /nothing to change is given/],
    ["set-account", ANNA, { imap: "" }, /imap must be one of on, off-by-user/],
    ["set-client", SEED_CLIENT_ID, { secret: "" }, /secret must not be empty/],
    ["set-client", SEED_CLIENT_ID, { name: "x" }, /there is no name to set; known are state, secret, redirectUris/],
    ["set-project", "northwind-mail", {}, /nothing to change/],
    ["set-mailbox", ANNA, {}, /nothing to change is given: COLUMN=VALUE/],
    ["add-user", "emma@northwind.example", {}, /name=TEXT is missing/],
    ["add-user", "", { name: "Emma" }, /<address> is missing/],
    ["add-user", "emma", { name: "Emma" }, /must be an email address/],
    ["give-role", "Nobody", { to: APPLICATION_ID }, /no role Nobody/],
    ["add-role", "New", { privileges: "prvReadEmailServerProfile:Basic" }, /can be held at Global, not/],
    ["add-role", "New", { privileges: "prvReadMail:Global" }, /there is no privilege prvReadMail/],
    ["reset", "everything", {}, /everything.* is not expected/],
  ])("%s %s with %o is refused and changes nothing", async (action, target, values, message) => {
    const before = JSON.stringify(sandbox.world);
    await expect(administer(sandbox, action, target, values)).rejects.toThrow(message);
    expect(JSON.stringify(sandbox.world)).toBe(before);
  });

  test("reset takes everything back: world, clock, behaviour, faults and the record", async () => {
    await administer(sandbox, "add-user", "emma@northwind.example", { name: "Emma" });
    await administer(sandbox, "move-clock", "8");
    await administer(sandbox, "set-behaviour", "dataverse", { approval: "silent", requestLimit: "1" });
    await administer(sandbox, "fault", "dataverse", { status: "503", times: "1000" });
    await administer(sandbox, "reset", "");
    expect(sandbox.requests).toEqual([]);
    expect(boxes("emma@northwind.example")).toBe(0);
    expect(sandbox.world.google.clockOffsetMs).toBe(0);
    expect(sandbox.world.dataverse.behaviour).toEqual({
      approval: "works",
      administrationMode: false,
      requestLimit: null,
      pollIntervalSeconds: 300,
    });
    expect((await (await webApi(sandbox))("GET", "WhoAmI")).status).toBe(200);
  });

  test("reset leaves a key valid that a shell holds, also of a service account that was deleted meanwhile", async () => {
    const [account] = sandbox.world.google.serviceAccounts;
    if (!account) throw new Error("the world has no service account");
    const credential = { serviceAccountKey: JSON.stringify(serviceAccountKey(account)) };
    const network = new Network({}, { ...sandbox.environment });
    atEnd(() => network.close());
    const token = () => new MailboxTokens(network).get(ANNA, credential, Deadline.after(10_000));
    await administer(sandbox, "delete-service-account", account.email);
    await expect(token()).rejects.toThrow("account not found");
    for (const round of [1, 2]) {
      await administer(sandbox, "reset", "");
      expect([round, await token()]).toEqual([round, expect.stringMatching(/^ya29\./)]);
    }
  });
});
