import type { MailboxRow } from "../../dataverse/tables.ts";
import type { Context } from "../../resource/context.ts";
import { MOST_TOGETHER } from "../../resource/sightings.ts";
import { addressKey } from "../../schema/address.ts";
import { isPlain, rowsOf, WITH_ADDRESS } from "./find.ts";
import { isIdle } from "./people.ts";

type Looking = Pick<Context, "dataverse" | "deadline" | "roster">;

/** Who of a fleet has left. */
export interface Leavers {
  /** Addresses that no mailbox has: the user or queue was deleted, or has another address by now. */
  readonly missing: readonly string[];
  /** Addresses whose users are disabled. */
  readonly disabled: readonly string[];
}

/**
 * Looks for the mailboxes of all these addresses by few requests: pages of all that there are, as long as more than one list of addresses
 * is left, then lists. What no page has shown is believed when its list does not show it either. What is found is kept for
 * the checks that follow.
 */
export async function lookUp(addresses: readonly string[], context: Looking): Promise<Leavers> {
  const moment = Date.now();
  const found = await mailboxesOf(addresses, context);
  const rows = (address: string) => found.get(addressKey(address)) ?? [];
  for (const address of addresses) {
    if (rows(address).length > 0) context.roster.sightings.keep(address, rows(address), moment);
  }
  const idle = await Promise.all(
    addresses.map(async (address) => {
      const states = await Promise.all(rows(address).map((row) => isIdle(row, context)));
      return states.length > 0 && states.every(Boolean);
    }),
  );
  return {
    missing: addresses.filter((address) => rows(address).length === 0),
    disabled: addresses.filter((_, index) => idle[index]),
  };
}

/** Rows by the key of their address. */
async function mailboxesOf(
  addresses: readonly string[],
  context: Looking,
): Promise<ReadonlyMap<string, readonly MailboxRow[]>> {
  const { dataverse, deadline } = context;
  const left = new Map(addresses.map((address) => [addressKey(address), address]));
  const found = new Map<string, MailboxRow[]>();
  const keep = (rows: readonly MailboxRow[]) => {
    for (const row of rows) {
      const key = addressKey(row.emailaddress ?? "");
      const others = found.get(key);
      if (others) others.push(row);
      else if (left.delete(key)) found.set(key, [row]);
    }
  };
  if (left.size > MOST_TOGETHER) {
    for await (const rows of dataverse.pages("mailboxes", WITH_ADDRESS, deadline)) {
      keep(rows);
      if (left.size <= MOST_TOGETHER) break;
    }
  }
  const plain = [...left.values()].filter(isPlain);
  const others = [...left.values()].filter((address) => !isPlain(address));
  const lists = plain.flatMap((_, index) =>
    index % MOST_TOGETHER === 0 ? [plain.slice(index, index + MOST_TOGETHER)] : [],
  );
  for (const list of [...lists, ...others.map((address) => [address])]) keep(await rowsOf(list, context, deadline));
  return found;
}
