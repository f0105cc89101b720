import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";

/** Files of a program by name. */
export type Files = Readonly<Record<string, string>>;

/** Ids to import by, by the names of the resources. */
export type Imports = ReadonlyMap<string, string>;

/** What a program declares beside Google project, client and profile. */
interface Declared {
  /** Names of mailboxes; `anna` has Gmail's settings declared, too. */
  readonly mailboxes: readonly string[];
  readonly imports?: Imports;
}

/** The plugin, seen from the folder of a recorded case. */
export const PLUGIN = "../../../../bin";

const project = (settings: string) =>
  `name: upgrade\n${settings}\nplugins:\n  providers:\n    - name: gmailsync\n      path: ${PLUGIN}\n`;
const CONFIG = "config:\n  googleClientSecret:\n    type: string\n    secret: true\n";

/** An expression of Pulumi YAML. */
const of = (output: string) => `$\{${output}}`;

const singleResources = ({ mailboxes }: Declared): Files => ({
  "Pulumi.yaml": `${project("runtime: yaml")}${CONFIG}resources:
  project:
    type: gmailsync:GoogleProject
    properties:
      projectId: northwind-mail
  google:
    type: gmailsync:GoogleOAuthClient
    properties:
      projectId: ${of("project.projectId")}
      clientId: ${SEED_CLIENT_ID}
      clientSecret: ${of("googleClientSecret")}
  gmail:
    type: gmailsync:EmailServerProfile
    properties:
      name: Gmail
      oauthClientId: ${of("google.clientId")}
      oauthClientSecret: ${of("googleClientSecret")}
${mailboxes.map(single).join("")}`,
});

const single = (name: string) => `  ${name}:
    type: gmailsync:Mailbox
    properties:
      emailAddress: ${name}@northwind.example
      profileId: ${of("gmail.profileId")}
${name === "anna" ? "      gmail: {imap: true, pop: allMail}\n" : ""}  ${name}Activation:
    type: gmailsync:MailboxActivation
    properties:
      mailboxId: ${of(`${name}.mailboxId`)}
      profileId: ${of(`${name}.profileId`)}
`;

/** What was imported comes in as single resources, and into the fleet by their names. */
const fleet = ({ mailboxes, imports }: Declared): Files => ({
  "Pulumi.yaml": `${project("runtime: yaml")}${CONFIG}resources:
  fleet:
    type: gmailsync:Fleet
    properties:
      file: mailboxes.yaml
`,
  "mailboxes.yaml": `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north:
    projectId: northwind-mail
    clientId: ${SEED_CLIENT_ID}
    clientSecret: {config: googleClientSecret}
    project: {}
${imports ? "    aliases: {client: google, profile: gmail, project: project}\n" : ""}mailboxes:
${mailboxes.map((name) => entry(name, imports !== undefined)).join("")}`,
});

const entry = (name: string, imported: boolean) => `  - address: ${name}@northwind.example
${name === "anna" ? "    gmail: {imap: true, pop: allMail}\n" : ""}${imported ? `    aliases: {mailbox: ${name}, activation: ${name}Activation}\n` : ""}`;

/** The same in TypeScript; `from` is where the classes come from. */
const typeScript =
  (from: string, settings: string) =>
  (declared: Declared): Files => ({
    "Pulumi.yaml": project(`runtime: nodejs\nmain: index.ts${settings}`),
    // Without a name of its own the program would get this repository's sources instead of the package.
    "package.json": '{"name": "upgrade", "private": true, "type": "module"}\n',
    "index.ts": `import * as pulumi from "@pulumi/pulumi";
import { EmailServerProfile, GoogleOAuthClient, GoogleProject, Mailbox, MailboxActivation } from "${from}";

const clientSecret = new pulumi.Config().requireSecret("googleClientSecret");
const project = new GoogleProject("project", { projectId: "northwind-mail" }${options("project", declared)});
const google = new GoogleOAuthClient("google", {
  projectId: project.projectId,
  clientId: "${SEED_CLIENT_ID}",
  clientSecret,
}${options("google", declared)});
const gmail = new EmailServerProfile("gmail", {
  name: "Gmail",
  oauthClientId: google.clientId.apply((id) => id ?? ""),
  oauthClientSecret: clientSecret,
}${options("gmail", declared)});
${declared.mailboxes.map((name) => instance(name, declared)).join("")}`,
  });

const instance = (name: string, declared: Declared) => `
const ${name} = new Mailbox("${name}", {
  emailAddress: "${name}@northwind.example",
  profileId: gmail.profileId,
${name === "anna" ? '  gmail: { imap: true, pop: "allMail" },\n' : ""}}${options(name, declared)});
new MailboxActivation("${name}Activation", {
  mailboxId: ${name}.mailboxId,
  profileId: ${name}.profileId,
}${options(`${name}Activation`, declared)});
`;

function options(name: string, { imports }: Declared): string {
  const id = imports?.get(name);
  return id ? `, { import: "${id}" }` : "";
}

/** By the name of their folders. What is kept of a version are the files themselves. */
export const PROGRAMS = {
  yaml: singleResources,
  fleet,
  typescript: typeScript("pulumi-gmailsync", ""),
  // Dynamic resources show drift when they are refreshed.
  dynamic: typeScript("pulumi-gmailsync/dynamic", "\noptions: {refresh: always}"),
} as const;

const TYPES: Readonly<Record<string, string>> = {
  project: "GoogleProject",
  google: "GoogleOAuthClient",
  gmail: "EmailServerProfile",
};

/** Type of a resource by its name in these programs. */
export function typeOf(name: string): string {
  return TYPES[name] ?? (name.endsWith("Activation") ? "MailboxActivation" : "Mailbox");
}
