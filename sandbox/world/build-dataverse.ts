import { addPerson, addRow, type Kind } from "../dataverse/people.ts";
import { BUILT_IN_ROLES, type Privileges } from "../dataverse/privileges.ts";
import {
  type Cell,
  type DataverseState,
  now,
  PAST_SIGN_IN_MS,
  type Role,
  type Row,
  rowsOf,
  tokenEnd,
} from "../dataverse/state.ts";
import { type EntraSecret, type EntraState, EXCHANGE_AUDIENCE, lastingSecret } from "../entra/state.ts";
import { guidOf } from "../ids.ts";
import type { Pipelines } from "../pipelines/kinds.ts";
import {
  APPROVALS,
  DELIVERY_METHODS,
  POLL_INTERVAL_SECONDS,
  TEST_RESULTS,
  type WorldDefinition,
} from "./definition.ts";
import { type Application, list, type Owner, type Profile } from "./parts.ts";

/** What the environment and its tenant are called, given or made. */
export interface Identity {
  readonly url: string;
  readonly organizationId: string;
  readonly tenantId: string;
}

export function identityOf({ environment = {} }: WorldDefinition): Identity {
  const { url = "https://contoso.crm.dynamics.com", organizationId = guidOf(`environment ${url}`) } = environment;
  return { url, organizationId, tenantId: environment.tenantId ?? guidOf(`${organizationId} tenant`) };
}

const DEFAULT_APPLICATIONS: readonly Application[] = [{ name: "gmailsync" }];

function applicationsOf(definition: WorldDefinition, { organizationId }: Identity) {
  return (definition.applications ?? DEFAULT_APPLICATIONS).map(({ name, ...application }) => ({
    name,
    clientId: guidOf(`${organizationId} application ${name}`),
    secrets: [`sandbox-entra-secret-of-${name.replaceAll(/[^A-Za-z0-9]+/g, "-")}`],
    ...application,
  }));
}

/** An application trusts the world's pipelines where it is not said whom it trusts. */
export function buildEntra(definition: WorldDefinition, identity: Identity, pipelines: Pipelines): EntraState {
  const trusted = Object.values(pipelines).map(({ issuer, subject }) => ({ issuer, subject }));
  return {
    tenantId: identity.tenantId,
    domains: [...(definition.environment?.tenantDomains ?? ["contoso.onmicrosoft.com"])],
    applications: applicationsOf(definition, identity).map(
      ({ clientId, name, secrets, certificates = [], federatedCredentials = trusted }) => ({
        clientId,
        name,
        secrets: secrets.map(secretOf),
        certificates: [...certificates],
        federatedCredentials: federatedCredentials.map((credential) => ({
          audience: EXCHANGE_AUDIENCE,
          ...credential,
        })),
      }),
    ),
    resources: [identity.url],
    tokens: [],
  };
}

const DAY_MS = 24 * 3600 * 1000;

function secretOf(secret: string | { readonly value: string; readonly endsInDays: number }): EntraSecret {
  if (typeof secret === "string") return lastingSecret(secret);
  return { value: secret.value, endsAt: Date.now() + secret.endsInDays * DAY_MS };
}

/** `tokens` are what mailboxes hold of their users' sign-ins. */
export function buildDataverse(
  definition: WorldDefinition,
  identity: Identity,
  tokens: ReadonlyMap<Owner, string>,
): DataverseState {
  const { environment = {} } = definition;
  const state: DataverseState = {
    rows: { tracelogs: [] },
    version: 1_000_000,
    roles: [
      ...builtInRoles(identity.organizationId),
      ...list(definition.roles).map(({ name, privileges }) => newRole(name, privileges, identity.organizationId)),
    ],
    behaviour: {
      approval: environment.approvals ?? "works",
      administrationMode: environment.administrationMode ?? false,
      requestLimit: environment.requestLimit ?? null,
      pollIntervalSeconds: environment.pollIntervalSeconds ?? POLL_INTERVAL_SECONDS,
    },
  };
  const profiles = new Map(
    list(definition.profiles).map((profile) => [profile.name, addProfile(state, profile, identity)]),
  );
  const profileId = (name: string | undefined) => (name === undefined ? null : (profiles.get(name) ?? null));
  addRow(state, "organizations", {
    organizationid: identity.organizationId,
    name: environment.name ?? "Contoso",
    requireapprovalforuseremail: environment.requireApprovalForUserEmail ?? true,
    requireapprovalforqueueemail: environment.requireApprovalForQueueEmail ?? true,
    _defaultemailserverprofileid_value: profileId(environment.defaultProfile),
  });
  for (const application of applicationsOf(definition, identity)) addApplicationUser(state, application, identity);
  const kinds: readonly [Kind, readonly Owner[]][] = [
    ["user", list(definition.users)],
    ["queue", list(definition.queues)],
    ["forward", list(definition.forwardMailboxes)],
  ];
  for (const [kind, owners] of kinds)
    for (const owner of owners) {
      const mailbox = addOwner(state, kind, owner, identity);
      Object.assign(mailbox, pastOf(owner, profileId(owner.profile), tokens.get(owner) ?? null));
    }
  return state;
}

