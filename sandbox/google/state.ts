import { createHash } from "node:crypto";

/** What the sandbox's Google knows: plain data, so that the world can be stored and reset. */
export interface GoogleState {
  clients: GoogleClient[];
  accounts: GmailAccount[];
  grants: Grant[];
  tokens: AccessToken[];
}

export interface GoogleClient {
  clientId: string;
  projectId: string;
  /** At most two; both are accepted while enabled. */
  secrets: { value: string; enabled: boolean }[];
  redirectUris: string[];
  javascriptOrigins: string[];
  state: "active" | "disabled" | "deleted";
}

export const ACCESS_SETTINGS = ["on", "off-by-user", "off-by-admin"] as const;
export type AccessSetting = (typeof ACCESS_SETTINGS)[number];

export const ACCOUNT_CONDITIONS = [
  "ok",
  "web-login-required",
  "too-many-connections",
  "over-quota",
  "sending-limit",
  "unavailable",
] as const;
export type AccountCondition = (typeof ACCOUNT_CONDITIONS)[number];

export interface GmailAccount {
  address: string;
  imap: AccessSetting;
  pop: AccessSetting;
  condition: AccountCondition;
}

export interface Grant {
  refreshToken: string;
  address: string;
  clientId: string;
  scope: string;
  state: "valid" | "revoked" | "expired";
}

export interface AccessToken {
  token: string;
  address: string;
  clientId: string;
  scope: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export const MAIL_SCOPE = "https://mail.google.com/";
export const SEED_PROJECT_ID = "northwind-mail";
export const SEED_CLIENT_ID = "123456789012-sandbox0northwind0mail0client0id.apps.googleusercontent.com";
export const SEED_CLIENT_SECRET = "GOCSPX-sandbox-not-a-real-secret-0";

/** Nobody has signed in for this one yet. */
export const NOT_SIGNED_IN = "carl@northwind.example";

export function seedGoogle({
  environmentUrl,
  addresses,
}: {
  environmentUrl: string;
  addresses: readonly string[];
}): GoogleState {
  return {
    clients: [
      {
        clientId: SEED_CLIENT_ID,
        projectId: SEED_PROJECT_ID,
        secrets: [{ value: SEED_CLIENT_SECRET, enabled: true }],
        redirectUris: [`${environmentUrl}/_grid/cmds/dlg_gmailoauth.aspx`],
        javascriptOrigins: [environmentUrl],
        state: "active",
      },
    ],
    accounts: addresses.map((address) => ({ address, imap: "on", pop: "on", condition: "ok" })),
    grants: addresses
      .filter((address) => address !== NOT_SIGNED_IN)
      .map((address) => newGrant(address, SEED_CLIENT_ID)),
    tokens: [],
  };
}

/** A consent of the account's user to the client. The token is fake, and the same each time the world is made. */
export function newGrant(address: string, clientId: string): Grant {
  const hash = createHash("sha256").update(`${clientId} ${address}`).digest("base64url").slice(0, 32);
  return { refreshToken: `1//sandbox-${hash}`, address, clientId, scope: MAIL_SCOPE, state: "valid" };
}
