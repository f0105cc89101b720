import { beforeAll, describe, expect, test } from "vitest";
import type { Code } from "../../provider/codes/codes.ts";
import {
  activationOf,
  change,
  DORA,
  INPUTS,
  life,
  PROFILE,
  profile,
  profileRow,
  row,
  sandbox,
  tests,
  undo,
  undone,
} from "../support/activation.ts";
import { lifeOf } from "../support/life.ts";
import { changeRow, rowWhere, writes } from "../support/sandbox.ts";

const SUPPORT = "support@northwind.example";

describe("what was good is tested again", () => {
  beforeAll(async () => {
    await life.create(INPUTS);
  });

  test("with every update when it is declared so", async () => {
    const always = { ...INPUTS, retest: "always" };
    const since = sandbox.requests.length;
    for (let round = 1; round <= 2; round++) {
      expect(await life.update(always)).toBe("update");
      expect(tests(since)).toBe(round);
    }
    await life.update(INPUTS);
  });

  test("when a trigger is another", async () => {
    const since = sandbox.requests.length;
    expect(await life.update({ ...INPUTS, triggers: { again: "yes" } })).toBe("update");
    expect(tests(since)).toBe(1);
    await life.update(INPUTS);
  });

  test.each([
    ["its email server profile", () => change(profileRow(), { outgoingportnumber: 465 })],
    ["the mailbox", () => change(row(), { emailaddress: DORA.toUpperCase() })],
  ])("when %s has changed in Dynamics, which is told", async (what, by) => {
    by();
    await life.refresh();
    expect(life.problems).toEqual([]);
    expect(life.changes(INPUTS)).toEqual(["due"]);
    expect(life.logs.at(-1)).toMatch(new RegExp(`^info: .* is tested again: ${what} has changed since it was tested`));
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(await life.update(INPUTS)).toBe("nothing");
    undo();
    await life.update(INPUTS);
  });

  test("when this run writes another client secret, as its preview says, or an earlier run did", async () => {
    const secret = "GOCSPX-sandbox-secret-second-00000";
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: secret, enabled: true });
    profile.nextRun();
    await profile.refresh();
    await life.refresh();
    expect(life.changes(INPUTS)).toEqual([]);
    await profile.preview({ ...PROFILE, oauthClientSecret: secret });
    expect(life.changes(INPUTS)).toEqual(["due"]);
    await profile.update({ ...PROFILE, oauthClientSecret: secret });
    // Cut off here: the next run starts with what the state says.
    profile.nextRun();
    await profile.refresh();
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(await life.update(INPUTS)).toBe("nothing");
  });

  test("not when the profile gets another description, here or in Dynamics", async () => {
    await profile.refresh();
    expect(await profile.update({ ...profile.inputs, description: "something else" })).toBe("update");
    expect(await life.update(INPUTS)).toBe("nothing");
    change(profileRow(), { description: "something else again" });
    expect(await life.update(INPUTS)).toBe("nothing");
  });

  test("when the profile of another stack has changed in Dynamics", async () => {
    const alone = await lifeOf("MailboxActivation", sandbox);
    await alone.create(INPUTS);
    expect(await alone.update(INPUTS)).toBe("nothing");
    change(profileRow(), { outgoingportnumber: 465 });
    const since = sandbox.requests.length;
    expect(await alone.update(INPUTS)).toBe("update");
    expect(alone.logs.at(-1)).toContain("is tested again: its email server profile has changed");
    expect(tests(since)).toBe(1);
    expect(await alone.update(INPUTS)).toBe("nothing");
    undo();
    await life.update(INPUTS);
  });

  test("when this run switches a direction on, as its preview says", async () => {
    const mailbox = await profile.beside("Mailbox");
    const both = { emailAddress: DORA, profileId: profile.id };
    await mailbox.create({ ...both, outgoingEmailDeliveryMethod: "none" });
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.outputs).toMatchObject({ status: "success", directions: ["incoming"] });
    profile.nextRun();
    await life.refresh();
    await mailbox.refresh();
    expect(life.changes(INPUTS)).toEqual([]);
    await mailbox.preview(both);
    expect(life.changes(INPUTS)).toEqual(["due"]);
    const since = sandbox.requests.length;
    await mailbox.update(both);
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(life.outputs).toMatchObject({ status: "success", directions: ["incoming", "outgoing"] });
    expect(await life.update(INPUTS)).toBe("nothing");
  });
});

const exchange = () =>
  rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;

