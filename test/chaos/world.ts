import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../../sandbox/dataverse/state.ts";
import { MAIL_SCOPE } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { northwind } from "../../sandbox/world/northwind.ts";
import { FLEET, fleetEntries, fleetFile } from "../support/fleet.ts";
import { administer, mailboxRow, rowWhere, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { newServiceAccount } from "../support/service-account.ts";
import { blocks, TestStack } from "../support/stack.ts";

export const EXCHANGE = "Microsoft Exchange Online";
export const PEOPLE = ["anna", "bert", "carl", "dora", "sales"] as const;
export type Person = (typeof PEOPLE)[number];
/** Twenty, of whom five more are on Exchange's profile, two more on Outlook, and the others nothing yet. */
const TWENTY = [...PEOPLE, ...Array.from({ length: 15 }, (_, index) => `person${index + 1}`)];

export const SHAPES = ["single", "fleet"] as const;
export const LARGE_SHAPES = ["20 single", "fleet of 20"] as const;
/** `gmail`, `20 single`: single resources of which two set Gmail's settings by delegation. */
export type Shape = (typeof SHAPES)[number] | (typeof LARGE_SHAPES)[number] | "gmail";

/** `gmail`: whose Gmail settings are set by delegation. */
const STACKS: Readonly<Record<Shape, { people: readonly string[]; fleet?: true; gmail?: readonly string[] }>> = {
  single: { people: PEOPLE },
  fleet: { people: PEOPLE, fleet: true },
  gmail: { people: PEOPLE, gmail: ["anna", "bert"] },
  "20 single": { people: TWENTY, gmail: ["anna", "bert"] },
  "fleet of 20": { people: TWENTY, fleet: true },
};
export const peopleOf = (shape: Shape): readonly string[] => STACKS[shape].people;

const addressOf = (person: string) => `${person}@northwind.example`;
export const rowOf = (sandbox: Sandbox, person: string) => mailboxRow(sandbox, addressOf(person));
const organization = (sandbox: Sandbox) => rowWhere(sandbox, "organizations", "name", "Contoso");
const profiles = (sandbox: Sandbox) => sandbox.world.dataverse.rows["emailserverprofiles"] ?? [];

/** Mailboxes that each were something else before us, and an organisation whose default profile is another. */
export function worldWithPasts(
  people: readonly string[],
  options: { readonly testDelayMs?: number } = {},
): Promise<Sandbox> {
  const small = northwind(0);
  const signedIn = true;
  const exchange = {
    profile: EXCHANGE,
    incomingEmailDeliveryMethod: "serverSideSynchronization",
    outgoingEmailDeliveryMethod: "serverSideSynchronization",
    approval: "approved",
  } as const;
  const outlook = { incomingEmailDeliveryMethod: "outlook", outgoingEmailDeliveryMethod: "outlook" } as const;
  const forwarded = { incomingEmailDeliveryMethod: "forwardMailbox", approval: "rejected" } as const;
  const others = people.slice(PEOPLE.length).map((person, index) => ({
    name: `Some ${person}`,
    address: addressOf(person),
    signedIn,
    ...(index < 5 ? exchange : index < 7 ? outlook : {}),
  }));
  const worldFile = join(temporaryDirectory(), "world.yaml");
  // JSON is YAML.
  writeFileSync(
    worldFile,
    JSON.stringify({
      ...small,
      environment: { ...small.environment, defaultProfile: EXCHANGE },
      users: [
        { name: "Anna Berg", address: addressOf("anna"), signedIn, ...exchange },
        { name: "Bert Lind", address: addressOf("bert"), signedIn, ...outlook },
        { name: "Carl Moss", address: addressOf("carl"), signedIn, inactive: true },
        { name: "Dora Nyman", address: addressOf("dora"), signedIn, ...forwarded },
        ...others,
      ],
      queues: [{ name: "Sales", address: addressOf("sales"), signedIn }],
    }),
  );
  return testSandbox({ worldFile, ...options });
}

/** What Test & Enable leaves behind, and what every write moves. */
const NOT_CONFIGURED =
  /^(versionnumber|modifiedon|testmailboxaccesscompletedon|testandenablelastattemptedon|mailboxstatus|enabledfor\w+)$/;

/** Every cell that is somebody's configuration, by whose it is. */
export function configuration(sandbox: Sandbox, people: readonly string[]): Readonly<Record<string, unknown>> {
  const cells = (row: Row) =>
    Object.fromEntries(Object.entries(row).filter(([column]) => !NOT_CONFIGURED.test(column)));
  return {
    ...Object.fromEntries(
      people.map((person) => [person, { ...cells(rowOf(sandbox, person)), gmail: gmailOf(sandbox, person) }]),
    ),
    "the organisation": cells(organization(sandbox)),
    ...Object.fromEntries(
      profiles(sandbox).map((row) => [`profile ${row["name"]} ${row["emailserverprofileid"]}`, cells(row)]),
    ),
  };
}

function gmailOf({ world }: Sandbox, person: string): object {
  const account = world.google.accounts.find(({ address }) => address === addressOf(person));
  if (!account) throw new Error(`there is no account of ${person}`);
  const { imap, pop, popWindow = "allMail", popDisposition = "leaveInInbox" } = account;
  // Which mail POP would show says nothing while it is off.
  return { imap, pop, popDisposition, ...(pop === "on" && { popWindow }) };
}

/** Watches for tests that are scheduled while one runs; gives the mailboxes that it happened to. A save of anything else is refused then. */
export function watchTests(sandbox: Sandbox, people: readonly string[]): () => readonly string[] {
  const twice: string[] = [];
  for (const person of people) {
    let scheduled = false;
    Object.defineProperty(rowOf(sandbox, person), "testemailconfigurationscheduled", {
      enumerable: true,
      get: () => scheduled,
      set(now: boolean) {
        if (scheduled && now) twice.push(person);
        scheduled = now;
      },
    });
  }
  return () => twice;
}

/** A world in which all is connected, in the places where it can be seen; nothing is there twice. */
export function connected(sandbox: Sandbox, people: readonly string[]): object {
  return {
    profiles: profiles(sandbox).map((row) => row["name"]),
    default: nameOfProfile(sandbox, organization(sandbox)["_defaultemailserverprofileid_value"]),
    ...Object.fromEntries(
      people.map((person) => {
        const row = rowOf(sandbox, person);
        const columns = ["incomingemaildeliverymethod", "incomingemailstatus", "outgoingemailstatus", "statecode"];
        return [
          person,
          [nameOfProfile(sandbox, row["_emailserverprofile_value"]), ...columns.map((column) => row[column])],
        ];
      }),
    ),
  };
}

export const goalOf = (people: readonly string[]): object => ({
  profiles: [EXCHANGE, "Gmail"],
  default: "Gmail",
  ...Object.fromEntries(people.map((person) => [person, ["Gmail", 2, 1, 1, 0]])),
});

function nameOfProfile(sandbox: Sandbox, id: unknown): unknown {
  return profiles(sandbox).find((row) => row["emailserverprofileid"] === id)?.["name"];
}

/** What the profile of a stack says beside its name. */
const DEFAULT = ["defaultForNewMailboxes: true"];

/** Writes the program of a shape, and the `mailboxes.yaml` of a fleet. `profile` is what the profile says beside its name. */
export function writeProgram(stack: TestStack, shape: Shape, profile: readonly string[] = DEFAULT): void {
  const { people, fleet, gmail = [] } = STACKS[shape];
  stack.program(fleet ? FLEET : programOf(people, gmail, profile));
  if (!fleet) return;
  const file = fleetFile(fleetEntries(...people), `\n    profile: {${profile.join(", ")}}`);
  writeFileSync(join(stack.directory, "mailboxes.yaml"), file);
}

/** All of it, resource by resource. */
export function programOf(
  people: readonly string[],
  gmail: readonly string[] = [],
  profile: readonly string[] = DEFAULT,
): string {
  return [
    blocks.google,
    blocks.profile(profile.join("\n")),
    ...people.flatMap((person) => [
      blocks.mailbox(person, gmail.includes(person) ? "gmail: {imap: true, pop: allMail}" : ""),
      blocks.activation(person),
    ]),
  ].join("");
}

const ACCOUNT = "mail@northwind.iam.gserviceaccount.com";
const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";

/** Two accounts whose users have switched things off, and a service account that may switch them on. */
async function withDelegation(sandbox: Sandbox): Promise<NodeJS.ProcessEnv> {
  const { publicKey, keyFile } = newServiceAccount(ACCOUNT, "104200000000000000000");
  sandbox.world.google.serviceAccounts.push({
    email: ACCOUNT,
    publicKey,
    delegatedScopes: [MAIL_SCOPE, SETTINGS_SCOPE],
  });
  await administer(sandbox, "set-account", addressOf("anna"), { imap: "off-by-user", pop: "off-by-user" });
  await administer(sandbox, "set-account", addressOf("bert"), { pop: "off-by-user" });
  return { GMAILSYNC_MAIL_CREDENTIAL: JSON.stringify({ serviceAccountKey: keyFile }) };
}

/** A stack of all mailboxes of the world, not up yet. */
export async function stackOf(shape: Shape, sandbox: Sandbox): Promise<TestStack> {
  const environment = STACKS[shape].gmail ? await withDelegation(sandbox) : {};
  const stack = new TestStack(sandbox, { environment });
  await stack.init("");
  writeProgram(stack, shape);
  return stack;
}
