import { APPROVAL_MODES, findRow, type Row, tokenEnd, touch } from "../dataverse/state.ts";
import { consentRefusal, keepConsent } from "../google/consent.ts";
import { findRecipient } from "../google/mail-access.ts";
import { newGrant } from "../google/state.ts";
import { Unknown, wholeNumber } from "../order.ts";
import type { World } from "../world.ts";
import { choice, type Form, flag, freeOrder, number, type Order, order } from "./order.ts";
import { deleteRows, rowsNamed, setRows } from "./rows.ts";

const ANNA = "anna@northwind.example";
const COLUMNS = "COLUMN=VALUE…";

const requestLimit: Form<number | null> = {
  form: "NUMBER|null",
  read: (name, given) => (given === "null" ? null : wholeNumber(name, given, 0, 1_000_000)),
};

export const dataverseOrders: Readonly<Record<string, Order>> = {
  "set mailbox": freeOrder({
    target: "<address>",
    form: COLUMNS,
    summary: "sets columns of a mailbox, by their Web API names; profile=NAME assigns a profile",
    examples: [`${ANNA} outgoingemaildeliverymethod=0`, `${ANNA} profile=Gmail`],
    run: ({ world }, target, values) => setRows(world(), "mailboxes", "emailaddress", target, values),
  }),
  "set profile": freeOrder({
    target: "<name>",
    form: COLUMNS,
    summary: "sets columns of an email server profile",
    examples: ["Gmail incomingportnumber=1993"],
    run: ({ world }, target, values) => setRows(world(), "emailserverprofiles", "name", target, values),
  }),
  "delete profile": order({
    target: "<name>",
    summary: "deletes an email server profile",
    examples: ["Gmail"],
    run: ({ world }, target) => {
      deleteRows(world(), "emailserverprofiles", rowsNamed(world(), "emailserverprofiles", "name", target));
    },
  }),
  "set organization": freeOrder({
    target: "<name>",
    form: COLUMNS,
    summary: "sets columns of the organisation; profile=NAME makes a profile the default for new mailboxes",
    examples: ["Contoso profile=Gmail", "Contoso requireapprovalforuseremail=false"],
    run: ({ world }, target, values) => setRows(world(), "organizations", "name", target, values),
  }),
  "set behaviour": order({
    target: "dataverse",
    summary:
      "how Dataverse behaves: approvals work, do nothing in silence (always, or for want of prvApproveRejectEmailAddress), or are denied; administration mode; throttling; how often it fetches mail by itself, 0 for never",
    may: {
      approval: choice(APPROVAL_MODES),
      administrationMode: flag,
      requestLimit,
      requestWindowSeconds: number(1, 300, "SECONDS"),
      pollIntervalSeconds: number(0, 86_400, "SECONDS"),
    },
    changes: true,
    examples: ["dataverse approval=silent", "dataverse requestLimit=60", "dataverse pollIntervalSeconds=10"],
    run: ({ world }, _, values) => Object.assign(world().dataverse.behaviour, values),
  }),
  "sign-in": order({
    target: "<address>",
    summary: "signs the mailbox's user in to Gmail, with the client of the mailbox's profile",
    examples: ["carl@northwind.example"],
    run: ({ world }, target) => signIn(world(), target),
  }),
  "sign-out": order({
    target: "<address>",
    summary: "takes the mailbox's token away",
    examples: [ANNA],
    run: ({ world }, target) => {
      for (const row of mailboxesOf(world(), target)) {
        row["oauthrefreshtoken"] = null;
        touch(world().dataverse, row);
      }
    },
  }),
};

function mailboxesOf(world: World, name: string): Row[] {
  return rowsNamed(world, "mailboxes", "emailaddress", name);
}

/** The user signs in on the mailbox's form, with the client of the mailbox's profile. */
function signIn(world: World, name: string): unknown {
  const { google, dataverse } = world;
  const account = findRecipient(google, name);
  if (!account) throw new Unknown(`no account ${name}`);
  for (const row of mailboxesOf(world, name)) {
    const profile = findRow(
      dataverse,
      "emailserverprofiles",
      "emailserverprofileid",
      String(row["_emailserverprofile_value"]),
    );
    if (!profile) throw new Unknown(`the mailbox ${name} has no email server profile, so no client to sign in with`);
    const client = google.clients.find(({ clientId }) => clientId === profile["oauthclientid"]);
    // Google's words on its sign-in page.
    if (!client) throw new Unknown("invalid_client: The OAuth client was not found.");
    if (client.state !== "active") throw new Unknown(`${client.state}_client: The OAuth client was ${client.state}.`);
    const refusal = consentRefusal(google, client, account.address);
    if (refusal) throw new Unknown(`${refusal.error}: ${refusal.description}`);
    const grant = keepConsent(google, client, newGrant(account.address, client.clientId));
    row["oauthrefreshtoken"] = grant.refreshToken;
    row["oauthtokenexpireson"] = tokenEnd();
    touch(dataverse, row);
  }
  return { address: account.address };
}
