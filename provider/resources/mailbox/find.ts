import { odataString } from "../../dataverse/dataverse.ts";
import { notTheOne } from "../../dataverse/expect.ts";
import { inFilter, MOST_LARGEST_PAGES } from "../../dataverse/query.ts";
import type { MailboxRow } from "../../dataverse/tables.ts";
import { Fault, quoted } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import { sameText } from "../../resource/columns.ts";
import type { Context } from "../../resource/context.ts";
import { addressKey, sameAddress, spellings } from "../../schema/address.ts";
import type { MailboxKind } from "./definition.ts";

/** All mailboxes that anybody could ask for. */
export const WITH_ADDRESS = "emailaddress ne null";

/** Addresses that a list of the query function `In` holds as they are. */
const PLAIN = /^[\w.+-]+@[\w.-]+$/;

export function isPlain(address: string): boolean {
  return PLAIN.test(address);
}

interface Wanted {
  readonly emailAddress: string;
  readonly mailboxId?: string | undefined;
  readonly kind?: MailboxKind | undefined;
}

/**
 * The one mailbox with the address, or with the id or of the kind where several have it. None and several are different errors. Takes what
 * a check has seen a moment ago; of many that have waited longer than that for one of the engine's places, all are looked at again.
 */
export async function findMailbox(wanted: Wanted, context: Context, deadline: Deadline): Promise<MailboxRow> {
  const { emailAddress } = wanted;
  const { sightings } = context.roster;
  if (sightings.many && !sightings.look(emailAddress)) await sightAll(context);
  const rows = sightings.take(emailAddress) ?? (await rowsOf([emailAddress], context, deadline));
  return theOne(wanted, rows, context);
}

/** The same ahead of the operation, for which it is kept. */
export async function findAhead(wanted: Wanted, context: Context): Promise<MailboxRow> {
  const { emailAddress } = wanted;
  const { sightings } = context.roster;
  const seen = sightings.look(emailAddress);
  if (seen) return theOne(wanted, seen, context);
  const addresses = isPlain(emailAddress) ? sightings.together(emailAddress).filter(isPlain) : [emailAddress];
  if (addresses.length === 1 && sightings.alone()) {
    await sightAll(context);
    const shown = sightings.look(emailAddress);
    if (shown) return theOne(wanted, shown, context);
  }
  const moment = Date.now();
  const rows = await rowsOf(addresses, context, context.deadline);
  const found = (address: string) => rows.filter((row) => sameAddress(row.emailaddress, address));
  for (const address of addresses) sightings.keep(address, found(address), moment);
  return theOne(wanted, found(emailAddress), context);
}

/** How soon all mailboxes are looked at again, in milliseconds: what was not among them a moment ago is looked up by itself. */
const AGAIN_AFTER_MS = 5000;

/** All mailboxes there are, by address; one look serves all who wait for it. Whoever is not among them, or of too many, is looked up by itself. */
function sightAll({ dataverse, deadline, roster }: Context): Promise<true> {
  return roster.sightingAll.get("", "Looking at all mailboxes", deadline, async (limit) => {
    const until = Date.now() + AGAIN_AFTER_MS;
    await keepAll({ dataverse, deadline: limit, roster });
    return { value: true, until };
  });
}

async function keepAll({
  dataverse,
  deadline,
  roster,
}: Pick<Context, "dataverse" | "deadline" | "roster">): Promise<void> {
  const moment = Date.now();
  const found = new Map<string, MailboxRow[]>();
  let pages = 0;
  for await (const rows of dataverse.pages("mailboxes", WITH_ADDRESS, deadline)) {
    if (++pages > MOST_LARGEST_PAGES) return roster.sightings.onlyAlone();
    for (const row of rows) {
      const key = addressKey(row.emailaddress ?? "");
      found.set(key, [...(found.get(key) ?? []), row]);
    }
  }
  for (const rows of found.values()) roster.sightings.keep(rows[0]?.emailaddress ?? "", rows, moment);
}

/** The mailboxes that have one of the addresses. An answer with another one is an error: whoever is in it would be logged in to. */
export async function rowsOf(
  addresses: readonly string[],
  { dataverse }: Pick<Context, "dataverse">,
  deadline: Deadline,
): Promise<readonly MailboxRow[]> {
  const [only = "", ...others] = addresses;
  const filter = spellings(only).map((one) => `emailaddress eq ${odataString(one)}`);
  const rows =
    others.length > 0
      ? await dataverse.list("mailboxes", inFilter("emailaddress", addresses), {}, deadline)
      : await dataverse.list("mailboxes", filter.join(" or "), { top: 20 }, deadline);
  const asked = new Set(addresses.map(addressKey));
  const stranger = rows.find(({ emailaddress }) => !asked.has(addressKey(emailaddress ?? "")));
  if (stranger) throw notTheOne("Looking for mailboxes by address", addresses, stranger.emailaddress);
  return rows;
}

function theOne(
  { emailAddress, mailboxId, kind }: Wanted,
  rows: readonly MailboxRow[],
  { environmentUrl, roster }: Context,
): MailboxRow {
  const candidates = rows.filter(
    (row) => (!mailboxId || sameText(row.mailboxid, mailboxId)) && (!kind || kindOf(row) === kind),
  );
  const [only, ...others] = candidates;
  if (only && others.length === 0) return only;
  if (!only) {
    const others = rows.length === 0 ? othersMissing(emailAddress, roster.missing) : "";
    throw new Fault({
      kind: "not-found",
      what: `No mailbox ${mailboxId ? `${mailboxId} ` : ""}${kind ? `of a ${kind} ` : ""}has the address ${emailAddress} in ${environmentUrl}${others}`,
      hint:
        rows.length > 0
          ? `Mailboxes with this address: ${rows.map(describe).join("; ")}.`
          : "A mailbox comes with its user or queue: check that the user is enabled and has this primary e-mail address, or that the queue has it, and that the application user may read mailboxes (prvReadMailbox).",
    });
  }
  throw new Fault({
    kind: "invalid-input",
    what: `${candidates.length} mailboxes have the address ${emailAddress} in ${environmentUrl}`,
    hint: `Name the one that is meant by kind or mailboxId: ${candidates.map(describe).join("; ")}.`,
  });
}

/** Most addresses that are named for one cause. */
const NAMED = 50;

/** The others of the fleet that no mailbox has, told along with the first. */
function othersMissing(address: string, missing: ReadonlySet<string>): string {
  const others = [...missing].filter((other) => !sameAddress(other, address));
  if (others.length === 0 || !missing.has(address)) return "";
  const more = others.length > NAMED ? [`${others.length - NAMED} more`] : [];
  const who =
    others.length === 1
      ? "nor has another one of the fleet its own"
      : `nor have ${others.length} others of the fleet theirs`;
  return `, ${who}: ${[...others.slice(0, NAMED), ...more].join(", ")}`;
}

function describe(row: MailboxRow): string {
  return `${row.mailboxid} (${kindOf(row)} ${quoted(row.name)})`;
}

/** Whose mailbox it is: a user's or queue's mailbox points to its owner, a forward mailbox to nobody. */
export function kindOf(row: MailboxRow): MailboxKind {
  if (row._regardingobjectid_value === null) return "forward";
  return row["_regardingobjectid_value@Microsoft.Dynamics.CRM.lookuplogicalname"] === "queue" ? "queue" : "user";
}

/** The mailbox's page in the classic form, where its user signs in to Gmail. */
export function mailboxUrl(environmentUrl: string, mailboxId: string): string {
  return `${environmentUrl}/main.aspx?etn=mailbox&pagetype=entityrecord&id=${mailboxId}`;
}
