import { beforeAll, describe, expect, test } from "vitest";
import { mailboxActivation } from "../../provider/resources/mailbox-activation/definition.ts";
import { properties } from "../../provider/schema/define.ts";
import { writeAlert } from "../../sandbox/alerts.ts";
import { takeRow } from "../../sandbox/orders/rows.ts";
import {
  activationOf,
  change,
  DORA,
  INPUTS,
  life,
  profile,
  row,
  sandbox,
  setAccount,
  step,
  steps,
  tests,
  undo,
} from "../support/activation.ts";
import { lifeOf } from "../support/life.ts";
import { administer, changeRow, writes } from "../support/sandbox.ts";

const CARL = "carl@northwind.example";
const NOBODY = "00000000-0000-4000-8000-00000000dead";

describe("an activation", () => {
  test("knows the address before, and a preview asks for no test", async () => {
    expect(await life.preview(INPUTS)).toEqual({ emailAddress: DORA });
    expect(life.failures({ mailboxId: "anna" })).toEqual(["mailboxId must be a GUID"]);
    await expect(life.preview({ mailboxId: NOBODY })).rejects.toThrow(`mailbox ${NOBODY} does not exist`);
    expect(tests()).toBe(0);
  });

  test("is green when success was seen for both directions", async () => {
    await life.create(INPUTS);
    expect(tests()).toBe(1);
    expect(life.id).toBe(row()["mailboxid"]);
    expect(life.problems).toEqual([]);
    expect(life.outputs).toMatchObject({
      emailAddress: DORA,
      status: "success",
      directions: ["incoming", "outgoing"],
      testedOn: expect.stringMatching(/^20/),
    });
    expect(steps().map(({ id, status, code }) => [id, code ?? status])).toEqual([
      ["profile", "ok"],
      ["oauthClient", "ok"],
      ["mailbox", "ok"],
      ["approval", "ok"],
      ["signIn", "ok"],
      ["imap", "NO_CREDENTIAL"],
      ["smtp", "NO_CREDENTIAL"],
      ["test", "ok"],
      ["incoming", "ok"],
      ["outgoing", "ok"],
      ["alerts", "ok"],
    ]);
    expect(step("imap")).toEqual({ id: "imap", status: "skipped", code: "NO_CREDENTIAL" });
    expect(row()).toMatchObject({ incomingemailstatus: 1, outgoingemailstatus: 1 });
  });

  test("is left alone while nothing has changed", async () => {
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("nothing");
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("waits for a test that runs already", async () => {
    const other = await profile.beside("MailboxActivation");
    await Promise.all([life.update({ ...INPUTS, triggers: { a: "0" } }), other.create(INPUTS)]);
    expect([life, other].map(({ outputs }) => outputs["status"])).toEqual(["success", "success"]);
    expect([...life.progress, ...other.progress]).toContain(`Test & Enable of ${DORA} is running`);
    await life.update(INPUTS);
  });

  test("of ten mailboxes side by side is looked at by requests that serve all of them", async () => {
    const names = Array.from({ length: 10 }, (_, index) => `user${String(index + 1).padStart(4, "0")}`);
    const made = await Promise.all(names.map((name) => activationOf(`${name}@northwind.example`)));
    const since = sandbox.requests.length;
    await Promise.all(made.map(({ activation, inputs }) => activation.create(inputs)));
    for (const { activation } of made) expect(activation.outputs["status"]).toBe("success");
    expect(tests(since)).toBe(made.length);
    const looks = sandbox.requests
      .slice(since)
      .filter(({ method, path }) => method === "GET" && /mailboxes/.test(path));
    // Once for whether they are ready, and once at least for whether the test has ended.
    expect(looks.length).toBeLessThan(made.length);
    expect(made[0]?.activation.progress.at(-1)).toMatch(/waiting for Dynamics, \d+ s \(\d+ of \d+ tested\)$/);
  });

  test("whose mailbox is deleted during its test has no test to join, and says that", async () => {
    const { activation, inputs } = await activationOf("user0009@northwind.example");
    const mine = row("user0009@northwind.example");
    changeRow(sandbox, mine, { testemailconfigurationscheduled: true });
    const going = activation.create(inputs);
    await expect.poll(() => activation.progress.length, { interval: 1 }).toBeGreaterThan(0);
    takeRow(sandbox.world, "mailboxes", mine);
    await expect(going).rejects.toThrow(
      /user0009@northwind\.example was deleted during its test\. It goes with its user/,
    );
    expect(activation.exists).toBe(false);
  });

  test("of a direction that is off looks at the other alone", async () => {
    change(row(), { outgoingemaildeliverymethod: 0 });
    const half = await profile.beside("MailboxActivation");
    await half.create(INPUTS);
    expect(half.outputs).toMatchObject({ status: "success", directions: ["incoming"] });
    expect(step("outgoing", half)).toEqual({ id: "outgoing", status: "skipped", code: "NOT_SWITCHED_ON" });
  });

  test("changes nothing when it is destroyed", async () => {
    const gone = await lifeOf("MailboxActivation", sandbox);
    await gone.import(life.id);
    const since = sandbox.requests.length;
    await gone.destroy();
    expect(sandbox.requests).toHaveLength(since);
  });

  test("is imported with what Dynamics shows, by the mailbox's id", async () => {
    const imported = await profile.beside("MailboxActivation");
    expect(await imported.import(life.id)).toBe(true);
    expect(imported.inputs).toEqual({ ...INPUTS, roundTrip: false, retest: "onChange" });
    expect(imported.outputs["status"]).toBe("success");
    expect(await imported.update(INPUTS)).toBe("nothing");
    expect(await imported.import(NOBODY)).toBe(false);
  });

  test("is no more when the mailbox went with its user", async () => {
    const { activation, inputs } = await activationOf("bert@northwind.example");
    await activation.create(inputs);
    const { rows } = sandbox.world.dataverse;
    rows["mailboxes"] = rows["mailboxes"]?.filter(({ mailboxid }) => mailboxid !== activation.id) ?? [];
    await activation.refresh();
    expect(activation.exists).toBe(false);
  });
});

test("nothing of an activation but when it is tested again depends on others", () => {
  // Each is the program's alone; that something has to be tested again is an output.
  const own = ["mailboxId", "profileId", "credential", "roundTrip", "waitForSignIn", "tolerate", "retest", "triggers"];
  expect(Object.keys(properties(mailboxActivation.inputs)).sort()).toEqual(own.sort());
});

test("a mailbox that somebody changes after this run has written it is judged as it is by then, and not tested", async () => {
  const { activation, inputs } = await activationOf("user0021@northwind.example");
  const since = sandbox.requests.length;
  change(row("user0021@northwind.example"), { emailrouteraccessapproval: 0 });
  await activation.create(inputs);
  expect(activation.problems).toEqual([expect.stringContaining("(NOT_APPROVED)")]);
  expect(row("user0021@northwind.example")["testemailconfigurationscheduled"]).toBe(false);
  expect(sandbox.requests.slice(since).filter(({ path }) => path.includes("tracelogs"))).toEqual([]);
});

describe("a test that fails", () => {
  beforeAll(async () => {
    await life.update(INPUTS);
  });

  test("in Dynamics by itself is tried again with the next update", async () => {
    changeRow(sandbox, row(), { outgoingemailstatus: 2 });
    await life.refresh();
    expect(life.outputs["status"]).toBe("failure");
    const since = sandbox.requests.length;
    expect(await life.update(INPUTS)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(life.problems).toEqual([]);
    expect(row()["outgoingemailstatus"]).toBe(1);
  });

  test("is kept with what the mail server said, and goes green once it is mended", async () => {
    // Moments of alerts are whole seconds, and the last ten are read: in no order, if more than that fall into one second.
    sandbox.world.dataverse.rows["tracelogs"] = [];
    await setAccount({ imap: "off-by-user" });
    await life.update({ ...INPUTS, triggers: { again: "1" } });
    expect(life.outputs["status"]).toBe("failure");
    expect(life.problems).toContainEqual(
      expect.stringContaining(`Dynamics shows Failure for incoming mail of ${DORA}`),
    );
    expect(life.problems.join("\n")).toContain("Your account is not enabled for IMAP use");
    expect(row()["outgoingemailstatus"]).toBe(1);
    await life.refresh();
    expect(life.problems.join("\n")).toContain("Your account is not enabled for IMAP use");
    undo();
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
  });

  test("like one before quotes the alert again that Dynamics keeps in one row", async () => {
    await administer(sandbox, "set-account", DORA, { imap: "off-by-user" });
    await life.update({ ...INPUTS, triggers: { again: "first" } });
    const long = { createdon: "2026-01-01T00:00:00Z", modifiedon: "2026-01-01T00:00:00Z" };
    for (const log of sandbox.world.dataverse.rows["tracelogs"] ?? []) Object.assign(log, long);
    await life.update({ ...INPUTS, triggers: { again: "second" } });
    expect(step("alerts")).toMatchObject({
      code: "IMAP_DISABLED",
      said: expect.stringContaining("Your account is not enabled for IMAP use"),
    });
    await administer(sandbox, "set-account", DORA, { imap: "on" });
    await life.update(INPUTS);
  });

  test("that Dynamics has found since by itself comes with its alert, and heals", async () => {
    // Those of tests that ended in this very second.
    sandbox.world.dataverse.rows["tracelogs"] = [];
    change(row(), { incomingemailstatus: 2 });
    const said = { text: "Email cannot be received.", code: 64, level: "error", details: "invalid_grant" } as const;
    writeAlert(sandbox.world.dataverse, row(), said);
    await life.refresh();
    expect(life.problems).toEqual([
      expect.stringContaining("(TEST_FAILED)"),
      expect.stringContaining("Dynamics says: Email cannot be received. · code 64 · invalid_grant (CONSENT_ENDED)"),
    ]);
    expect(life.problems.join()).toContain(`&id=${life.id}`);
    const since = sandbox.requests.length;
    await life.refresh();
    expect(sandbox.requests.slice(since).filter(({ path }) => path.includes("tracelogs"))).toEqual([]);
    expect(life.problems.join()).toContain("invalid_grant");
    undo();
    expect(await life.update(INPUTS)).toBe("update");
    expect(life.problems).toEqual([]);
  });

  test("to be scheduled says what Dataverse said", async () => {
    const refused = { status: 403, body: { error: { code: "0x80048306", message: "missing prvWriteMailbox" } } };
    sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes", times: 1, effect: refused });
    await life.update({ ...INPUTS, triggers: { again: "2" } });
    expect(life.problems).toEqual([expect.stringMatching(/prvWriteMailbox.*\(NOT_SCHEDULED\)/)]);
    await life.update(INPUTS);
  });

  test("of which the alerts cannot be read is not turned red by that", async () => {
    const refused = { status: 403, body: { error: { code: "0x80048306", message: "missing prvReadTracelog" } } };
    // A run asks once whether they can be read.
    life.nextRun();
    sandbox.addFault({ service: "dataverse", path: "/tracelogs", times: 1, effect: refused });
    await life.update({ ...INPUTS, triggers: { again: "3" } });
    expect(life.outputs["status"]).toBe("success");
    expect(step("alerts")).toMatchObject({ status: "unknown", code: "ALERTS_UNREADABLE" });
    await life.update(INPUTS);
  });
});

describe("a sign-in that is missing", () => {
  test("is waited for when the program says so, and the link is logged once", async () => {
    const { activation, inputs } = await activationOf(CARL);
    const creation = activation.create({ ...inputs, waitForSignIn: "2m" });
    await expect.poll(() => activation.progress.length).toBeGreaterThan(2);
    await administer(sandbox, "sign-in", CARL);
    await creation;
    expect(activation.problems).toEqual([]);
    expect(activation.logs).toEqual([
      expect.stringMatching(
        /^info: Waiting up to 2m for the user of carl@northwind.example to sign in to Gmail: https:/,
      ),
    ]);
  });
});
