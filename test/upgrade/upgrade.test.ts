import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { parseWorld } from "../../sandbox/state-file.ts";
import { LONG, tried } from "../support/long.ts";
import { installedPackage } from "../support/package.ts";
import { administer, atEnd, mailboxRow, temporaryDirectory } from "../support/sandbox.ts";
import { changes, openProject } from "./project.ts";
import { EXPECTED, type Expected, STATE, type State, WORLD } from "./recorded.ts";

const folders = (path: string) =>
  readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));

/** In `npm test`, of the oldest version, one by the plugin and one by dynamic resources. */
const FEW = ["dynamic-healthy", "fleet-partial"];
const casesOf = (version: string) => (LONG ? folders(join(import.meta.dirname, version)) : FEW);

describe.each(tried(folders(import.meta.dirname).toSorted()))("what version %s has left", (version) => {
  beforeAll(async () => {
    await installedPackage();
  }, 300_000);

  test.each(casesOf(version))("%s goes on as with that version, and is put back", async (name) => {
    const files = filesOf(join(import.meta.dirname, version, name));
    const { [STATE]: stateText = "", [WORLD]: worldText = "", [EXPECTED]: expectedText = "" } = files;
    const state: State = JSON.parse(stateText);
    const expected: Expected = JSON.parse(expectedText);
    const sandbox = await recordedSandbox(worldText, state.deployment.manifest.time);
    const project = openProject(files, sandbox);
    await project.take();

    const gate = await project.gate();
    expect(gate.ok, gate.output).toBe(expected.due === undefined);
    expect(gate.output).toContain(expected.due ?? "");
    expect(changes(sandbox, 0)).toEqual([]);
    for (const address of expected.signIns) await administer(sandbox, "sign-in", address);
    const up = await project.up();
    expect(up.ok, up.output).toBe(true);
    expect(changes(sandbox, 0)).toEqual(expected.changes);
    if (expected.due) {
      const { ok, output } = await project.gate();
      expect(ok, output).toBe(true);
    }

    const destroy = await project.destroy();
    expect(destroy.ok, destroy.output).toBe(true);
    const originals = originalsOf(state, sandbox);
    expect(originals.length).toBeGreaterThan(1);
    for (const [address, original] of originals) expect(seen(sandbox, address), address).toMatchObject(original);
  });
});

function filesOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

/** The recorded world, in which Google's clock goes on from where it stood: what had not ended then has not ended now. */
async function recordedSandbox(worldText: string, recordedOn: string): Promise<Sandbox> {
  const world = parseWorld(worldText);
  world.google.clockOffsetMs += Date.parse(recordedOn) - Date.now();
  const directory = temporaryDirectory();
  const stateFile = join(directory, WORLD);
  writeFileSync(stateFile, JSON.stringify(world));
  const sandbox = await startSandbox({ directory, stateFile, testDelayMs: 20 });
  atEnd(() => sandbox.close());
  return sandbox;
}

/** The mailboxes of a stack, as its destruction has to leave them: without a profile where that went with the stack. */
function originalsOf({ deployment }: State, { world }: Sandbox): [string, object][] {
  const profiles = world.dataverse.rows["emailserverprofiles"]?.map((row) => row["emailserverprofileid"]);
  return deployment.resources.flatMap(({ outputs: { emailAddress, original } = {} }) => {
    if (!emailAddress || !original) return [];
    const { profileId = "" } = original;
    return [[emailAddress, { ...original, profileId: profiles?.includes(profileId) ? profileId : null }]];
  });
}

/** A mailbox as it is now, in the words of `original`. */
function seen(sandbox: Sandbox, address: string): object {
  const row = mailboxRow(sandbox, address);
  const account = sandbox.world.google.accounts.find((known) => known.address === address);
  return {
    profileId: row["_emailserverprofile_value"],
    incomingEmailDeliveryMethod: row["incomingemaildeliverymethod"],
    outgoingEmailDeliveryMethod: row["outgoingemaildeliverymethod"],
    actDeliveryMethod: row["actdeliverymethod"],
    emailRouterAccessApproval: row["emailrouteraccessapproval"],
    processAndDeleteEmails: row["processanddeleteemails"],
    enabled: row["statecode"] === 0,
    gmail: { imap: account?.imap === "on", pop: account?.pop === "on" ? account.popWindow : "disabled" },
  };
}
