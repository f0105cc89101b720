import { randomUUID } from "node:crypto";
import { addRow } from "../dataverse/people.ts";
import { type DEPTHS, PRIVILEGES, type Privileges } from "../dataverse/privileges.ts";
import { type DataverseState, type Role, type Row, rowsOf, touch } from "../dataverse/state.ts";
import { lastingSecret } from "../entra/state.ts";
import { Unknown } from "../order.ts";
import type { World } from "../world.ts";
import { type Form, found, type Order, order, requireNew, text } from "./order.ts";
import { takeRow } from "./rows.ts";
import { newEntraSecret } from "./secrets.ts";

const APPLICATION = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";

const privileges: Form<Privileges> = {
  form: "NAME:DEPTH,…",
  read: (_, given) => Object.fromEntries(given.split(",").filter(Boolean).map(privilege)),
};

function privilege(given: string): [string, (typeof DEPTHS)[number]] {
  const [name = "", written = ""] = given.split(":");
  const depths = PRIVILEGES.get(name);
  if (!depths) throw new Unknown(`there is no privilege ${name} here; there are ${[...PRIVILEGES.keys()].join(", ")}`);
  const depth = depths.find((candidate) => candidate === written);
  if (!depth) throw new Unknown(`${name} can be held at ${depths.join(", ")}, not "${written}"`);
  return [name, depth];
}

export const roleOrders: Readonly<Record<string, Order>> = {
  "add role": order({
    target: "<name>",
    summary: "adds a security role, with privileges and their depths (Basic, Local, Deep, Global)",
    needs: { privileges },
    examples: ['"Mail reader" privileges=prvReadMailbox:Global,prvReadOrganization:Global'],
    run: ({ world }, name, { privileges: held }) => {
      const { roles } = world().dataverse;
      requireNew(roles, "role", name, isNamed(name));
      roles.push({ roleid: randomUUID(), name, privileges: held, holders: [] });
    },
  }),
  "set role": order({
    target: "<name>",
    summary: "gives a role other privileges, all of them anew",
    needs: { privileges },
    examples: ['"System Administrator" privileges=prvReadMailbox:Global'],
    run: ({ world }, name, { privileges: held }) => {
      roleOf(world().dataverse, name).privileges = held;
    },
  }),
  "delete role": order({
    target: "<name>",
    summary: "deletes a role, and takes it from all who hold it",
    examples: ['"Mail reader"'],
    run: ({ world }, name) => {
      const { roles } = world().dataverse;
      roles.splice(roles.indexOf(roleOf(world().dataverse, name)), 1);
    },
  }),
  "give role": order({
    target: "<name>",
    summary: "gives a role to an application user",
    needs: { to: text },
    examples: [`"Basic User" to=${APPLICATION}`],
    run: ({ world }, name, { to }) => {
      const { holders } = roleOf(world().dataverse, name);
      const id = String(userOf(world(), to)["systemuserid"]);
      if (!holders.includes(id)) holders.push(id);
    },
  }),
  "take role": order({
    target: "<name>",
    summary: "takes a role from an application user",
    needs: { from: text },
    examples: [`"System Administrator" from=${APPLICATION}`],
    run: ({ world }, name, { from }) => {
      const role = roleOf(world().dataverse, name);
      const id = String(userOf(world(), from)["systemuserid"]);
      if (!role.holders.includes(id)) throw new Unknown(`${from} does not hold the role ${name}`);
      role.holders = role.holders.filter((holder) => holder !== id);
    },
  }),
  "add application": order({
    prints: true,
    target: "<name>",
    summary: "registers an application in Entra, with a secret, and makes it an application user without a role",
    examples: ["pipeline"],
    run: ({ world }, name) => addApplication(world(), name),
  }),
  "disable application": applicationSwitch(true, "disables the application user"),
  "enable application": applicationSwitch(false, "enables the application user again"),
  "delete application": order({
    target: "<client id>",
    summary: "deletes an application in Entra, and its application user",
    examples: [APPLICATION],
    run: ({ world }, id) => {
      const { entra, dataverse } = world();
      const application = found(entra.applications, "application", id, ({ clientId }) => clientId === id);
      const row = rowsOf(dataverse, "systemusers").find((candidate) => candidate["applicationid"] === id);
      for (const role of dataverse.roles)
        role.holders = role.holders.filter((holder) => holder !== row?.["systemuserid"]);
      if (row) takeRow(world(), "systemusers", row);
      entra.applications = entra.applications.filter((other) => other !== application);
      // Assumption: tokens-of-removed-application.
      entra.tokens = entra.tokens.filter(({ clientId }) => clientId !== id);
    },
  }),
};

function isNamed(name: string): (role: Role) => boolean {
  return (role) => role.name.toLowerCase() === name.toLowerCase();
}

function roleOf({ roles }: DataverseState, name: string): Role {
  return found(roles, "role", name, isNamed(name));
}

/** The application user of a client id. */
function userOf({ dataverse }: World, clientId: string): Row {
  const is = (row: Row) => row["applicationid"] === clientId.toLowerCase();
  return found(rowsOf(dataverse, "systemusers"), "application user", clientId, is);
}

function addApplication({ entra, dataverse }: World, name: string): unknown {
  requireNew(entra.applications, "application", name, (known) => known.name === name);
  const clientId = randomUUID();
  const secret = newEntraSecret();
  entra.applications.push({
    clientId,
    name,
    secrets: [lastingSecret(secret)],
    certificates: [],
    federatedCredentials: [],
  });
  addRow(dataverse, "systemusers", { systemuserid: randomUUID(), fullname: `# ${name}`, applicationid: clientId });
  return { clientId, secret };
}

function applicationSwitch(disabled: boolean, summary: string): Order {
  return order({
    target: "<client id>",
    summary,
    examples: [APPLICATION],
    run: ({ world }, id) => {
      const row = userOf(world(), id);
      row["isdisabled"] = disabled;
      touch(world().dataverse, row);
    },
  });
}
