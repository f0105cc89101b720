import { beforeEach, describe, expect, test } from "vitest";
import { TOLERABLE } from "../../provider/codes/codes.ts";
import type { Tree } from "../../provider/values.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import {
  activationOf,
  change,
  PROFILE,
  profile,
  profileRow,
  row,
  sandbox,
  tests,
  undo,
} from "../support/activation.ts";
import type { Life } from "../support/life.ts";
import { administer, changeRow, rowWhere } from "../support/sandbox.ts";

let address: string;
let life: Life;
let inputs: Tree;
let people = 0;

const there = () => row(address);
const tolerating = (...codes: string[]): Tree => ({ ...inputs, tolerate: codes });
const signOut = () => change(there(), { oauthrefreshtoken: null });
const due = () => life.outputs["due"];
const status = () => life.outputs["status"];

/** Each test has a mailbox of its own, tested and good. */
beforeEach(async () => {
  address = `user${String(++people).padStart(4, "0")}@northwind.example`;
  ({ activation: life, inputs } = await activationOf(address));
  await administer(sandbox, "sign-in", address);
  await life.create(inputs);
  expect(status()).toBe("success");
});

/** The gate is quiet, command after command. */
async function quiet(given: Tree): Promise<void> {
  for (let command = 1; command <= 3; command++) {
    profile.nextRun();
    await profile.refresh();
    expect(await life.update(given)).toBe("nothing");
  }
}

test("of many who wait for the same the first are told in full, and of the others who they are and where", async () => {
  const addresses = [25, 26, 27, 28, 29].map((number) => `user00${number}@northwind.example`);
  for (const one of addresses) change(row(one), { oauthrefreshtoken: null });
  const waiting = await Promise.all(addresses.map(activationOf));
  profile.nextRun();
  for (const { activation, inputs: own } of waiting) await activation.create({ ...own, tolerate: ["NOT_SIGNED_IN"] });
  const told = waiting.map(({ activation }) => activation.logs.at(-1) ?? "");
  const full = told.map((line) => line.includes("nobody has signed in to Gmail for"));
  expect(full).toEqual([true, true, true, false, false]);
  for (const [index, line] of told.slice(3).entries()) {
    expect(line).toContain(`${addresses[3 + index]} waits, too (NOT_SIGNED_IN): https://`);
    expect(line.length).toBeLessThan(200);
  }
});

