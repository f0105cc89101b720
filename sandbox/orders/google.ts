import { randomInt, randomUUID } from "node:crypto";
import { MAIL_PAGE } from "../dynamics-pages.ts";
import { issueMailToken } from "../google/access-tokens.ts";
import { serviceAccountKey } from "../google/service-account-key.ts";
import {
  ACCESS_SETTINGS,
  ACCOUNT_CONDITIONS,
  type ConsentApp,
  type GmailAccount,
  type GoogleClient,
  type GoogleProject,
  newApp,
  SEED_CLIENT_ID,
} from "../google/state.ts";
import { underPolicy } from "../google/units.ts";
import { Unknown } from "../order.ts";
import { newAccount, newClientId, newSecret } from "../world/build-google.ts";
import type { World } from "../world.ts";
import { address, choice, type Form, flag, found, list, type Order, order, requireNew, text } from "./order.ts";

const ANNA = "anna@northwind.example";
const MAIL_ACCOUNT = "mail@northwind-mail.iam.gserviceaccount.com";
const SCREEN = {
  audience: choice(["internal", "external"]),
  publishingStatus: choice(["testing", "production"]),
  verified: flag,
  testUsers: list,
  blockedByAdmin: flag,
};
const ACCOUNT = {
  imap: choice(ACCESS_SETTINGS),
  pop: choice(ACCESS_SETTINGS),
  condition: choice(ACCOUNT_CONDITIONS),
  aliases: list,
  unit: text,
};
const DELEGATION = { delegatedScopes: list, tokenCreators: list, workloadIdentityUsers: list };
const projectId: Form<string> = {
  form: "ID",
  read(_, given) {
    if (/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(given)) return given;
    throw new Unknown(`"${given}" is no project id: 6 to 30 of a-z, 0-9 and hyphens, a letter first, no hyphen last`);
  },
};

