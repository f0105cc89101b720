import { beforeAll, describe, expect, test } from "vitest";
import type { Services } from "../../provider/host/configuration.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { pageOf } from "../../provider/plugin/pages.ts";
import { learn, mask } from "../../provider/redaction/secrets.ts";
import type { Context } from "../../provider/resource/context.ts";
import type { Listed } from "../../provider/resource/listing.ts";
import { functions, listingOf } from "../../provider/resources/registry.ts";
import type { Tree, Value } from "../../provider/values.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { configured } from "../support/configured.ts";
import { atEnd, changeRow, gmailProfile, mailboxRow, readyCells, testSandbox, writes } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";

describe("functions and lists", () => {
  let sandbox: Sandbox;
  let services: Services;
  let profile: Row;

  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: 20 });
    services = configured(sandbox.environment);
    atEnd(() => services.network.close());
    profile = gmailProfile(sandbox);
    changeRow(sandbox, mailboxRow(sandbox, ANNA), {
      ...readyCells(profile),
      incomingemailstatus: 1,
      outgoingemailstatus: 1,
    });
  });

  const context = (): Context => ({
    ...services,
    urn: "",
    deadline: Deadline.after(30_000),
    finishing: Deadline.after(30_000),
    log: () => {},
    progress: () => {},
  });

  async function call(name: string, given: Tree = {}): Promise<Tree> {
    const wanted = (await functions()).find(({ definition }) => definition.name === name);
    const answer = await wanted?.call(given, context());
    if (!answer || "failures" in answer) throw new Error(JSON.stringify(answer));
    return answer.result;
  }

  async function list(name: string, given: Tree = {}): Promise<readonly Listed[]> {
    const listed = await (await listingOf(name))?.list(given, context());
    if (!listed || "failures" in listed) throw new Error(JSON.stringify(listed));
    return listed.items;
  }

  const addresses = (value: Value | undefined) =>
    Array.isArray(value) ? value.map((one) => Reflect.get(Object(one), "emailAddress")) : [];

  test("a mailbox is found by address and by id, and says how it is, in nothing but reads", async () => {
    const since = sandbox.requests.length;
    const anna = await call("getMailbox", { emailAddress: "ANNA@northwind.example" });
    expect(anna).toMatchObject({
      emailAddress: ANNA,
      kind: "user",
      profileId: profile["emailserverprofileid"],
      incomingEmailDeliveryMethod: "serverSideSynchronization",
      approved: true,
      enabled: true,
      status: "success",
      webUrl: expect.stringContaining("etn=mailbox"),
    });
    const mailboxId = String(anna["mailboxId"]);
    expect(await call("getMailbox", { mailboxId: `{${mailboxId.toUpperCase()}}` })).toEqual(anna);
    expect(writes(sandbox, since)).toEqual([]);
    await expect(call("getMailbox")).rejects.toThrow("needs emailAddress or mailboxId");
    await expect(call("getMailbox", { emailAddress: "nobody@northwind.example" })).rejects.toMatchObject({
      kind: "not-found",
    });
    await expect(call("getMailbox", { mailboxId, kind: "queue" })).rejects.toMatchObject({ kind: "not-found" });
  });

  test("mailboxes are listed by every filter, and by all of them together", async () => {
    const all = addresses((await call("getMailboxes"))["mailboxes"]);
    expect(all.length).toBeGreaterThan(20);
    expect(all).toEqual(all.toSorted());
    const where = async (filters: Tree) => addresses((await call("getMailboxes", filters))["mailboxes"]);
    const profileId = String(profile["emailserverprofileid"]);
    for (const filters of [{ profileId }, { profile: String(profile["name"]) }, { status: "success" }]) {
      expect(await where(filters)).toEqual([ANNA]);
    }
    expect(await where({ domain: "NORTHWIND.example" })).toEqual(
      all.filter((one) => one.endsWith("@northwind.example")),
    );
    expect(await where({ domain: "northwind.exampl" })).toEqual([]);
    expect(await where({ kind: "queue" })).toContain("support@northwind.example");
    expect(await where({ kind: "queue" })).not.toContain(ANNA);
    expect([...(await where({ signedIn: true })), ...(await where({ signedIn: false }))].toSorted()).toEqual(all);
    expect([...(await where({ approved: true })), ...(await where({ approved: false }))].toSorted()).toEqual(all);
    expect(await where({ profileId, kind: "user", status: "failure" })).toEqual([]);
    await expect(where({ profile: "no such" })).rejects.toMatchObject({ kind: "not-found" });
    await expect(where({ status: "good" })).rejects.toThrow("status");
  });

  test("a client is found by its id whatever ids were given as secrets", async () => {
    learn("987654321098-other0other0other0.apps.googleusercontent.com");
    const { oauthclientid: oauthClientId } = profile;
    expect((await call("getEmailServerProfiles", { oauthClientId: String(oauthClientId) }))["profiles"]).toMatchObject([
      { oauthClientId },
    ]);
    expect(mask(`the client ${oauthClientId}`)).toBe(`the client ${oauthClientId}`);
  });

  test("profiles and the organization are looked up, and no secret is in them", async () => {
    const { name, emailserverprofileid: profileId } = profile;
    const one = await call("getEmailServerProfile", { name: String(name) });
    expect(one).toMatchObject({
      profileId,
      gmailByOauth: true,
      protocol: "imap",
      incomingServerLocation: "imap.gmail.com",
    });
    expect(await call("getEmailServerProfile", { profileId: String(profileId) })).toEqual(one);
    expect((await call("getEmailServerProfiles", { gmailByOauth: true }))["profiles"]).toEqual([one]);
    await expect(call("getEmailServerProfile", { name: "nobody's" })).rejects.toMatchObject({ kind: "not-found" });
    expect(await call("getOrganization")).toMatchObject({
      environmentUrl: services.environmentUrl,
      organizationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test("every resource lists what can be imported, by its import id", async () => {
    const mailboxes = await list("Mailbox", { kind: "user" });
    expect(mailboxes).toContainEqual({ id: mailboxRow(sandbox, ANNA)["mailboxid"], name: ANNA });
    expect(await list("MailboxActivation")).toEqual([{ id: mailboxRow(sandbox, ANNA)["mailboxid"], name: ANNA }]);
    expect(await list("EmailServerProfile")).toContainEqual({
      id: profile["emailserverprofileid"],
      name: profile["name"],
    });
    expect(await list("GoogleOAuthClient")).toEqual([{ id: profile["oauthclientid"], name: profile["name"] }]);
  });
});

test("pages hold everything once, in an order, whatever their size, and whatever comes and goes meanwhile", () => {
  const all = Array.from({ length: 25 }, (_, index) => ({ id: `id-${index % 7}-${index}`, name: `Name ${index % 5}` }));
  for (const pageSize of [1, 7, 24, 25, 26, 0]) {
    const seen: string[] = [];
    let continuation = "";
    do {
      const page = pageOf(all.toReversed(), { limit: 0, pageSize, continuation });
      seen.push(...page.items.map(({ id }) => id));
      continuation = page.continuation;
    } while (continuation !== "");
    expect(seen.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
  }
  const first = pageOf(all, { limit: 3, pageSize: 10, continuation: "" });
  expect(first.items).toHaveLength(3);
  const without = all.filter(({ id }) => id !== first.items[1]?.id);
  const second = pageOf(without, { limit: 0, pageSize: 0, continuation: first.continuation });
  expect(second.items).toHaveLength(22);
  expect(pageOf(all, { limit: 0, pageSize: 2, continuation: "not one of ours" }).items).toHaveLength(2);
});