/** The roles that every environment has, held by nobody yet. */
export function builtInRoles(organizationId: string): Role[] {
  return Object.entries(BUILT_IN_ROLES).map(([name, privileges]) => newRole(name, privileges, organizationId));
}

function newRole(name: string, privileges: Privileges, organizationId: string): Role {
  return { roleid: guidOf(`${organizationId} role ${name}`), name, privileges, holders: [] };
}

function addApplicationUser(
  state: DataverseState,
  {
    name,
    clientId,
    roles = ["System Administrator"],
    applicationUser = true,
    disabled = false,
  }: Application & { clientId: string },
  { organizationId }: Identity,
): void {
  if (!applicationUser) return;
  const systemuserid = guidOf(`${organizationId} application user ${clientId}`);
  addRow(state, "systemusers", { systemuserid, fullname: `# ${name}`, applicationid: clientId, isdisabled: disabled });
  for (const role of state.roles) if (roles.includes(role.name)) role.holders.push(systemuserid);
}

const SERVERS = {
  gmailImap: { servertype: 4, incomingserverlocation: "imap.gmail.com", incomingportnumber: 993 },
  gmailPop3: { servertype: 1, incomingserverlocation: "pop.gmail.com", incomingportnumber: 995 },
} as const;

/** Returns its id. */
function addProfile(state: DataverseState, profile: Profile, { organizationId }: Identity): string {
  const { name, kind = "gmailImap", oauthClientId, oauthClientSecret, inactive = false, columns = {} } = profile;
  const emailserverprofileid = guidOf(`${organizationId} profile ${name}`);
  const gmail = kind !== "exchangeOnline" && {
    ...SERVERS[kind],
    incomingusessl: true,
    incomingcredentialretrieval: 5,
    outgoingcredentialretrieval: 5,
    outgoingserverlocation: "smtp.gmail.com",
    outgoingportnumber: 587,
    outgoingusessl: true,
    useautodiscover: false,
    usesamesettingsforoutgoingconnections: false,
    oauthclientid: oauthClientId ?? null,
    oauthclientsecret: oauthClientSecret ?? null,
  };
  addRow(state, "emailserverprofiles", {
    emailserverprofileid,
    name,
    ...(gmail || { servertype: 3, incomingcredentialretrieval: 2, outgoingcredentialretrieval: 2 }),
    ...activity(inactive),
    ...columns,
  });
  return emailserverprofileid;
}

function activity(inactive: boolean): Record<string, Cell> {
  return inactive ? { statecode: 1, statuscode: 2 } : { statecode: 0, statuscode: 1 };
}

/** Returns the mailbox. */
function addOwner(state: DataverseState, kind: Kind, owner: Owner, { organizationId }: Identity): Row {
  const ids = {
    owner: guidOf(`${organizationId} ${kind} ${owner.address}`),
    mailboxid: guidOf(`${organizationId} mailbox ${kind} ${owner.address}`),
  };
  const mailbox = addPerson(state, { kind, name: owner.name, address: owner.address }, ids);
  if (isDisabled(owner) && kind === "user")
    Object.assign(rowsOf(state, "systemusers").at(-1) ?? {}, { isdisabled: true });
  if (isDisabled(owner) && kind === "queue") Object.assign(rowsOf(state, "queues").at(-1) ?? {}, { statecode: 1 });
  return mailbox;
}

function isDisabled(owner: Owner): boolean {
  return "disabled" in owner && owner.disabled === true;
}

function pastOf(owner: Owner, profile: string | null, token: string | null): Row {
  const methods = {
    incoming: DELIVERY_METHODS.indexOf(owner.incomingEmailDeliveryMethod ?? "none"),
    outgoing: DELIVERY_METHODS.indexOf(owner.outgoingEmailDeliveryMethod ?? "none"),
  };
  const result = TEST_RESULTS.indexOf(owner.tested ?? "notRun");
  const tested = Object.entries(methods).flatMap(([direction, method]): [string, Cell][] => [
    [`${direction}emaildeliverymethod`, method],
    [`${direction}emailstatus`, method === 2 ? result : 0],
    [`enabledfor${direction}email`, method === 2 && result === 1],
  ]);
  return {
    _emailserverprofile_value: profile,
    emailrouteraccessapproval: APPROVALS.indexOf(owner.approval ?? "empty"),
    ...Object.fromEntries(tested),
    ...(result > 0 && { testmailboxaccesscompletedon: now() }),
    ...activity(isDisabled(owner) || owner.inactive === true),
    oauthrefreshtoken: token,
    oauthtokenexpireson: token === null ? null : tokenEnd(PAST_SIGN_IN_MS),
    ...owner.columns,
  };
}