export const googleOrders: Readonly<Record<string, Order>> = {
  "add project": order({
    target: "<project id>",
    summary: "adds a Google Cloud project with the Gmail API and a consent screen",
    may: { name: text, ...SCREEN },
    examples: ["northwind-mail-2 audience=external"],
    run: ({ world }, id, { name, ...screen }) => addProject(world(), projectId.read("id", id), name, screen),
  }),
  "set project": order({
    target: "<project id>",
    summary: "changes the consent screen; blockedByAdmin=true: the Workspace administrator has blocked the app",
    may: SCREEN,
    changes: true,
    examples: [`northwind-mail audience=external publishingStatus=testing testUsers=${ANNA}`],
    run: ({ world }, id, screen) => {
      const project = projectOf(world(), id);
      project.app = { ...(project.app ?? newApp(world().google.domain)), ...screen };
      return project;
    },
  }),
  "rename project": order({
    target: "<project id>",
    summary: "gives a project another name; its id stays for ever",
    needs: { to: text },
    examples: ['northwind-mail to="Mail of Northwind"'],
    run: ({ world }, id, { to }) => {
      projectOf(world(), id).displayName = to;
    },
  }),
  "disable project": projectSwitch("disabled", "suspends a project: its clients are refused as disabled"),
  "enable project": projectSwitch("active", "ends the suspension of a project"),
  "delete project": order({
    target: "<project id>",
    summary: "deletes a project and with it its clients",
    examples: ["northwind-mail"],
    run: ({ world }, id) => {
      projectOf(world(), id).state = "DELETE_REQUESTED";
      for (const client of clientsOf(world(), id)) client.state = "deleted";
    },
  }),
  "add client": order({
    prints: true,
    target: "<project id>",
    summary: "adds an OAuth web client, by default as the environment needs it; prints its id and secret",
    may: { name: text, redirectUris: list },
    examples: ["northwind-mail name=second"],
    run: ({ world }, id, values) => addClient(world(), id, values),
  }),
  "set client": order({
    target: "<client id>",
    summary: "changes a client; secret=VALUE takes the place of all its secrets",
    may: { state: choice(["active", "disabled", "deleted"]), secret: text, redirectUris: list },
    changes: true,
    examples: [`${SEED_CLIENT_ID} redirectUris=`],
    run: ({ world }, id, { secret, ...values }) => {
      const client = Object.assign(clientOf(world(), id), values);
      if (secret !== undefined) client.secrets = [{ value: secret, enabled: true }];
      return { clientId: client.clientId, state: client.state };
    },
  }),
  "rename client": order({
    target: "<client id>",
    summary: "gives a client another name in the console",
    needs: { to: text },
    examples: [`${SEED_CLIENT_ID} to=north`],
    run: ({ world }, id, { to }) => {
      clientOf(world(), id).name = to;
    },
  }),
  "disable client": clientSwitch("disabled", "Google refuses the client as disabled"),
  "enable client": clientSwitch("active", "Google takes the client again, also after it was deleted"),
  "delete client": clientSwitch("deleted", "Google refuses the client as deleted"),
  "add account": order({
    target: "<address>",
    summary: "adds a Gmail account",
    may: ACCOUNT,
    examples: ["emma@northwind.example aliases=falk@northwind.example"],
    run: ({ world }, name, values) => {
      const { google } = world();
      const given = address.read("address", name);
      requireNew(google.accounts, "account", given, (known) => known.address === given);
      requireUnit(world(), values.unit);
      google.accounts.push(underPolicy({ ...newAccount(given), ...values }, google.units));
    },
  }),
  "set account": order({
    target: "<address>",
    summary: "changes an account: IMAP and POP, aliases, organisational unit, what stands in the way of a login",
    may: ACCOUNT,
    changes: true,
    examples: ["bert@northwind.example imap=off-by-user"],
    run: ({ world }, name, values) => {
      requireUnit(world(), values.unit);
      const account = Object.assign(accountOf(world(), name), values);
      // As it was told, but for a unit that is given.
      return values.unit === undefined ? account : Object.assign(account, underPolicy(account, world().google.units));
    },
  }),
  "rename account": order({
    target: "<address>",
    summary: "gives an account another address; the old one becomes an alias, consents stay",
    needs: { to: address },
    examples: [`${ANNA} to=new.${ANNA}`],
    run: ({ world }, name, { to }) => renameAccount(world(), accountOf(world(), name), to),
  }),
  "delete account": order({
    target: "<address>",
    summary: "deletes an account, and what its user has granted",
    examples: [ANNA],
    run: ({ world }, name) => {
      const { google } = world();
      const account = accountOf(world(), name);
      google.accounts = google.accounts.filter((other) => other !== account);
      revoke(world(), account.address);
      google.tokens = google.tokens.filter((token) => token.address !== account.address);
    },
  }),
  revoke: order({
    target: "<address>",
    summary: "the user takes back at Google what was granted",
    examples: [ANNA],
    run: ({ world }, name) => revoke(world(), name.toLowerCase()),
  }),
  "set unit": order({
    target: "<path>",
    summary: "what the Workspace administrator allows an organisational unit, which is made when it is not there",
    may: { imap: flag, pop: flag },
    changes: true,
    examples: ["/Sales imap=false"],
    run: ({ world }, path, values) => setUnit(world(), path, values),
  }),
  "add service-account": order({
    target: "<address>",
    summary: "adds a service account, with the scopes of its domain-wide delegation",
    may: DELEGATION,
    examples: ["reader@northwind-mail.iam.gserviceaccount.com delegatedScopes=https://mail.google.com/"],
    run: ({ world }, email, values) => {
      const { serviceAccounts } = world().google;
      requireNew(serviceAccounts, "service account", email, (known) => known.email === email);
      serviceAccounts.push({ email, delegatedScopes: [], tokenCreators: [], ...values });
    },
  }),
  "set service-account": order({
    target: "<address>",
    summary: "changes the scopes of its delegation, or who may sign for it",
    may: DELEGATION,
    changes: true,
    examples: [`${MAIL_ACCOUNT} delegatedScopes=`],
    run: ({ world }, email, values) => Object.assign(serviceAccountOf(world(), email), values),
  }),
  "delete service-account": order({
    target: "<address>",
    summary: "deletes a service account",
    examples: [MAIL_ACCOUNT],
    run: ({ world }, email) => {
      const { google } = world();
      const account = serviceAccountOf(world(), email);
      google.serviceAccounts = google.serviceAccounts.filter((other) => other !== account);
    },
  }),
  "add token": order({
    prints: true,
    target: "<address>",
    summary:
      "prints an access token of an account, good for an hour: mail clients log in with it by XOAUTH2, and look at the mail that was sent",
    examples: [ANNA],
    run: ({ world }, name) => issueMailToken(world().google, accountOf(world(), name)),
  }),
  "add key": order({
    prints: true,
    target: "<address>",
    summary: "prints the key file of a service account, as Google's console downloads it",
    examples: [MAIL_ACCOUNT],
    run: ({ world }, email) => serviceAccountKey(serviceAccountOf(world(), email)),
  }),
};

