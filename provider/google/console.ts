import { getDomain } from "tldts-icann";
import type { Facts } from "../codes/codes.ts";
import { type ConsentScreen, isTesting } from "./consent-screen.ts";

/** Pages of Google's console. The forms of these URLs are not documented by Google; they have been stable in practice. */
const CONSOLE = "https://console.cloud.google.com";

export const consoleLinks = {
  createProject: () => `${CONSOLE}/projectcreate`,
  enableGmail: (project: string) => `${CONSOLE}/apis/enableflow?apiid=gmail.googleapis.com&project=${project}`,
  branding: (project: string) => `${CONSOLE}/auth/branding?project=${project}`,
  audience: (project: string) => `${CONSOLE}/auth/audience?project=${project}`,
  scopes: (project: string) => `${CONSOLE}/auth/scopes?project=${project}`,
  clients: (project: string) => `${CONSOLE}/auth/clients?project=${project}`,
  createClient: (project: string) => `${CONSOLE}/auth/clients/create?project=${project}`,
  client: (project: string, clientId: string) =>
    `${CONSOLE}/auth/clients/${encodeURIComponent(clientId)}?project=${project}`,
  deletedClients: (project: string) => `${CONSOLE}/apis/credentials/deleted?project=${project}`,
} as const;

/** The pages that hints about a client name. A project can be named by its number, too. */
export function clientFacts(project: string, clientId: string): Facts {
  return {
    clientPage: consoleLinks.client(project, clientId),
    clientsPage: consoleLinks.clients(project),
    deletedClientsPage: consoleLinks.deletedClients(project),
    audiencePage: consoleLinks.audience(project),
  };
}

/** The number of the project that made a client, which is how client ids begin. */
export function projectNumberOf(clientId: string): string {
  return /^\d+/.exec(clientId)?.[0] ?? "";
}

export interface ConsoleValues
  extends Pick<ConsentScreen, "projectId" | "audience" | "publishingStatus">,
    Partial<Pick<ConsentScreen, "testUsers">> {
  readonly environmentUrl: string;
  /** Of a client that is there already. */
  readonly clientId?: string | undefined;
  /** Default: the environment's. */
  readonly authorizedDomain?: string | undefined;
}

/** What the web client has to list for an environment (Microsoft: "Connect Gmail accounts by using OAuth 2.0"). */
export function clientUris(environmentUrl: string): {
  redirectUri: string;
  javascriptOrigin: string;
  authorizedDomain: string;
} {
  const { hostname, origin } = new URL(environmentUrl);
  return {
    redirectUri: `${origin}/_grid/cmds/dlg_gmailoauth.aspx`,
    javascriptOrigin: origin,
    authorizedDomain: topPrivateDomain(hostname) ?? hostname,
  };
}

/** Why Google does not take the consent screen's domain, or it does not cover the redirect URI. */
export function authorizedDomainProblem(domain: string, environmentUrl: string): string | undefined {
  const { hostname } = new URL(environmentUrl);
  if (!`.${hostname}`.endsWith(`.${domain.toLowerCase()}`))
    return `is ${domain}, and the redirect URI of the environment ${environmentUrl} is not below it`;
  if (topPrivateDomain(domain)) return undefined;
  return `is ${domain}, a public suffix, which Google does not take: give ${clientUris(environmentUrl).authorizedDomain}`;
}

/**
 * What somebody has registered of a host, which is what Google asks for (Google: "Manage OAuth app branding"); nothing of an IP
 * address, `localhost` or a public suffix. The list's private rules do not count: they would make a platform's hosts domains of
 * their own, and one that comes for Dynamics' hosts would contradict what Microsoft says to enter.
 */
function topPrivateDomain(hostname: string): string | undefined {
  return getDomain(hostname) ?? undefined;
}

/** One step in Google's console: the page, and what to choose or paste there. */
export interface ConsoleStep {
  readonly id: string;
  readonly title: string;
  readonly url?: string;
  readonly values: readonly { readonly label: string; readonly value: string }[];
}

/** The steps in Google's console that no API can do, each with its page and the exact values to paste. */
export function consoleSteps(values: ConsoleValues): readonly ConsoleStep[] {
  const { projectId, audience, publishingStatus, testUsers, environmentUrl, clientId } = values;
  const uris = clientUris(environmentUrl);
  return [
    {
      id: "project",
      title: "Create the project, unless it exists",
      url: consoleLinks.createProject(),
      values: [{ label: "Project id", value: projectId }],
    },
    { id: "gmailApi", title: "Enable the Gmail API", url: consoleLinks.enableGmail(projectId), values: [] },
    {
      id: "branding",
      title: "Fill in the consent screen",
      url: consoleLinks.branding(projectId),
      values: [{ label: "Authorised domain", value: values.authorizedDomain ?? uris.authorizedDomain }],
    },
    {
      id: "audience",
      title: "Choose the user type",
      url: consoleLinks.audience(projectId),
      values:
        audience === "internal"
          ? [{ label: "User type", value: "Internal" }]
          : [
              { label: "User type", value: "External" },
              { label: "Publishing status", value: publishingStatus === "testing" ? "Testing" : "In production" },
              ...(isTesting(values) ? (testUsers ?? []).map((user) => ({ label: "Test user", value: user })) : []),
            ],
    },
    {
      id: "scope",
      title: "Add the scope that mail needs",
      url: consoleLinks.scopes(projectId),
      values: [{ label: "Scope", value: "https://mail.google.com/" }],
    },
    {
      id: "client",
      ...(clientId
        ? { title: "Have the OAuth client list", url: consoleLinks.client(projectId, clientId) }
        : {
            title: 'Create an OAuth client of type "Web application"',
            url: consoleLinks.createClient(projectId),
          }),
      values: [
        { label: "Authorised JavaScript origin", value: uris.javascriptOrigin },
        { label: "Authorised redirect URI", value: uris.redirectUri },
      ],
    },
    {
      id: "secret",
      title:
        "Copy the client id to `clientId` and the client secret, which is shown only once, to `clientSecret` (`pulumi config set --secret`)",
      values: [],
    },
  ];
}

/** The steps as numbered lines. */
export function consoleStepsText(values: ConsoleValues): string {
  return consoleSteps(values)
    .map(({ title, url, values: pairs }, index) =>
      [
        `  ${index + 1}. ${title}${url ? `: ${url}` : ""}`,
        ...pairs.map(({ label, value }) => `     ${`${label}:`.padEnd(30)} ${value}`),
      ].join("\n"),
    )
    .join("\n");
}
