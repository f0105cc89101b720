import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { learn, mask, minted } from "../../provider/redaction/secrets.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { LONG } from "../support/long.ts";
import { temporaryDirectory, testSandbox } from "../support/sandbox.ts";

/** With `npm run test:all` as many as a large stack has: half a minute. */
const COUNT = LONG ? 1000 : 60;
/** What waits for the sandbox at the same time. */
const TOGETHER = 20;

/** Names and words of this world that somebody may have chosen for a secret, as parts of others, too: 5 characters and more. */
const WORDS = [
  ...["north", "wind.example", "northwind.example", "@northwind.ex", "gmail.com", "imap.gmail.com", "example"],
  ...[
    "Anna North",
    "Anna Northwind 000",
    "anna.north",
    "Gmail",
    "Gmail of Northwind",
    "https://contoso",
    "dynamics.com",
  ],
  ...["success", "incoming", "outgoing", "profile", "mailbox", "server", "00000", "true", "onChange", "entityrecord"],
  // Longer than any name of the world, which they begin or end with.
  ...["northwind.example-2026", "Gmail of Northwind, and more", "anna.north0001@northwind.example is my password"],
];
/** Secrets as they are given out. */
const KEYS = Array.from({ length: 2000 }, (_, index) => `GOCSPX-${String(index).padStart(28, "Kx7_q-Zb")}`);
const TOKENS = KEYS.map((key) => `ya29.${Buffer.from(`northwind ${key}`).toString("base64url").repeat(4)}`);

async function world(): Promise<Sandbox> {
  const worldFile = join(temporaryDirectory(), "world.yaml");
  const users = [
    { repeat: COUNT, name: "Anna Northwind %04d", address: "anna.north%04d@northwind.example", signedIn: true },
  ];
  const clients = [{ clientId: SEED_CLIENT_ID, secrets: [{ value: SEED_CLIENT_SECRET }] }];
  const projects = [{ projectId: "northwind-mail", number: SEED_CLIENT_ID.slice(0, 12), clients }];
  writeFileSync(worldFile, JSON.stringify({ users, projects, workspace: { domain: "northwind.example" } }));
  return testSandbox({ worldFile, testDelayMs: 0 });
}

interface Brought {
  readonly profile: Life;
  readonly mailboxes: readonly Life[];
  readonly activations: readonly Life[];
}

async function broughtUp(sandbox: Sandbox): Promise<Brought> {
  const profile = await lifeOf("EmailServerProfile", sandbox);
  await profile.create({
    name: "Gmail of Northwind",
    oauthClientId: SEED_CLIENT_ID,
    oauthClientSecret: SEED_CLIENT_SECRET,
  });
  const all = Array.from({ length: COUNT }, (_, index) => index + 1);
  const pairs = await inTurns(all, async (number) => {
    const [mailbox, activation] = [await profile.beside("Mailbox"), await profile.beside("MailboxActivation")];
    const emailAddress = `anna.north${String(number).padStart(4, "0")}@northwind.example`;
    await mailbox.create({ emailAddress, profileId: profile.id });
    await activation.create({ mailboxId: mailbox.id, profileId: profile.id });
    return { mailbox, activation };
  });
  return {
    profile,
    mailboxes: pairs.map(({ mailbox }) => mailbox),
    activations: pairs.map(({ activation }) => activation),
  };
}

async function inTurns<A, B>(all: readonly A[], work: (one: A) => Promise<B>): Promise<B[]> {
  const done: B[] = [];
  for (let from = 0; from < all.length; from += TOGETHER)
    done.push(...(await Promise.all(all.slice(from, from + TOGETHER).map(work))));
  return done;
}

/** What the state gets of each, in order. */
function states({ profile, mailboxes, activations }: Brought): string[] {
  return [profile, ...mailboxes, ...activations].map(({ id, inputs, outputs, problems }) =>
    JSON.stringify({ id, inputs, outputs, problems }),
  );
}

/** The clock is another one in another run. */
function withoutMoments(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "MOMENT"));
}

test(`of ${COUNT} mailboxes that are well the state is the same, whatever secrets are known`, async () => {
  const before = await broughtUp(await world());
  const created = states(before);
  expect(created.filter((text) => !text.endsWith('"problems":[]}'))).toEqual([]);
  expect(created.at(-1)).toContain('"status":"success"');
  expect(created[1]).toContain('"name":"Anna Northwind 0001"');

  for (const secret of [...WORDS, ...KEYS]) learn(secret);
  for (const token of TOKENS) minted(token);
  expect(mask("anna.north0001@northwind.example is north of Gmail")).not.toMatch(/north|Gmail/);

  await inTurns([before.profile, ...before.mailboxes, ...before.activations], (life) => life.refresh());
  expect(states(before)).toEqual(created);
  expect(withoutMoments(states(await broughtUp(await world())))).toEqual(withoutMoments(created));
}, 300_000);

test("a name that holds a whole secret does not come into the state", async () => {
  const sandbox = await world();
  const [secret = "", token = ""] = [KEYS[7], TOKENS[7]];
  learn(secret);
  minted(token);
  const rows = sandbox.world.dataverse.rows["mailboxes"] ?? [];
  const names = [`Anna ${secret}`, `Anna ${token}`, `Anna ${token.slice(0, 60)}`, `Anna ${secret.slice(-21)}`];
  for (const [index, name] of names.entries()) Object.assign(rows[index] ?? {}, { name });
  const mailbox = await lifeOf("Mailbox", sandbox);
  for (const row of rows.slice(0, names.length)) {
    expect(await mailbox.import(String(row["mailboxid"]))).toBe(true);
    expect(mailbox.outputs["name"]).toBe("Anna [secret]");
  }
});
