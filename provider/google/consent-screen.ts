import { accountOf, domainOf, isPersonal } from "../schema/address.ts";

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
  if (audience === "internal") {
    const domain = domainOf(address);
    const inside = organizationDomains?.some((known) => domainOf(known) === domain) ?? !isPersonal(address);
    const members = organizationDomains ? ` (${organizationDomains.join(", ")})` : "";
    return inside
      ? undefined
      : `is outside the organisation${members}, and the app of project ${projectId} is declared internal, so Google refuses its user (org_internal). Declare \`audience: external\` on the GoogleOAuthClient, or use a client of another project`;
  }
  if (!isTesting(screen) || !testUsers) return undefined;
  const account = accountOf(address);
  if (testUsers.some((user) => accountOf(user) === account)) return undefined;
  return `is not among the ${testUsers.length} declared test users of project ${projectId}, whose app is in testing, so Google refuses its user (access_denied). Add it to testUsers and at https://console.cloud.google.com/auth/audience?project=${projectId}`;
}

/** Whether whoever consents takes a place for the life of the project, which nobody gives back. */
export function isCountedForLife(screen: ConsentScreen): boolean {
  return Number.isFinite(capacityOf(screen)) && !isTesting(screen);
}

/** Why a mailbox's user cannot consent: the user's own reason, or that there is no more room. */
export interface ConsentRefusal {
  readonly kind: "refused" | "capacity";
  readonly problem: string;
}

/** Who has a place in a project. */
interface Users {
  /** The number of each account, from 1. */
  readonly numbers: Map<string, number>;
  /** Those that are no mailbox any more. */
  readonly gone: Set<string>;
}

/** The users of each project, counted as they join, for all its clients together; no account counts twice. */
export class ProjectUsers {
  /** By project id. */
  readonly #projects = new Map<string, Users>();

  join(screen: ConsentScreen, address: string): ConsentRefusal | undefined {
    const number = this.occupy(screen.projectId, accountOf(address), false);
    const refused = consentProblem(screen, address);
    if (refused) return { kind: "refused", problem: refused };
    const full = capacityProblem(screen, number, this.gone(screen.projectId));
    return full === undefined ? undefined : { kind: "capacity", problem: full };
  }

  /** An account has a place, whatever is declared. Its number. */
  occupy(projectId: string, account: string, gone: boolean): number {
    const { numbers, gone: those } = this.#of(projectId);
    const number = numbers.get(account) ?? numbers.size + 1;
    numbers.set(account, number);
    if (gone) those.add(account);
    else those.delete(account);
    return number;
  }

  has(projectId: string, account: string): boolean {
    return this.#of(projectId).numbers.has(account);
  }

  taken(projectId: string): number {
    return this.#of(projectId).numbers.size;
  }

  gone(projectId: string): number {
    return this.#of(projectId).gone.size;
  }

  #of(projectId: string): Users {
    const users = this.#projects.get(projectId) ?? { numbers: new Map(), gone: new Set() };
    this.#projects.set(projectId, users);
    return users;
  }
}

/** What is wrong with the user of that number in a project; undefined where it fits. */
function capacityProblem(screen: ConsentScreen, number: number, gone: number): string | undefined {
  if (number <= capacityOf(screen)) return undefined;
  const why = isTesting(screen) ? "in testing" : "not declared as verified by Google";
  const most = isTesting(screen) ? `${USER_CAP} users` : `${USER_CAP} users over its life${goneText(gone)}`;
  const way = isTesting(screen)
    ? "Publish the app, or spread the mailboxes over more projects"
    : "Declare `verified: true` if Google has verified it, or spread the mailboxes over more projects";
  return `is number ${number} of project ${screen.projectId}, whose app is ${why} and may have ${most}. ${way}`;
}

function goneText(gone: number): string {
  return gone === 0 ? "" : `, ${gone} of which have gone and keep their places`;
}
