import { beforeAll, expect, test } from "vitest";
import { Deadline } from "../../provider/network/deadline.ts";
import { lookUp } from "../../provider/resources/mailbox/look-up.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { configured } from "../support/configured.ts";
import { lifeOf } from "../support/life.ts";
import { atEnd, mailboxRow, testSandbox, writes } from "../support/sandbox.ts";

const ANNA = "anna@northwind.example";
const BERT = "bert@northwind.example";
const DORA = "dora@northwind.example";
const BOTH =
  /Looking for mailboxes by address: .* asked was for .*anna@northwind\.example.* it holds bert@northwind\.example\./;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
});

/** Whoever asks for mailboxes by address is given Bert's, beside what was asked for or in its place. */
function forge(...besides: readonly string[]) {
  const value = [...besides, BERT].map((address) => ({ "@odata.etag": 'W/"1"', ...mailboxRow(sandbox, address) }));
  return sandbox.addFault({
    service: "dataverse",
    path: ["emailaddress eq ", "PropertyName='emailaddress'"],
    every: 1,
    effect: { status: 200, headers: { "content-type": "application/json" }, body: { value } },
  });
}

test("a mailbox of another address than the one asked for is not adopted", async () => {
  const fault = forge();
  const mailbox = await lifeOf("Mailbox", sandbox);
  const profile = await mailbox.beside("EmailServerProfile");
  await profile.create({ name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET });
  const since = sandbox.requests.length;
  await expect(mailbox.create({ emailAddress: ANNA, profileId: profile.id })).rejects.toThrow(BOTH);
  fault.remove();
  expect(writes(sandbox, since)).toEqual([]);
});

test("a fleet does not believe an answer that holds others than were asked for", async () => {
  const services = configured(sandbox.environment);
  atEnd(() => services.network.close());
  const fault = forge(ANNA, DORA);
  const looking = lookUp([ANNA, DORA], { ...services, deadline: Deadline.after(30_000) });
  await expect(looking).rejects.toThrow(BOTH);
  fault.remove();
});

test("doctor logs in to nobody by an answer about another mailbox", async () => {
  const grant = sandbox.world.google.grants.find(({ address }) => address === BERT);
  const credential = {
    refreshToken: grant?.refreshToken,
    clientId: SEED_CLIENT_ID,
    clientSecret: SEED_CLIENT_SECRET,
  };
  const environment = { ...sandbox.environment, GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify(credential) };
  const fault = forge();
  const { code, stdout, stderr } = await gmailsync(["doctor", ANNA], environment);
  fault.remove();
  expect(`${stdout}${stderr}`).toMatch(BOTH);
  expect(code).toBe(1);
  expect(sandbox.world.google.tokens).toEqual([]);
});
