import { Type } from "typebox";
import { define } from "../../schema/define.ts";
import { FLEET_LIMITS } from "./limits.ts";

const Place = Type.Object(
  {
    mailboxId: Type.String({ description: "Id of the mailbox in Dataverse (GUID)." }),
    client: Type.String({ description: "The client that it uses." }),
    kind: Type.String({ description: "Whose mailbox it is: user, queue or forward." }),
    webUrl: Type.String({ description: "The mailbox's page, where its user signs in to Gmail." }),
    status: Type.String({
      description:
        "`success` when it was tested and enabled, `waiting` for what the fleet tolerates, `failure`, or `notActivated` where that is not wanted.",
    }),
  },
  { title: "FleetMailbox", additionalProperties: false, description: "One mailbox of a fleet." },
);

const counts = {
  mailboxes: Type.Integer({ description: "How many there are." }),
  success: Type.Integer({ description: "How many were tested and enabled." }),
  waiting: Type.Integer({ description: "How many wait for what the fleet tolerates, such as a sign-in." }),
  failed: Type.Integer({ description: "How many failed, or were kept from going on by what failed." }),
  notActivated: Type.Integer({ description: "How many are not to be activated." }),
};

const Counts = Type.Object(counts, {
  title: "FleetCounts",
  additionalProperties: false,
  description: "Mailboxes in numbers.",
});

const Summary = Type.Object(
  {
    ...counts,
    byClient: Type.Record(Type.String(), Counts, {
      description: "The same by the client that they use.",
      additionalProperties: false,
    }),
    byCode: Type.Record(Type.String(), Type.Integer(), {
      description: "How many wait or failed by each code (docs/codes.md), or kind of error.",
      additionalProperties: false,
    }),
  },
  { title: "FleetSummary", additionalProperties: false, description: "A fleet in numbers." },
);

const Waiting = Type.Object(
  {
    address: Type.String({ description: "Address of the mailbox." }),
    webUrl: Type.String({ description: "The mailbox's page, where its user signs in to Gmail." }),
    codes: Type.Array(Type.String(), { description: "What it waits for (docs/codes.md)." }),
  },
  { title: "WaitingMailbox", additionalProperties: false, description: "A mailbox that waits for somebody." },
);

/** A component: its children are the other resources. */
export const fleet = define({
  name: "Fleet",
  description:
    "A whole fleet from one file, `mailboxes.yaml`, or from the same as a value: clients, profiles, mailboxes and their activation. Mailboxes are spread over the clients by the lock file that `gmailsync lock` writes.",
  examples: [
    {
      title: "All mailboxes of a file",
      yaml: `
resources:
  fleet:
    type: gmailsync:Fleet
    properties:
      file: mailboxes.yaml
`,
    },
    {
      title: "The same as a value, with a secret of the configuration",
      yaml: `
resources:
  fleet:
    type: gmailsync:Fleet
    properties:
      spec:
        clients:
          north:
            projectId: northwind-mail
            clientId: 123456789012-abc.apps.googleusercontent.com
            clientSecret: \${googleClientSecret}
        mailboxes:
          - address: anna@northwind.example
`,
    },
    {
      title: "The part of a file that some clients have; another stack has the others",
      yaml: `
resources:
  fleet:
    type: gmailsync:Fleet
    properties:
      file: mailboxes.yaml
      clients: [north, south]
`,
    },
  ],
  importing:
    "A Fleet is only a name in the state, so it has no id to import by. Mailboxes that are there need no import: the next `up` finds them by their addresses, and a destroy puts them back. What was set up by hand, or what another stack has, `gmailsync export` writes as `mailboxes.yaml`, with an `import.json` for `pulumi import --file import.json`: docs/how-to/existing-tenant.md.",
  timeoutSeconds: 0,
  limits: FLEET_LIMITS,
  inputs: Type.Object(
    {
      file: Type.Optional(
        Type.String({
          description: "Path of the file, seen from the project's folder. All that it may hold: docs/mailboxes.md.",
          minLength: 1,
        }),
      ),
      lockFile: Type.Optional(
        Type.String({
          description: "Path of the lock file. Default: `mailboxes.lock` beside `mailboxes.yaml`.",
          minLength: 1,
        }),
      ),
      spec: Type.Optional(
        Type.Unsafe<object>({
          description:
            "The content of such a file instead of `file`. Secrets may be given as values here, best as outputs that are secret.",
          anything: true,
        }),
      ),
      clients: Type.Optional(
        Type.Array(Type.String(), {
          description:
            "Takes only what these clients have, by their names in the fleet, so that several stacks share one file: the mailboxes of others are not looked at, and not taken for removed. The file, its lock and the places in Google's projects stay one. Default: all of it.",
          minItems: 1,
        }),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      profiles: Type.Record(Type.String(), Type.String(), {
        description: "Ids of the profiles, by client.",
        additionalProperties: false,
      }),
      mailboxes: Type.Record(Type.String(), Place, {
        description:
          "The mailboxes, by address in lower case; a queue by `address/queue` where a user has the same one.",
        additionalProperties: false,
      }),
      summary: Summary,
      waiting: Type.Array(Waiting, {
        description: "The mailboxes that wait, with the page where their users sign in.",
      }),
    },
    { additionalProperties: false },
  ),
});
