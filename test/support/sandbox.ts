import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { type Sandbox, type SandboxOptions, startSandbox } from "../../sandbox/sandbox.ts";

/** What goes with the test file, the last first. A hook that is added while a test runs would never be called. */
const leftovers: (() => unknown)[] = [];
afterAll(async () => {
  for (const clear of leftovers.splice(0).reverse()) await clear();
}, 300_000);

/** Has something cleared with the test file, also from inside a hook or a test. */
export function atEnd(clear: () => unknown): void {
  leftovers.push(clear);
}

/** Where files are flushed without waiting for a disk, where there is such a place. */
export const MEMORY = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

/** A folder that goes with the test file. */
export function temporaryDirectory(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, "gmailsync-"));
  atEnd(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A sandbox in this process, so that tests can look into its world; it goes with the test file. It fetches no mail by itself. */
export async function testSandbox(options: Partial<Omit<SandboxOptions, "directory">> = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ directory: temporaryDirectory(), testDelayMs: 20, polls: false, ...options });
  atEnd(() => sandbox.close());
  return sandbox;
}

/** The one mailbox row of an address. */
export function mailboxRow(sandbox: Sandbox, address: string): Row {
  return rowWhere(sandbox, "mailboxes", "emailaddress", address);
}

export function rowWhere(sandbox: Sandbox, set: string, column: string, value: string): Row {
  const row = sandbox.world.dataverse.rows[set]?.find((candidate) => candidate[column] === value);
  if (!row) throw new Error(`the sandbox has no row of ${set} with ${column} ${value}`);
  return row;
}

/** Changes a row as somebody else would: it gets a new version. */
export function changeRow(sandbox: Sandbox, row: Row, cells: Row): void {
  Object.assign(row, cells);
  row["versionnumber"] = ++sandbox.world.dataverse.version;
}

/** Makes the profile that every world has one of Gmail, with the client that it has, too; its row. */
export function gmailProfile(sandbox: Sandbox): Row {
  const profile = rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");
  changeRow(sandbox, profile, {
    servertype: 4,
    incomingcredentialretrieval: 5,
    outgoingcredentialretrieval: 5,
    incomingserverlocation: "imap.gmail.com",
    incomingportnumber: 993,
    outgoingserverlocation: "smtp.gmail.com",
    outgoingportnumber: 587,
    oauthclientid: SEED_CLIENT_ID,
    oauthclientsecret: SEED_CLIENT_SECRET,
  });
  return profile;
}

/** Cells of a mailbox that has a profile, is approved and set up for both directions. */
export function readyCells(profile: Row) {
  return {
    _emailserverprofile_value: profile["emailserverprofileid"] ?? null,
    incomingemaildeliverymethod: 2,
    outgoingemaildeliverymethod: 2,
    actdeliverymethod: 2,
    emailrouteraccessapproval: 1,
  };
}

/** What the product sets at a mailbox; versions and what a test leaves behind are nobody's settings. */
export function mailboxSettings(row: Row): Partial<Row> {
  const columns = [
    "_emailserverprofile_value",
    "incomingemaildeliverymethod",
    "outgoingemaildeliverymethod",
    "actdeliverymethod",
    "emailrouteraccessapproval",
    "processanddeleteemails",
    "statecode",
  ];
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}

/** Does something as an administrator would in the browser. */
export async function administer(
  { admin }: Sandbox,
  action: string,
  name: string,
  values: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(`${admin.url}/${action}`, {
    method: "POST",
    headers: { authorization: `Bearer ${admin.token}` },
    body: JSON.stringify({ name, values }),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Writes that reached Dataverse since the given point of the record. */
export function writes(sandbox: Sandbox, since = 0): string[] {
  return sandbox.requests
    .slice(since)
    .filter(({ service, method }) => service === "dataverse" && method !== "GET")
    .map(
      ({ method, path, body }) =>
        `${method} ${decodeURIComponent(path).replace(/\?.*/, "").replace("/api/data/v9.2/", "")} ${body}`,
    );
}
