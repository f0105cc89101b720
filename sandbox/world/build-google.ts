import { MAIL_PAGE } from "../dynamics-pages.ts";
import {
  type ConsentApp,
  type GmailAccount,
  type GoogleClient,
  type GoogleProject,
  type GoogleState,
  newApp,
  type OrganizationalUnit,
  type WorkloadProvider,
} from "../google/state.ts";
import { underPolicy } from "../google/units.ts";
import { digitsOf, guidOf } from "../ids.ts";
import type { Pipelines } from "../pipelines/kinds.ts";
import type { WorldDefinition } from "./definition.ts";
import { list, type Project, type Provider } from "./parts.ts";
import { membersOf, providersOf } from "./workload-providers.ts";

/** Google as the definition has it, with nobody signed in yet. */
export function buildGoogle(definition: WorldDefinition, environmentUrl: string, pipelines: Pipelines): GoogleState {
  const { workspace = {}, projects = [] } = definition;
  const domain = workspace.domain ?? "northwind.example";
  const units = list(workspace.units).map(({ path, imap = true, pop = true }) => ({ path, imap, pop }));
  const numbered = projects.map((project) => ({
    ...project,
    number: project.number ?? digitsOf(project.projectId, 12),
  }));
  const number = numbered[0]?.number ?? digitsOf(domain, 12);
  return {
    projects: numbered.map((project) => projectOf(project, domain)),
    clients: numbered.flatMap((project) => clientsOf(project, environmentUrl)),
    accounts: accountsOf(definition, units),
    grants: [],
    tokens: [],
    codes: [],
    serviceAccounts: list(workspace.serviceAccounts).map(
      ({ email, delegatedScopes = [], tokenCreators = [membersOf(number)], workloadIdentityUsers = [] }) => ({
        email,
        delegatedScopes: [...delegatedScopes],
        tokenCreators: [...tokenCreators],
        workloadIdentityUsers: [...workloadIdentityUsers],
      }),
    ),
    workloadProviders: workspace.workloadProviders?.map(providerOf) ?? providersOf(pipelines, number),
    operations: [],
    clockOffsetMs: 0,
    domain,
    units,
  };
}

function providerOf(provider: Provider): WorkloadProvider {
  const { allowedAudiences = [], attributeMapping, attributeCondition = null, ...named } = provider;
  return {
    ...named,
    allowedAudiences: [...allowedAudiences],
    attributeMapping: { "google.subject": "assertion.sub", ...attributeMapping },
    attributeCondition,
  };
}

type Numbered = Project & { readonly number: string };

function projectOf(project: Numbered, domain: string): GoogleProject {
  const { projectId, number, displayName, parent, apis } = project;
  return {
    projectId,
    number,
    displayName: displayName ?? projectId,
    parent: parent ?? "organizations/100000000000",
    state: "ACTIVE",
    services: apis ?? ["gmail.googleapis.com"],
    ...(hasScreen(project) && { app: appOf(project, domain) }),
  };
}

/** Google lets nobody make a client before the consent screen is filled in. */
function hasScreen({ clients = [], audience }: Project): boolean {
  return clients.length > 0 || audience !== undefined;
}

function appOf(project: Project, domain: string): ConsentApp {
  const {
    audience,
    publishingStatus,
    verified,
    testUsers,
    organizationDomain,
    blockedByAdmin,
    formerUsers = 0,
  } = project;
  const blank = newApp(organizationDomain ?? domain);
  return {
    ...blank,
    audience: audience ?? blank.audience,
    publishingStatus: publishingStatus ?? blank.publishingStatus,
    verified: verified ?? blank.verified,
    testUsers: [...(testUsers ?? [])],
    blockedByAdmin: blockedByAdmin ?? blank.blockedByAdmin,
    users: Array.from({ length: formerUsers }, (_, index) => `former${index + 1}@${domain}`),
  };
}

function clientsOf({ projectId, number, clients = [] }: Numbered, environmentUrl: string): GoogleClient[] {
  return clients.map((client, index) => {
    const clientId = client.clientId ?? newClientId(number, String(index));
    return {
      clientId,
      ...(client.name !== undefined && { name: client.name }),
      projectId,
      secrets: client.secrets?.map(({ value, disabled = false }) => ({ value, enabled: !disabled })) ?? [
        { value: newSecret(clientId), enabled: true },
      ],
      redirectUris: client.redirectUris ?? [`${environmentUrl}${MAIL_PAGE}`],
      javascriptOrigins: client.javascriptOrigins ?? [environmentUrl],
      state: client.state ?? "active",
      usedAt: Date.now(),
    };
  });
}

/** A client id of the project; the same one for the same seed. */
export function newClientId(projectNumber: string, seed: string): string {
  const letters = guidOf(`client ${projectNumber} ${seed}`).replaceAll("-", "");
  return `${projectNumber}-${letters}.apps.googleusercontent.com`;
}

/** Of the form of Google's: a prefix and 28 characters. */
export function newSecret(seed: string): string {
  return `GOCSPX-sandbox-not-real-${guidOf(`secret ${seed}`).replaceAll("-", "").slice(0, 11)}`;
}

/** Every mailbox has an account; what is said of one by its address comes on top. */
function accountsOf(definition: WorldDefinition, units: readonly OrganizationalUnit[]): GmailAccount[] {
  const given = list(definition.accounts).map((account) =>
    underPolicy({ ...newAccount(account.address), ...account }, units),
  );
  const known = new Set(given.flatMap(({ address, aliases = [] }) => [address, ...aliases]));
  const owners = [definition.users, definition.queues, definition.forwardMailboxes].flatMap(list);
  const addresses = new Set(owners.filter(({ account = true }) => account).map(({ address }) => address));
  const others = [...addresses].filter((address) => !known.has(address)).map(newAccount);
  return [...given, ...others];
}

export function newAccount(address: string): GmailAccount {
  return { address, imap: "on", pop: "on", condition: "ok" };
}
