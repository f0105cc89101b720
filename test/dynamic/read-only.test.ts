import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { create, destroy, read, update } from "../../provider/dynamic/operations.ts";
import {
  gmailProfile,
  mailboxRow,
  mailboxSettings,
  temporaryDirectory,
  testSandbox,
  writes,
} from "../support/sandbox.ts";

test("with readOnly a dynamic resource is read, and neither created, updated nor destroyed", async () => {
  const sandbox = await testSandbox();
  const home = temporaryDirectory();
  for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: home })) vi.stubEnv(name, value);
  const readOnly = new Map([["gmailsync:readOnly", "true"]]);
  const inputs = {
    emailAddress: "anna@northwind.example",
    profileId: gmailProfile(sandbox)["emailserverprofileid"],
    gmailsyncUrn: "urn:pulumi:test::test::gmailsync:dynamic:Mailbox::anna",
  };
  const before = mailboxSettings(mailboxRow(sandbox, "anna@northwind.example"));
  const refusal = /^Nothing is written: .* lets nothing be written \(READ_ONLY\)\./;
  await expect(create("Mailbox", readOnly, inputs)).rejects.toThrow(refusal);
  expect(readdirSync(home)).toEqual([]);

  const { id, outs } = await create("Mailbox", new Map(), inputs);
  const since = sandbox.requests.length;
  const { props } = await read("Mailbox", readOnly, id, outs);
  expect(props).toMatchObject({ emailAddress: "anna@northwind.example" });
  await expect(update("Mailbox", readOnly, id, outs, { ...inputs, approved: false })).rejects.toThrow(refusal);
  await expect(destroy("Mailbox", readOnly, id, outs)).rejects.toThrow(refusal);
  expect(writes(sandbox, since)).toEqual([]);
  expect(mailboxSettings(mailboxRow(sandbox, "anna@northwind.example"))).not.toEqual(before);
  expect(readdirSync(join(home, "gmailsync", "originals"))).toHaveLength(1);
  vi.unstubAllEnvs();
});