describe("a known exception", () => {
  test.each([
    ["NOT_SIGNED_IN", signOut],
    ["NOT_APPROVED", () => change(there(), { emailrouteraccessapproval: 0 })],
    ["DELIVERY_OFF", () => change(there(), { incomingemaildeliverymethod: 0, outgoingemaildeliverymethod: 0 })],
    [
      "USER_DISABLED",
      () => {
        change(rowWhere(sandbox, "systemusers", "internalemailaddress", address), { isdisabled: true });
        change(there(), { statecode: 1, statuscode: 2 });
      },
    ],
  ])("of %s waits from the beginning, quietly, and is tested once when its cause is gone", async (code, by) => {
    by();
    const { activation, inputs: own } = { activation: await profile.beside("MailboxActivation"), inputs };
    life = activation;
    const given = { ...own, tolerate: [code] };
    profile.nextRun();
    const since = sandbox.requests.length;
    await life.create(given);
    expect(life.problems).toEqual([]);
    expect(life.outputs).toMatchObject({ status: "waiting", blockedBy: [code] });
    expect(life.logs).toEqual([expect.stringMatching(new RegExp(`^warning: ${address} waits: .*\\(${code}\\)`))]);
    await quiet(given);
    expect(life.logs.at(-1)).toMatch(new RegExp(`^warning: ${address} waits`));

    undo();
    await life.refresh();
    expect(due()).toContain("nothing is in the way of a test any more");
    expect(life.problems).toEqual([]);
    expect(await life.update(given)).toBe("update");
    expect(life.outputs).toMatchObject({ status: "success" });
    expect(due()).toBeUndefined();
    expect(tests(since)).toBe(1);
    await quiet(given);
  });

  test("that comes after a success is no failure, and goes again by itself", async () => {
    const given = tolerating("NOT_SIGNED_IN");
    const since = sandbox.requests.length;
    await life.update(given);
    signOut();
    await quiet(given);
    expect(life.outputs).toMatchObject({ status: "waiting", blockedBy: ["NOT_SIGNED_IN"] });
    undo();
    expect(await life.update(given)).toBe("update");
    expect(status()).toBe("success");
    expect(tests(since)).toBe(1);
  });

  test("is none for another cause", async () => {
    signOut();
    await life.update(tolerating("USER_DISABLED", "NOT_APPROVED"));
    expect(life.problems).toEqual([expect.stringContaining("(NOT_SIGNED_IN)")]);
    expect(life.outputs).toMatchObject({ status: "failure", blockedBy: ["NOT_SIGNED_IN"] });
  });

  test("that is declared later cures what had failed, and taken out again it fails, without a test", async () => {
    signOut();
    const since = sandbox.requests.length;
    await life.update(inputs);
    expect(status()).toBe("failure");
    expect(await life.update(tolerating("NOT_SIGNED_IN"))).toBe("update");
    expect(life.problems).toEqual([]);
    expect(status()).toBe("waiting");
    await quiet(tolerating("NOT_SIGNED_IN"));
    expect(await life.update(inputs)).toBe("update");
    expect(life.problems).toEqual([expect.stringContaining("(NOT_SIGNED_IN)")]);
    expect(tests(since)).toBe(0);
  });

  test("of a test stays until something has changed; a look shows nothing of its cause", async () => {
    const given = tolerating("TEST_FAILED");
    await administer(sandbox, "set-account", address, { imap: "off-by-user" });
    await life.update({ ...given, triggers: { again: "1" } });
    const tested = { ...given, triggers: { again: "1" } };
    expect(life.problems).toEqual([]);
    expect(status()).toBe("waiting");
    await quiet(tested);
    await administer(sandbox, "set-account", address, { imap: "on" });
    await quiet(tested);
    change(profileRow(), { outgoingportnumber: 465 });
    const since = sandbox.requests.length;
    expect(await life.update(tested)).toBe("update");
    expect(tests(since)).toBe(1);
    expect(status()).toBe("success");
  });

  test("of a test that is declared later cures it without another test", async () => {
    await administer(sandbox, "set-account", address, { imap: "off-by-user" });
    await life.update({ ...inputs, triggers: { again: "2" } });
    expect(status()).toBe("failure");
    const since = sandbox.requests.length;
    await life.update({ ...tolerating("TEST_FAILED"), triggers: { again: "2" } });
    expect(status()).toBe("waiting");
    expect(tests(since)).toBe(0);
    await administer(sandbox, "set-account", address, { imap: "on" });
  });

  test("of a consent that has ended is tested again when its user has signed in", async () => {
    const given = { ...tolerating("CONSENT_ENDED"), triggers: { again: "4" } };
    await administer(sandbox, "revoke", address);
    await life.update(given);
    expect(life.outputs).toMatchObject({ status: "waiting", blockedBy: ["CONSENT_ENDED"] });
    changeRow(sandbox, there(), { oauthtokenexpireson: new Date(Date.now() - 60_000).toISOString() });
    await life.update(given);
    await quiet(given);
    const since = sandbox.requests.length;
    await administer(sandbox, "sign-in", address);
    await life.refresh();
    expect(due()).toBe("its user has signed in again");
    expect(await life.update(given)).toBe("update");
    expect(status()).toBe("success");
    expect(tests(since)).toBe(1);
    await quiet(given);
  });

  test("has a code of the table", () => {
    expect(life.failures(tolerating("NOT_SIGNED_UP"))).toEqual([expect.stringMatching(/tolerate\[0\].*NOT_SIGNED_IN/)]);
    expect(life.failures(tolerating(...TOLERABLE))).toEqual([]);
    expect(TOLERABLE).not.toContain("AFTER_FAILURE");
  });
});

