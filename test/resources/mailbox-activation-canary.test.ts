import { describe, expect, test } from "vitest";
import { activationOf, PROFILE, profile, sandbox, tests } from "../support/activation.ts";
import { administer } from "../support/sandbox.ts";

const NEW = "GOCSPX-sandbox-secret-third-000000";

/** Mailboxes that were tested with the profile as it was. */
async function fleet(from: number) {
  const numbers = [from, from + 1, from + 2, from + 3].map((number) => String(number).padStart(4, "0"));
  const mailboxes = await Promise.all(numbers.map((number) => activationOf(`user${number}@northwind.example`)));
  for (const { activation, inputs } of mailboxes) await activation.create(inputs);
  profile.nextRun();
  await profile.refresh();
  return mailboxes;
}

/** All of them in one run, side by side, as the engine does it. */
const all = (mailboxes: Awaited<ReturnType<typeof fleet>>) =>
  Promise.all(mailboxes.map(({ activation, inputs }) => activation.update(inputs)));

describe("with a client secret that has changed", () => {
  test("one mailbox is tested first, and the others are spared what would fail for all", async () => {
    const mailboxes = await fleet(1);
    const since = sandbox.requests.length;
    await profile.update({ ...PROFILE, oauthClientSecret: "GOCSPX-aaaaaaaaaaaaaaaaaaaaaaaaaaaa" });
    await all(mailboxes);
    expect(tests(since)).toBe(1);
    for (const { activation } of mailboxes) {
      expect(activation.outputs).toMatchObject({ status: "failure", blockedBy: ["SECRET_WRONG"] });
      expect(activation.problems.join("\n")).toContain("(SECRET_WRONG)");
    }
    const spared = mailboxes
      .flatMap(({ activation }) => activation.problems)
      .filter((text) => /not tested, as/.test(text));
    expect(spared).toHaveLength(3);

    // The next run, with the right one: the first shows it, and the others follow.
    profile.nextRun();
    await profile.refresh();
    await profile.update(PROFILE);
    await all(mailboxes);
    expect(tests(since)).toBe(1 + 4);
    for (const { activation } of mailboxes) expect(activation.outputs).toMatchObject({ status: "success" });
  });

  test("the others are tested where the first one fails for a reason of its own", async () => {
    const mailboxes = await fleet(11);
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: NEW, enabled: true });
    await administer(sandbox, "set-account", "user0011@northwind.example", { imap: "off-by-user" });
    const since = sandbox.requests.length;
    await profile.update({ ...PROFILE, oauthClientSecret: NEW });
    const [first, ...others] = mailboxes;
    const one = first?.activation.update(first.inputs);
    await Promise.all([one, all(others)]);
    expect(tests(since)).toBe(4);
    expect(first?.activation.outputs).toMatchObject({ status: "failure" });
    for (const { activation } of others) expect(activation.outputs).toMatchObject({ status: "success" });
  });
});
