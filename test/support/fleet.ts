import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import { LONG } from "./long.ts";

/** A Fleet of Pulumi YAML. */
export const FLEET = `fleet:
  type: gmailsync:Fleet
  properties:
    file: mailboxes.yaml`;

/** The text of `mailboxes.yaml` with one client, `north`. `more` is more of that client. */
export const fleetFile = (mailboxes: string, more = "") => `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north:
    projectId: northwind-mail
    clientId: ${SEED_CLIENT_ID}
    clientSecret: {config: googleClientSecret}${more}
mailboxes:
${mailboxes}`;

/** How many mailboxes a fleet with a failure has: more than the engine has places; with `npm run test:all` many more. */
export const FLEET_SIZES = [40, ...(LONG ? [200] : [])];

/** Mailboxes by the names before their `@`. */
export const fleetEntries = (...names: string[]) =>
  names.map((name) => `  - address: ${name}@northwind.example\n`).join("");
