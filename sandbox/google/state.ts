/** What Google knows in the sandbox: plain data, so that it can be kept in a file, cloned and reset. */
export interface GoogleState {
  clients: GoogleClient[];
  accounts: GmailAccount[];
  grants: Grant[];
  /** Those that have expired are dropped when the next one is issued. */
  tokens: AccessToken[];
  codes: AuthorizationCode[];
  serviceAccounts: ServiceAccount[];
  workloadProviders: WorkloadProvider[];
  projects: GoogleProject[];
  operations: GoogleOperation[];
  /** Primary domain of the Workspace. */
  domain: string;
  units: OrganizationalUnit[];
  /** How far Google's clock is ahead of the machine's, in milliseconds. */
  clockOffsetMs: number;
}

/** Accounts of the Workspace, and what its administrator allows them. */
export interface OrganizationalUnit {
  /** `/Sales` */
  path: string;
  imap: boolean;
  pop: boolean;
}

export interface GoogleProject {
  projectId: string;
  number: string;
  displayName: string;
  parent: string;
  state: "ACTIVE" | "DELETE_REQUESTED";
  services: string[];
  /** Its consent screen; absent while nobody has filled it in. */
  app?: ConsentApp;
}

/** The consent screen of a project, and who has consented. */
export interface ConsentApp {
  audience: "internal" | "external";
  publishingStatus: "testing" | "production";
  verified: boolean;
  testUsers: string[];
  /** Domain of the organisation that owns the project. */
  organizationDomain: string;
  /** Everybody who has ever consented: the cap counts over the life of the project. */
  users: string[];
  /** The users' administrator has blocked the app. */
  blockedByAdmin: boolean;
}

/** A provider of a workload identity pool: whose tokens it takes, and what it makes of them. */
export interface WorkloadProvider {
  /** `//iam.googleapis.com/projects/…/locations/global/workloadIdentityPools/…/providers/…` */
  audience: string;
  issuer: string;
  /** `aud` of the tokens; without any it is the provider's own address with `https:` before it. */
  allowedAudiences: string[];
  /** Expressions by attribute: `google.subject`, `attribute.repository`. */
  attributeMapping: Record<string, string>;
  /** An expression; null for no condition. */
  attributeCondition: string | null;
}

/** Long-running: done once it has been asked for so often. */
export interface GoogleOperation {
  name: string;
  polls: number;
}

/** A service account, and the scopes for which the organisation has delegated its users to it. */
export interface ServiceAccount {
  email: string;
  /** PEM (SPKI); absent until somebody asks for a key. */
  publicKey?: string;
  /** PEM (PKCS #8), with which `signJwt` signs; without it the service refuses to. */
  privateKey?: string;
  /** Service accounts, principals and sets of them that hold roles/iam.serviceAccountTokenCreator on this one. */
  tokenCreators?: string[];
  /** Who holds roles/iam.workloadIdentityUser: they get its access tokens, and it signs nothing for them. */
  workloadIdentityUsers?: string[];
  delegatedScopes: string[];
}

/** An OAuth web client of a Google Cloud project. */
export interface GoogleClient {
  clientId: string;
  /** As the console shows it. */
  name?: string;
  projectId: string;
  /** At most two at Google, both valid while enabled: https://support.google.com/cloud/answer/15549257 */
  secrets: { value: string; enabled: boolean }[];
  /** Compared as exact strings. */
  redirectUris: string[];
  javascriptOrigins: string[];
  state: "active" | "disabled" | "deleted";
  /** When it last got a token, in milliseconds since 1970: after six months without it is deleted. */
  usedAt: number;
}

export interface GmailAccount {
  address: string;
  /** Where it receives mail, too. Assumption: aliases-do-not-sign-in. */
  aliases?: string[];
  /** Path of its organisational unit. */
  unit?: string;
  imap: AccessSetting;
  pop: AccessSetting;
  condition: AccountCondition;
  /** What Gmail's settings say beyond on and off. */
  popWindow?: "fromNowOn" | "allMail";
  popDisposition?: "leaveInInbox" | "archive" | "trash" | "markRead";
}

/** The user's own switch, or the Workspace administrator's switch above it. */
export const ACCESS_SETTINGS = ["on", "off-by-user", "off-by-admin"] as const;
export type AccessSetting = (typeof ACCESS_SETTINGS)[number];

export const ACCOUNT_CONDITIONS = [
  "ok",
  /** Google wants the user to sign in once in a browser. */
  "web-login-required",
  /** As if other clients held all the connections the account may have. */
  "too-many-connections",
  /** The day's bandwidth of IMAP and POP is spent. Sending still works. */
  "over-quota",
  /** The day's messages are sent: logins succeed, DATA does not. */
  "sending-limit",
  "unavailable",
] as const;
export type AccountCondition = (typeof ACCOUNT_CONDITIONS)[number];

/** A user's consent for a client. */
export interface Grant {
  refreshToken: string;
  address: string;
  clientId: string;
  /** Separated by spaces. */
  scope: string;
  state: "valid" | "revoked" | "expired";
  /** When it last gave a token, in milliseconds since 1970: after six months without it ends. */
  usedAt?: number;
  /** When it ends by itself, in milliseconds since 1970. */
  endsAt?: number;
}

/** What a user's consent in the browser is worth, once (RFC 6749 section 4.1.2). */
export interface AuthorizationCode {
  code: string;
  clientId: string;
  redirectUri: string;
  scope: string;
  address: string;
  /** A refresh token was asked for. */
  offline: boolean;
  /** Of RFC 7636, S256. */
  codeChallenge?: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export interface AccessToken {
  token: string;
  address: string;
  /** Sets of principals that its bearer belongs to. */
  memberOf?: string[];
  scope: string;
  clientId: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** The one scope that IMAP, POP3 and SMTP accept: https://developers.google.com/workspace/gmail/imap/xoauth2-protocol */
export const MAIL_SCOPE = "https://mail.google.com/";

export const SEED_CLIENT_ID = "123456789012-sandbox0sandbox0sandbox0sandbox0.apps.googleusercontent.com";
export const SEED_CLIENT_SECRET = "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";

/** A consent screen as it is before anybody has filled it in. */
export function newApp(organizationDomain: string): ConsentApp {
  return {
    audience: "internal",
    publishingStatus: "production",
    verified: false,
    testUsers: [],
    organizationDomain,
    users: [],
    blockedByAdmin: false,
  };
}

/** A consent of the account's user to the client; the same fake token each time. */
export function newGrant(address: string, clientId: string): Grant {
  const user = address.endsWith("@northwind.example") ? address.slice(0, address.indexOf("@")) : address;
  const client = clientId === SEED_CLIENT_ID ? "" : `-for-${clientId.slice(0, 12)}`;
  return {
    refreshToken: `1//sandbox-refresh-token-of-${user}${client}`,
    address,
    clientId,
    scope: MAIL_SCOPE,
    state: "valid",
  };
}
