/**
 * Users that may consent to an app that Google has not verified: the listed test users while it is in testing, and in
 * production as many over the project's life (https://support.google.com/cloud/answer/15549945 and /13464323).
 */
export const USER_CAP = 100;

/** The consent screen of a project as it was declared: Google has no API to read it. */
export interface ConsentScreen {
  readonly projectId: string;
  readonly audience: "internal" | "external";
  readonly publishingStatus: "testing" | "production";
  readonly verified: boolean;
  /** Undefined where they are not declared. */
  readonly testUsers: readonly string[] | undefined;
  /** Domains of the Workspace organisation; undefined where they are not declared. */
  readonly organizationDomains: readonly string[] | undefined;
}

/** Personal accounts, which belong to no organisation. */
const PERSONAL: ReadonlySet<string> = new Set(["gmail.com", "googlemail.com"]);

/** Whether an address belongs to nobody's organisation. */
export function isPersonal(address: string): boolean {
  return PERSONAL.has(domainOf(address));
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
}

/** How many users may consent; for all clients of the project together. */
export function capacityOf({ audience, publishingStatus, verified }: ConsentScreen): number {
  return audience === "internal" || (publishingStatus === "production" && verified)
    ? Number.POSITIVE_INFINITY
    : USER_CAP;
}

export function isTesting({
  audience,
  publishingStatus,
}: Pick<ConsentScreen, "audience" | "publishingStatus">): boolean {
  return audience === "external" && publishingStatus === "testing";
}

/** Why Google will not let the user of an address consent; undefined where nothing declared speaks against it. */
export function consentProblem(screen: ConsentScreen, address: string): string | undefined {
  const { projectId, audience, testUsers, organizationDomains } = screen;
  const lower = address.toLowerCase();
  if (audience === "internal") {
    const domain = domainOf(address);
    const inside = organizationDomains?.some((known) => known.toLowerCase() === domain) ?? !isPersonal(address);
    const members = organizationDomains ? ` (${organizationDomains.join(", ")})` : "";
    return inside
      ? undefined
      : `is outside the organisation${members}, and the app of project ${projectId} is declared internal, so Google refuses its user (org_internal). Declare \`audience: external\` on the GoogleOAuthClient, or use a client of another project`;
  }
  if (!isTesting(screen) || !testUsers || testUsers.some((user) => user.toLowerCase() === lower)) return undefined;
  return `is not among the ${testUsers.length} declared test users of project ${projectId}, whose app is in testing, so Google refuses its user (access_denied). Add it to testUsers and at https://console.cloud.google.com/auth/audience?project=${projectId}`;
}

/** Why a mailbox's user cannot consent: the user's own reason, or that there is no more room. */
export interface ConsentRefusal {
  readonly kind: "refused" | "capacity";
  readonly problem: string;
}

/** The users of each project, counted as they join, for all its clients together; nobody counts twice. */
export class ProjectUsers {
  /** Addresses in lower case, by project id. */
  readonly #users = new Map<string, Set<string>>();

  join(screen: ConsentScreen, address: string): ConsentRefusal | undefined {
    const users = this.#users.get(screen.projectId) ?? new Set();
    this.#users.set(screen.projectId, users.add(address.toLowerCase()));
    const refused = consentProblem(screen, address);
    if (refused) return { kind: "refused", problem: refused };
    const full = capacityProblem(screen, users.size);
    return full === undefined ? undefined : { kind: "capacity", problem: full };
  }
}

/** What is wrong with so many users of one project; undefined where they fit. */
function capacityProblem(screen: ConsentScreen, users: number): string | undefined {
  if (users <= capacityOf(screen)) return undefined;
  const why = isTesting(screen) ? "in testing" : "not declared as verified by Google";
  const way = isTesting(screen)
    ? "Publish the app, or spread the mailboxes over more projects"
    : "Declare `verified: true` if Google has verified it, or spread the mailboxes over more projects";
  return `is number ${users} of project ${screen.projectId}, whose app is ${why} and may have ${USER_CAP} users. ${way}`;
}
