import { createServer } from "node:net";
import { expect, test } from "vitest";
import type { Tree } from "../../provider/values.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { change, DORA, INPUTS, profileRow, sandbox, step, steps, tests } from "../support/activation.ts";
import { lifeOf } from "../support/life.ts";
import { atEnd, testSandbox } from "../support/sandbox.ts";

const OTHER = "mail.own.example";

/** A server behind the other host, which hangs up on everybody, and how many have come. */
async function trap() {
  const seen = { connections: 0 };
  const server = createServer((socket) => {
    seen.connections++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => server.close());
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const ways = sandbox.environment["GMAILSYNC_CONNECT_TO"];
  return { seen, environment: { GMAILSYNC_CONNECT_TO: `${ways},${OTHER}:993=127.0.0.1:${port}` } };
}

const inputs = () => {
  const grant = sandbox.world.google.grants.find(({ address }) => address === DORA);
  const credential = {
    refreshToken: grant?.refreshToken ?? "",
    clientId: SEED_CLIENT_ID,
    clientSecret: SEED_CLIENT_SECRET,
  };
  return { ...INPUTS, credential };
};

test("a profile that names another host gets no token: not from here, nor by a test of Dynamics", async () => {
  const { seen, environment } = await trap();
  const activation = await lifeOf("MailboxActivation", sandbox, environment);
  change(profileRow(), { incomingserverlocation: OTHER });
  const tokens = sandbox.world.google.tokens.length;
  await activation.create(inputs());
  expect(activation.outputs).toMatchObject({ status: "failure", blockedBy: ["MAIL_HOST_OTHER"] });
  expect(activation.problems.join()).toMatch(
    /mail\.own\.example.*MAIL_HOST_OTHER.*`mailHosts` \(GMAILSYNC_MAIL_HOSTS\)/,
  );
  expect(sandbox.world.google.tokens).toHaveLength(tokens);
  expect(seen.connections).toBe(0);
  expect(tests()).toBe(0);
});

test("a host that the provider's settings allow gets the token", async () => {
  const { seen, environment } = await trap();
  const allowed = { ...environment, GMAILSYNC_MAIL_HOSTS: "relay.own.example,Mail.Own.Example." };
  const activation = await lifeOf("MailboxActivation", sandbox, allowed);
  change(profileRow(), { incomingserverlocation: OTHER });
  const tokens = sandbox.world.google.tokens.length;
  await activation.create(inputs());
  expect(sandbox.world.google.tokens.length).toBeGreaterThan(tokens);
  expect(seen.connections).toBeGreaterThan(0);
  expect(steps(activation).map(({ code }) => code)).not.toContain("MAIL_HOST_OTHER");
});

const gmail = (servers: Tree) => ({
  name: "Gmail by a relay",
  oauthClientId: SEED_CLIENT_ID,
  oauthClientSecret: SEED_CLIENT_SECRET,
  ...servers,
});
const RELAY = gmail({ incomingServerLocation: OTHER, outgoingServerLocation: "SMTP.gmail.com" });
const WARNING =
  "warning: The profile \"Gmail by a relay\" has a server that gets no token of a mailbox: mail.own.example, which is neither Gmail's nor in the provider's setting mailHosts, so that no mailbox is tested with it. If it is one of yours that may log in to mailboxes, name it in `mailHosts` (GMAILSYNC_MAIL_HOSTS); otherwise leave it out, and the profile has Gmail's.";

test("a profile that names another host is warned of by every operation that would bring it there, and made", async () => {
  const profile = await lifeOf("EmailServerProfile", await testSandbox());
  await profile.preview(RELAY);
  expect(profile.logs.splice(0)).toEqual([WARNING]);
  await profile.create(RELAY);
  expect([profile.logs.splice(0), profile.problems]).toEqual([[WARNING], []]);
  expect(await profile.update({ ...RELAY, description: "Ours." })).toBe("update");
  expect(profile.logs.splice(0)).toEqual([WARNING]);
  expect(await profile.update(gmail({}))).toBe("update");
  expect(profile.logs).toEqual([]);
  await profile.destroy();
});

test("no profile is warned of whose hosts the settings allow", async () => {
  const profile = await lifeOf("EmailServerProfile", sandbox, { GMAILSYNC_MAIL_HOSTS: "MAIL.own.example" });
  await profile.preview(RELAY);
  expect(profile.logs).toEqual([]);
});

test("Gmail's hosts are known in any spelling, on any port", async () => {
  change(profileRow(), { incomingserverlocation: "IMAP.Gmail.com.", outgoingserverlocation: "smtp.GMAIL.com" });
  const activation = await lifeOf("MailboxActivation", sandbox);
  await activation.create(inputs());
  for (const id of ["profile", "imap", "smtp"]) expect(step(id, activation)).toMatchObject({ id, status: "ok" });
});