function projectOf({ google }: World, id: string): GoogleProject {
  return found(google.projects, "project", id, (project) => project.projectId === id);
}

function clientOf({ google }: World, id: string): GoogleClient {
  return found(google.clients, "client", id, ({ clientId }) => clientId === id);
}

function clientsOf({ google }: World, id: string): GoogleClient[] {
  return google.clients.filter((client) => client.projectId === id);
}

function accountOf({ google }: World, name: string): GmailAccount {
  return found(google.accounts, "account", name, (account) => account.address === name.toLowerCase());
}

function serviceAccountOf({ google }: World, email: string) {
  return found(google.serviceAccounts, "service account", email, (account) => account.email === email);
}

function addProject({ google }: World, id: string, name: string | undefined, screen: Partial<ConsentApp>): void {
  requireNew(google.projects, "project", id, (known) => known.projectId === id);
  google.projects.push({
    projectId: id,
    number: String(randomInt(100_000_000_000, 200_000_000_000)),
    displayName: name ?? id,
    parent: "organizations/100000000000",
    state: "ACTIVE",
    services: ["gmail.googleapis.com"],
    app: { ...newApp(google.domain), ...screen },
  });
}

/** Switches all clients of a project. Assumption: suspended-project. */
function projectSwitch(state: "active" | "disabled", summary: string): Order {
  return order({
    target: "<project id>",
    summary,
    examples: ["northwind-mail"],
    run: ({ world }, id) => {
      projectOf(world(), id);
      for (const client of clientsOf(world(), id)) if (client.state !== "deleted") client.state = state;
    },
  });
}

function clientSwitch(state: GoogleClient["state"], summary: string): Order {
  return order({
    target: "<client id>",
    summary,
    examples: [SEED_CLIENT_ID],
    run: ({ world }, id) => {
      clientOf(world(), id).state = state;
    },
  });
}

function addClient(
  world: World,
  id: string,
  { name, redirectUris }: { readonly name?: string; readonly redirectUris?: string[] },
): unknown {
  const { number, app } = projectOf(world, id);
  if (!app)
    throw new Unknown(`the project ${id} has no consent screen yet: gmailsync sandbox set project ${id} audience=…`);
  const clientId = newClientId(number, randomUUID());
  const secret = newSecret(clientId);
  world.google.clients.push({
    clientId,
    ...(name !== undefined && { name }),
    projectId: id,
    secrets: [{ value: secret, enabled: true }],
    redirectUris: redirectUris ?? [`${world.environmentUrl}${MAIL_PAGE}`],
    javascriptOrigins: [world.environmentUrl],
    state: "active",
    usedAt: Date.now() + world.google.clockOffsetMs,
  });
  return { clientId, secret };
}

function requireUnit({ google }: World, unit: string | undefined): void {
  if (unit !== undefined) found(google.units, "organisational unit", unit, ({ path }) => path === unit);
}

function renameAccount({ google }: World, account: GmailAccount, to: string): void {
  requireNew(google.accounts, "account", to, (known) => known.address === to);
  const from = account.address;
  account.aliases = [...(account.aliases ?? []).filter((alias) => alias !== to), from];
  account.address = to;
  for (const held of [...google.grants, ...google.tokens]) if (held.address === from) held.address = to;
}

function revoke({ google }: World, user: string): void {
  for (const grant of google.grants) if (grant.address === user) grant.state = "revoked";
}

function setUnit(
  { google }: World,
  path: string,
  values: { readonly imap?: boolean; readonly pop?: boolean },
): unknown {
  if (!path.startsWith("/")) throw new Unknown(`"${path}" is no path of an organisational unit: /Sales`);
  const unit = google.units.find((known) => known.path === path) ?? { path, imap: true, pop: true };
  if (!google.units.includes(unit)) google.units.push(unit);
  Object.assign(unit, values);
  for (const account of google.accounts)
    if (account.unit === path) Object.assign(account, underPolicy(account, google.units));
  return unit;
}
