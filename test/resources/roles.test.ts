import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID } from "../../sandbox/world/northwind.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { administer, testSandbox } from "../support/sandbox.ts";

const PROFILE = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };
const ANNA = "anna@northwind.example";

/** What docs/how-to/set-up.md asks for. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  Mailbox: ["Read", "Write", "Append"],
  EmailServerProfile: ["Create", "Read", "Write", "Delete", "AppendTo"],
  Organization: ["Read"],
  User: ["Read"],
  Queue: ["Read"],
  TraceLog: ["Read"],
};
const PRIVILEGES = [
  ...Object.entries(NEEDED).flatMap(([table, verbs]) => verbs.map((verb) => `prv${verb}${table}`)),
  "prvApproveRejectEmailAddress",
];

describe("an application user with a role of its own", () => {
  let sandbox: Sandbox;
  let profile: Life;

  const give = (privileges: readonly string[], order = "set-role") =>
    administer(sandbox, order, "Mail", { privileges: privileges.map((name) => `${name}:Global`).join(",") });

  beforeAll(async () => {
    sandbox = await testSandbox({ testDelayMs: 0 });
    await give(PRIVILEGES, "add-role");
    await administer(sandbox, "give-role", "Mail", { to: APPLICATION_ID });
    await administer(sandbox, "take-role", "System Administrator", { from: APPLICATION_ID });
    profile = await lifeOf("EmailServerProfile", sandbox);
  });

  test("needs no more than docs/how-to/set-up.md says, from creation to the end", async () => {
    await profile.create(PROFILE);
    const mailbox = await profile.beside("Mailbox");
    const inputs = { emailAddress: ANNA, profileId: profile.id };
    await mailbox.create(inputs);
    const activation = await profile.beside("MailboxActivation");
    await activation.create({ mailboxId: mailbox.id, profileId: profile.id });
    expect(activation.outputs["status"]).toBe("success");
    expect(activation.outputs["steps"]).toContainEqual({ id: "alerts", status: "ok" });
    expect(await mailbox.update(inputs)).toBe("nothing");
    for (const life of [activation, mailbox, profile]) await life.destroy();
  });

  test("is told the privilege that is missing", async () => {
    await give(PRIVILEGES.filter((name) => name !== "prvAppendMailbox"));
    await profile.create(PROFILE);
    const mailbox = await profile.beside("Mailbox");
    await expect(mailbox.create({ emailAddress: ANNA, profileId: profile.id })).rejects.toThrow("prvAppendMailbox");
  });
});
