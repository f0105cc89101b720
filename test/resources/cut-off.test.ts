import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Declared, ModelEngine } from "../support/model-engine.ts";
import { changeRow, mailboxRow, rowWhere, testSandbox } from "../support/sandbox.ts";

const client: Declared = {
  type: "GoogleOAuthClient",
  name: "google",
  inputs: () => ({ projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET }),
};
const asGmail = {
  name: "Gmail",
  oauthClientId: SEED_CLIENT_ID,
  oauthClientSecret: SEED_CLIENT_SECRET,
  defaultForNewMailboxes: true,
};
const profile: Declared = { type: "EmailServerProfile", name: "gmail", inputs: () => asGmail };

/** Writes of a run that makes the profile, and the default of new mailboxes. */
const WRITES = [
  { of: "write", nth: 1, moment: "before", end: "kill" },
  { of: "write", nth: 1, moment: "after", end: "kill" },
  { of: "write", nth: 2, moment: "before", end: "kill" },
  { of: "write", nth: 2, moment: "after", end: "kill" },
] as const;

describe("a profile that a run made which was cut off", () => {
  let sandbox: Sandbox;
  let engine: ModelEngine;
  let before: object;
  const organization = () => rowWhere(sandbox, "organizations", "name", "Contoso");
  const profiles = () => sandbox.world.dataverse.rows["emailserverprofiles"] ?? [];
  const past = () => ({
    profiles: profiles().map((row) => row["name"]),
    default: organization()["_defaultemailserverprofileid_value"],
  });

  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  beforeEach(() => {
    sandbox.reset();
    const exchange = rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");
    changeRow(sandbox, organization(), {
      _defaultemailserverprofileid_value: exchange["emailserverprofileid"] ?? null,
    });
    before = past();
    engine = new ModelEngine(sandbox);
  });

  test.each(WRITES)("goes with a destroy at once, which does not know it: $moment write $nth", async (kill) => {
    expect((await engine.up([client, profile], { disturbance: kill })).killed).toBe(true);
    expect(engine.entry("gmail")).toBeUndefined();
    expect((await engine.destroy()).errors).toEqual([]);
    expect(past()).toEqual(before);
  });

  test.each(WRITES)("to follow another goes with that one: $moment write $nth", async (kill) => {
    expect((await engine.up([client, profile])).errors).toEqual([]);
    expect((await engine.up([client, profile], { replace: ["gmail"], disturbance: kill })).killed).toBe(true);
    expect((await engine.destroy()).errors).toEqual([]);
    expect(past()).toEqual(before);
  });

  test("stays where a mailbox has got it, and destroy says so", async () => {
    await engine.up([client, profile], { disturbance: { of: "write", end: "kill", nth: 2, moment: "after" } });
    const made = rowWhere(sandbox, "emailserverprofiles", "name", "Gmail")["emailserverprofileid"] ?? null;
    changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), { _emailserverprofile_value: made });
    const { logs, errors } = await engine.destroy();
    expect(errors).toEqual([]);
    expect(logs).toContainEqual(expect.stringMatching(/"Gmail" .* stays: mailbox anna@northwind\.example has it/));
    expect(past()).toMatchObject({ profiles: ["Microsoft Exchange Online", "Gmail"], default: made });
  });

  test("is no other that the state has, where a destroy has targets", async () => {
    const other = {
      ...profile,
      name: "other",
      inputs: () => ({ ...asGmail, name: "Other", defaultForNewMailboxes: false }),
    };
    expect((await engine.up([client, other, profile])).errors).toEqual([]);
    const { errors, logs } = await engine.destroy({ target: ["gmail"] });
    expect(errors).toEqual([]);
    expect(logs).toEqual([expect.stringMatching(/"Other" .* stays, as this run has not looked for it/)]);
    expect(past()).toMatchObject({ profiles: ["Microsoft Exchange Online", "Other"] });
  });

  test("is left to the resource that is declared for it, while the client goes", async () => {
    await engine.up([client, profile], { disturbance: { of: "write", end: "kill", nth: 2, moment: "after" } });
    expect((await engine.up([profile])).errors).toEqual([]);
    expect(past()).toEqual({
      profiles: ["Microsoft Exchange Online", "Gmail"],
      default: engine.entry("gmail")?.id,
    });
    expect((await engine.destroy()).errors).toEqual([]);
    expect(past()).toEqual(before);
  });
});