describe("what failed and is looked at again", () => {
  test("says what is in its way now: nothing, once the user has signed in", async () => {
    signOut();
    await life.update(inputs);
    undo();
    await life.refresh();
    expect(life.problems).toEqual([]);
    expect(due()).toContain("nothing is in the way");
    expect(life.logs.at(-1)).toMatch(/^info: .* is tested again: nothing is in the way/);
  });

  test("says what has come beside it", async () => {
    await administer(sandbox, "set-account", address, { imap: "off-by-user" });
    await life.update({ ...inputs, triggers: { again: "3" } });
    signOut();
    await life.refresh();
    expect(life.problems.join("\n")).toMatch(/NOT_SIGNED_IN[\s\S]*TEST_FAILED/);
    await administer(sandbox, "set-account", address, { imap: "on" });
  });
});

describe("nobody is tested again", () => {
  test.each([
    ["tolerate", { tolerate: ["NOT_SIGNED_IN"] }, "nothing"],
    ["waitForSignIn", { waitForSignIn: "25s" }, "nothing"],
    ["credential", { credential: { accessToken: "ya29.sandbox" } }, "nothing"],
    ["retest", { retest: "24h" }, "update"],
  ])("for a change of %s alone", async (_, more, done) => {
    const since = sandbox.requests.length;
    for (const given of [{ ...inputs, ...more }, inputs]) expect(await life.update(given)).toBe(done);
    expect(status()).toBe("success");
    expect(life.problems).toEqual([]);
    expect(tests(since)).toBe(0);
  });
});

describe("a test that is older than `retest` allows", () => {
  test("is due, once", async () => {
    const given = { ...inputs, retest: "24h" };
    await life.update(given);
    await quiet(given);
    const yesterday = new Date(Date.now() - 25 * 60 * 60_000).toISOString();
    change(there(), { testmailboxaccesscompletedon: yesterday });
    await life.refresh();
    expect(due()).toContain("older than 24h");
    const since = sandbox.requests.length;
    expect(await life.update(given)).toBe("update");
    expect(tests(since)).toBe(1);
    await quiet(given);
  });
});

describe("a user whose mailbox has come to another OAuth client", () => {
  test("signs in again: told before a test, which then follows by itself", async () => {
    const other = { clientId: SEED_CLIENT_ID.replace(/^\d+-\w/, "987654321098-z"), secret: SEED_CLIENT_SECRET };
    const [client] = sandbox.world.google.clients;
    if (client) sandbox.world.google.clients.push({ ...client, clientId: other.clientId });
    // Another sign-in is not in the same second.
    changeRow(sandbox, there(), { oauthtokenexpireson: new Date(Date.now() - 60_000).toISOString() });
    await profile.refresh();
    await life.refresh();
    await profile.preview({ ...PROFILE, oauthClientId: other.clientId });
    await life.preview(inputs);
    expect(life.logs.at(-1)).toMatch(/^warning: The user of .* has to sign in to Gmail again when this is done/);
    await profile.update({ ...PROFILE, oauthClientId: other.clientId });
    const since = sandbox.requests.length;
    const given = { ...inputs, tolerate: ["SIGN_IN_AGAIN"] };
    await life.update(inputs);
    expect(life.problems).toEqual([expect.stringMatching(/\(SIGN_IN_AGAIN\).*Sign in to Gmail/)]);
    await life.update(given);
    expect(status()).toBe("waiting");
    await quiet(given);
    expect(tests(since)).toBe(0);
    await administer(sandbox, "sign-in", address);
    expect(await life.update(given)).toBe("update");
    expect(status()).toBe("success");
    expect(tests(since)).toBe(1);
    await quiet(given);
    await profile.update(PROFILE);
  });

  test("is seen to have done so where Dataverse had shown no end of the token", async () => {
    const [client] = sandbox.world.google.clients;
    const clientId = SEED_CLIENT_ID.replace(/^\d+-\w/, "876543210987-y");
    if (client) sandbox.world.google.clients.push({ ...client, clientId });
    changeRow(sandbox, there(), { oauthtokenexpireson: null });
    await profile.refresh();
    await profile.update({ ...PROFILE, oauthClientId: clientId });
    const given = { ...inputs, tolerate: ["SIGN_IN_AGAIN"] };
    await life.update(given);
    expect(life.outputs).toMatchObject({ status: "waiting", blockedBy: ["SIGN_IN_AGAIN"] });
    await quiet(given);
    await administer(sandbox, "sign-in", address);
    expect(await life.update(given)).toBe("update");
    expect(status()).toBe("success");
    await profile.update(PROFILE);
  });
});
