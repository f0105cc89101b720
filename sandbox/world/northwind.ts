import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../google/state.ts";
import type { WorldDefinition } from "./definition.ts";

export const ENVIRONMENT_URL = "https://contoso.crm.dynamics.com";
export const TENANT_ID = "11111111-2222-4333-8444-555555555555";
export const APPLICATION_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
export const APPLICATION_SECRET = "sandbox-entra-secret-not-real";

const DOMAIN = "northwind.example";
const signedIn = true;

/** A small company: users and queues with mailboxes, a Google client, and nothing connected yet. Two share an address. */
export function northwind(extraUsers: number): WorldDefinition {
  const extra = Array.from({ length: extraUsers }, (_, index) => {
    const number = String(index + 1).padStart(4, "0");
    return { name: `User ${number}`, address: `user${number}@${DOMAIN}`, signedIn };
  });
  return {
    environment: { url: ENVIRONMENT_URL, tenantId: TENANT_ID },
    applications: [{ name: "gmailsync", clientId: APPLICATION_ID, secrets: [APPLICATION_SECRET] }],
    profiles: [{ name: "Microsoft Exchange Online", kind: "exchangeOnline" }],
    users: [
      { name: "Anna Berg", address: `anna@${DOMAIN}`, signedIn },
      { name: "Bert Lind", address: `bert@${DOMAIN}`, signedIn },
      { name: "Carl Moss", address: `carl@${DOMAIN}` },
      { name: "Dora Nyman", address: `dora@${DOMAIN}`, signedIn },
      { name: "Double User", address: `double@${DOMAIN}`, signedIn },
      ...extra,
    ],
    queues: [
      { name: "Sales", address: `sales@${DOMAIN}`, signedIn },
      { name: "Support", address: `support@${DOMAIN}`, signedIn },
      { name: "Double Queue", address: `double@${DOMAIN}`, signedIn },
    ],
    projects: [
      {
        projectId: "northwind-mail",
        number: SEED_CLIENT_ID.slice(0, 12),
        displayName: "Northwind mail",
        clients: [{ clientId: SEED_CLIENT_ID, secrets: [{ value: SEED_CLIENT_SECRET }] }],
      },
    ],
    workspace: {
      domain: DOMAIN,
      serviceAccounts: [
        {
          email: "mail@northwind-mail.iam.gserviceaccount.com",
          delegatedScopes: ["https://mail.google.com/", "https://www.googleapis.com/auth/gmail.settings.basic"],
        },
      ],
    },
  };
}
