// What tests of MailboxActivation start with: a file that imports this has it made before its first test.
import { afterEach, beforeAll } from "vitest";
import { isList, isTree, type Tree } from "../../provider/values.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Life, lifeOf } from "./life.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox, writes } from "./sandbox.ts";

export const DORA = "dora@northwind.example";
export const PROFILE = { name: "Gmail", oauthClientId: SEED_CLIENT_ID, oauthClientSecret: SEED_CLIENT_SECRET };

export let sandbox: Sandbox;
export let profile: Life;
/** The activation of Dora's mailbox, not created yet. */
export let life: Life;
export let INPUTS: Tree;

export const row = (address = DORA) => mailboxRow(sandbox, address);
export const profileRow = () => rowWhere(sandbox, "emailserverprofiles", "name", "Gmail");
/** How many tests Dynamics was asked for. */
export const tests = (since = 0) =>
  writes(sandbox, since).filter((write) => write.includes("testemailconfigurationscheduled")).length;
export const steps = (of = life) => {
  const { steps: stored = [] } = of.outputs;
  return isList(stored) ? stored.filter(isTree) : [];
};
export const step = (id: string, of = life) => steps(of).find((one) => one["id"] === id);

/** What tests have changed by hand, to be put back. */
export const undone: (() => unknown)[] = [];
export function change(changed: Row, cells: Row): void {
  const before = Object.fromEntries(Object.entries(changed).filter(([name]) => name in cells));
  changeRow(sandbox, changed, cells);
  undone.push(() => changeRow(sandbox, changed, before));
}
/** Sets Dora's account at Google, to be put back. */
export async function setAccount(values: Record<string, string>): Promise<void> {
  const account = sandbox.world.google.accounts.find(({ address }) => address === DORA);
  const before = { ...account };
  await administer(sandbox, "set-account", DORA, values);
  undone.push(() => Object.assign(account ?? {}, before));
}
export function undo(): void {
  for (const back of undone.splice(0).reverse()) back();
}
afterEach(undo);

export async function activationOf(address: string): Promise<{ activation: Life; inputs: Tree }> {
  const mailbox = await profile.beside("Mailbox");
  await mailbox.create({ emailAddress: address, profileId: profile.id });
  return {
    activation: await profile.beside("MailboxActivation"),
    inputs: { mailboxId: mailbox.id, profileId: profile.id },
  };
}

beforeAll(async () => {
  sandbox = await testSandbox({ testDelayMs: 0, extraUsers: 30 });
  profile = await lifeOf("EmailServerProfile", sandbox);
  await profile.create(PROFILE);
  ({ activation: life, inputs: INPUTS } = await activationOf(DORA));
});