/** What somebody changes, and the code that is seen of it, without and with a new test. */
const CHANGES: Readonly<Partial<Record<Code, () => unknown>>> = {
  PROFILE_MISSING: () => change(row(), { _emailserverprofile_value: null }),
  PROFILE_OTHER: () => change(row(), { _emailserverprofile_value: exchange() }),
  PROFILE_INACTIVE: () => change(profileRow(), { statecode: 1, statuscode: 2 }),
  PROFILE_NOT_GMAIL: () => change(profileRow(), { incomingcredentialretrieval: 0 }),
  OAUTH_CLIENT_MISSING: () => change(profileRow(), { oauthclientid: null }),
  CLIENT_DELETED: () => {
    const [client] = sandbox.world.google.clients;
    const become = (state: string) => {
      Object.assign(client ?? {}, { state });
      // A run asks Google once about a client.
      profile.nextRun();
    };
    become("deleted");
    undone.push(() => become("active"));
  },
  MAILBOX_INACTIVE: () => change(row(), { statecode: 1, statuscode: 2 }),
  DELIVERY_OFF: () => change(row(), { incomingemaildeliverymethod: 0, outgoingemaildeliverymethod: 0 }),
  ACT_NOT_NONE: () => change(row(), { actdeliverymethod: 0 }),
  USER_DISABLED: () => {
    change(rowWhere(sandbox, "systemusers", "internalemailaddress", DORA), { isdisabled: true });
    change(row(), { statecode: 1, statuscode: 2 });
  },
  NOT_APPROVED: () => change(row(), { emailrouteraccessapproval: 0 }),
  NOT_SIGNED_IN: () => change(row(), { oauthrefreshtoken: null }),
};

describe("what keeps a mailbox from working", () => {
  beforeAll(async () => {
    await life.update(INPUTS);
  });

  test.each(Object.entries(CHANGES))("%s shows without a test, is kept, and heals", async (code, by) => {
    by();
    const since = sandbox.requests.length;
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringContaining(`(${code})`));
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([expect.stringContaining(`(${code})`)]);
    expect(life.outputs["status"]).toBe("failure");
    // A permanent error there would disable the mailbox at once.
    expect(writes(sandbox, since)).toEqual([]);

    undo();
    await life.refresh();
    expect(life.problems).toEqual([]);
    expect(life.outputs).toMatchObject({ status: "notTested", due: expect.stringContaining("nothing is in the way") });
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
    expect(tests(since)).toBe(1);
  });

  test("a client that was deleted names the page that restores it", async () => {
    CHANGES.CLIENT_DELETED?.();
    await life.refresh();
    expect(life.problems.join("\n")).toContain(
      "https://console.cloud.google.com/apis/credentials/deleted?project=123456789012",
    );
    undo();
    await life.update(INPUTS);
  });

  test("a secret that is missing at the profile shows like a client that is", async () => {
    change(profileRow(), { oauthclientsecret: null });
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringMatching(/no OAuth client secret.*\(OAUTH_CLIENT_MISSING\)/));
    undo();
    await life.update(INPUTS);
  });

  test.each([
    ["TEST_FAILED", { outgoingemailstatus: 2 }],
    ["NOT_RUN", { incomingemailstatus: 0 }],
    ["DELIVERY_SWITCHED_OFF", { outgoingemaildeliverymethod: 0 }],
    ["TEST_RUNNING", { testemailconfigurationscheduled: true }],
  ])("%s shows when Dynamics later says so", async (code, cells) => {
    change(row(), cells);
    await life.refresh();
    expect(life.problems).toContainEqual(expect.stringContaining(`(${code})`));
    expect(life.outputs["status"]).not.toBe("success");
    undo();
    expect(await life.update(INPUTS)).not.toBe("replace");
    expect(life.outputs["status"]).toBe("success");
  });

  test.each([
    ["user", DORA, "requireapprovalforuseremail"],
    ["queue", SUPPORT, "requireapprovalforqueueemail"],
  ])("a %s needs no approval where the organisation asks none of its kind", async (_, address, column) => {
    const organization = rowWhere(sandbox, "organizations", "name", "Contoso");
    const { activation, inputs } = await activationOf(address);
    change(row(address), { emailrouteraccessapproval: 0 });
    change(organization, { requireapprovalforuseremail: true, requireapprovalforqueueemail: true, [column]: false });
    await activation.create(inputs);
    expect(activation.problems).toEqual([]);
    changeRow(sandbox, organization, {
      requireapprovalforuseremail: false,
      requireapprovalforqueueemail: false,
      [column]: true,
    });
    await activation.refresh();
    expect(activation.problems).toContainEqual(expect.stringContaining("(NOT_APPROVED)"));
  });
});
