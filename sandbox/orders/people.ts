import { randomUUID } from "node:crypto";
import { OWNERS } from "../dataverse/owners.ts";
import { addPerson, type Kind } from "../dataverse/people.ts";
import { type Row, rowsOf } from "../dataverse/state.ts";
import { findRecipient } from "../google/mail-access.ts";
import { Unknown } from "../order.ts";
import { newAccount } from "../world/build-google.ts";
import type { World } from "../world.ts";
import { address, flag, freeOrder, type Order, order, text } from "./order.ts";
import { deleteRows, rowsNamed, saveRows, setRows, takeRow } from "./rows.ts";

/** Users and queues differ in little but their names. */
interface Owner {
  readonly kind: "user" | "queue";
  readonly set: string;
  readonly address: string;
  /** What to save to disable and to enable. */
  readonly disabled: { readonly column: string; readonly on: true | 1; readonly off: false | 0 };
  readonly example: string;
}

const USER: Owner = {
  kind: "user",
  set: "systemusers",
  address: "internalemailaddress",
  disabled: { column: "isdisabled", on: true, off: false },
  example: "anna@northwind.example",
};
const QUEUE: Owner = {
  kind: "queue",
  set: "queues",
  address: "emailaddress",
  disabled: { column: "statecode", on: 1, off: 0 },
  example: "sales@northwind.example",
};

export const peopleOrders: Readonly<Record<string, Order>> = {
  ...ordersOf(USER),
  ...ordersOf(QUEUE),
  "add mailbox": order({
    target: "<address>",
    summary: "adds a forward mailbox",
    needs: { name: text },
    may: { account: flag },
    examples: ['all@northwind.example name="All incoming"'],
    run: ({ world }, target, values) => add(world(), "forward", address.read("address", target), values),
  }),
  "delete mailbox": order({
    target: "<address>",
    summary: "deletes a forward mailbox; that of a user or queue goes with its owner only",
    examples: ["all@northwind.example"],
    run: ({ world }, target) => {
      deleteRows(world(), "mailboxes", rowsNamed(world(), "mailboxes", "emailaddress", target));
    },
  }),
};

function ordersOf(owner: Owner): Record<string, Order> {
  const { kind, set, example } = owner;
  const switching = (on: boolean, summary: string) =>
    order({
      target: "<address>",
      summary,
      examples: [example],
      run: ({ world }, target) => {
        const { column, on: disabled, off } = owner.disabled;
        saveRows(world(), set, rowsNamed(world(), set, owner.address, target), { [column]: on ? disabled : off });
      },
    });
  return {
    [`add ${kind}`]: order({
      target: "<address>",
      summary: `adds a ${kind} with a mailbox, and an account at Google (account=false: without)`,
      needs: { name: text },
      may: { account: flag },
      examples: [
        `${kind === "user" ? 'emma@northwind.example name="Emma Falk"' : "returns@northwind.example name=Returns"}`,
      ],
      run: ({ world }, target, values) => add(world(), kind, address.read("address", target), values),
    }),
    [`set ${kind}`]: freeOrder({
      target: "<address>",
      form: "COLUMN=VALUE…",
      summary: `sets columns of a ${kind}, by their Web API names`,
      examples: [kind === "user" ? `${example} isdisabled=true` : `${example} name="Sales Europe"`],
      run: ({ world }, target, values) => setRows(world(), set, owner.address, target, values),
    }),
    [`rename ${kind}`]: order({
      target: "<address>",
      summary: `gives a ${kind} another primary address; its mailbox stays the same and has to be approved again`,
      needs: { to: address },
      examples: [`${example} to=new.${example}`],
      run: ({ world }, target, { to }) => {
        saveRows(world(), set, rowsNamed(world(), set, owner.address, target), { [owner.address]: to });
      },
    }),
    [`disable ${kind}`]: switching(true, `disables a ${kind}, whose mailbox becomes inactive`),
    [`enable ${kind}`]: switching(false, `enables a ${kind} again`),
    [`delete ${kind}`]: order({
      target: "<address>",
      summary: `deletes a ${kind}${kind === "user" ? ", who must be disabled before," : ""} and with it the mailbox`,
      examples: [example],
      run: ({ world }, target) => remove(world(), owner, target),
    }),
  };
}

function add(
  world: World,
  kind: Kind,
  given: string,
  { name, account = true }: { readonly name: string; readonly account?: boolean },
): unknown {
  const taken = rowsOf(world.dataverse, "mailboxes").some(
    (row) => row["emailaddress"] === given && kindOf(row) === kind,
  );
  if (taken) throw new Unknown(`there is a ${kind} ${given} already`);
  const mailboxid = randomUUID();
  addPerson(world.dataverse, { kind, name, address: given }, { owner: randomUUID(), mailboxid });
  if (account && !findRecipient(world.google, given)) world.google.accounts.push(newAccount(given));
  return { mailboxid };
}

function kindOf(mailbox: Row): Kind {
  const link = mailbox["regardingobjecttypecode"];
  return link === "systemuser" ? "user" : link === "queue" ? "queue" : "forward";
}

/** Only a disabled user can be deleted. Roles go with the user, tokens and consents stay at Google. */
function remove(world: World, { kind, set, address: column }: Owner, name: string): void {
  const { dataverse } = world;
  const rows = rowsOf(dataverse, set).filter((row) => String(row[column]).toLowerCase() === name.toLowerCase());
  if (rows.length === 0) throw new Unknown(`no ${kind} ${name}`);
  for (const row of rows) {
    if (kind === "user" && !OWNERS[set]?.isDisabled(row))
      throw new Unknown(`${name} is enabled; disable the user first: gmailsync sandbox disable user ${name}`);
    for (const role of dataverse.roles) role.holders = role.holders.filter((holder) => holder !== row["systemuserid"]);
    takeRow(world, set, row);
  }
}
