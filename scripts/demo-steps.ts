import { MAIL_PAGE } from "../sandbox/dynamics-pages.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { ENVIRONMENT_URL } from "../sandbox/world/northwind.ts";

/** A command of the demo, as a user would type it. */
export interface DemoStep {
  /** What happens from here on. */
  readonly heading?: string;
  /** Command and arguments, none with blanks inside. */
  readonly command: string;
  /** Text for standard input, for values that must not stand in a command line. */
  readonly input?: string;
  /** Exit code that counts as success, default 0; any other ends the demo. */
  readonly code?: number;
  /** Afterwards the activations are shown, with what they have looked at. */
  readonly table?: true;
}

const UP = "pulumi up --yes --skip-preview";
const SET = "gmailsync sandbox set";

/** Brings the stack up, and leaves it up. */
export const TOUR: readonly DemoStep[] = [
  { command: "gmailsync sandbox show mailboxes" },
  { command: "pulumi stack init demo" },
  { command: "pulumi config set --secret googleClientSecret", input: SEED_CLIENT_SECRET },
  {
    heading: "A Workspace administrator has switched IMAP off for support@northwind.example",
    command: `${SET} account support@northwind.example imap=off-by-admin`,
  },
  {
    heading: "Declared in Pulumi.yaml, brought up: own logins first, then Dynamics' test; one fails and says why",
    command: `${UP} --continue-on-error`,
    code: 1,
    table: true,
  },
  {
    heading: "The administrator does what the hint says, and the next up goes on",
    command: `${SET} account support@northwind.example imap=on`,
  },
  { command: UP, table: true },
  {
    heading: "Somebody switches mail off in Dynamics, bert switches IMAP off in Gmail; a plain preview shows both",
    command: `${SET} mailbox anna@northwind.example outgoingemaildeliverymethod=0`,
  },
  { command: `${SET} account bert@northwind.example imap=off-by-user` },
  { command: "pulumi preview" },
  { heading: "Healed, and a gate for pipelines", command: UP },
  { command: "pulumi preview --expect-no-changes" },
  {
    heading: "Somebody takes the redirect URI away in Google's console; a plain preview proves that it is gone",
    command: `${SET} client ${SEED_CLIENT_ID} redirectUris=`,
  },
  { command: "pulumi preview --expect-no-changes", code: 1 },
  { command: `${SET} client ${SEED_CLIENT_ID} redirectUris=${ENVIRONMENT_URL}${MAIL_PAGE}` },
  { command: `gmailsync guide --project northwind-mail --client-id ${SEED_CLIENT_ID}` },
];

/** Takes it down. */
export const END: readonly DemoStep[] = [
  { heading: "And all of it taken back", command: "pulumi destroy --yes --skip-preview" },
  { heading: "The mailboxes are back as they were, the profile is gone", command: "gmailsync sandbox show mailboxes" },
  { command: "gmailsync sandbox show profiles" },
  { command: "pulumi stack rm demo --yes" },
];
