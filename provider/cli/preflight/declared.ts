import { dirname } from "node:path";
import { Fault } from "../../fault.ts";
import { assigned, placesOf } from "../../fleet/assignment.ts";
import { planOf } from "../../fleet/plan.ts";
import { readFleet } from "../../fleet/read-fleet.ts";
import { type Room, roomsIn } from "../../fleet/rooms.ts";
import { lookUpSecrets, Secrets } from "../../fleet/secrets.ts";
import type { ConsentScreen } from "../../google/consent-screen.ts";
import type { MailPeer, MailProtocol } from "../../mail/protocol.ts";
import { learn } from "../../redaction/secrets.ts";
import { emailServerProfile } from "../../resources/email-server-profile/definition.ts";
import { screenOf } from "../../resources/google-oauth-client/consent-screen.ts";
import { googleOAuthClient } from "../../resources/google-oauth-client/definition.ts";
import { googleProject } from "../../resources/google-project/definition.ts";
import { mailbox } from "../../resources/mailbox/definition.ts";
import { GMAIL } from "../../schema/mail-hosts.ts";
import { soundPart } from "../../schema/validator.ts";
import { isTree, type Tree } from "../../values.ts";
import { givenName, readGiven } from "../read-given.ts";
import { type ExportedResource, exportedResources, stateIn } from "../stack-export.ts";

/** What is to be deployed, as far as it decides what has to be right before. */
export interface Declared {
  readonly environmentUrl?: string | undefined;
  readonly mailboxes: readonly DeclaredMailbox[];
  readonly clients: readonly DeclaredClient[];
  readonly projects: readonly DeclaredProject[];
  readonly servers: readonly MailServer[];
  /** Whether profiles are made and kept, and whether one is to be the default for new mailboxes. */
  readonly profiles: boolean;
  readonly defaultProfile: boolean;
  /** Of a fleet: the projects whose users Google counts, and how many mailboxes have no client yet. */
  readonly places?: { readonly rooms: readonly Room[]; readonly open: number } | undefined;
}

export interface DeclaredMailbox {
  readonly address: string;
  readonly isUser: boolean;
  readonly approved: boolean;
  /** Whether settings at Gmail are declared. */
  readonly gmail: boolean;
}

export interface DeclaredClient {
  readonly screen: ConsentScreen;
  readonly clientId: string;
  /** Undefined where this process cannot see it. */
  readonly clientSecret: string | undefined;
}

interface DeclaredProject {
  readonly projectId: string;
  readonly services: readonly string[];
}

export interface MailServer {
  readonly protocol: MailProtocol;
  readonly peer: MailPeer;
}

const GIVE = "Give a mailboxes.yaml, or the output of `pulumi stack export`.";

/** What a `mailboxes.yaml` or the export of a stack declares; `-` is standard input. */
export function declaredIn(file: string): Promise<Declared> {
  return /\.ya?ml$/i.test(file) ? ofFleet(file) : ofStack(file);
}

/** Where Gmail's own servers are, for those who declare nothing else. */
export const GMAIL_SERVERS: readonly MailServer[] = serversOf({});

async function ofFleet(file: string): Promise<Declared> {
  const { spec, lock, problems } = await readFleet(file);
  const [first] = problems;
  if (!spec) throw refused(`${file}:${first?.place.line}:${first?.place.column}: ${first?.message}`);
  const { clients, mailboxes } = planOf(spec, lock);
  const secrets = new Secrets();
  // A stack's configuration is nobody's to see here; what is missing is proven by the client's id alone.
  await lookUpSecrets(spec, secrets, dirname(file), () => undefined);
  const assignment = assigned(spec, lock);
  return {
    environmentUrl: spec.environmentUrl,
    mailboxes: mailboxes.map(({ emailAddress, inputs }) => mailboxOf(emailAddress, inputs)),
    clients: clients.flatMap(({ name, declared }) => {
      const { clientId } = declared;
      const secret = secrets.get(name, "clientSecret");
      const clientSecret = typeof secret === "string" ? secret : undefined;
      return clientId === undefined ? [] : [{ screen: screenOf(declared), clientId, clientSecret }];
    }),
    projects: clients.flatMap(({ declared: { projectId, project } }) =>
      project ? [projectOf(projectId, project)] : [],
    ),
    servers: clients.flatMap(({ profile }) => serversOf(profile)),
    profiles: clients.length > 0,
    defaultProfile: clients.some(({ profile }) => profile.defaultForNewMailboxes === true),
    places: { rooms: roomsIn(spec, placesOf(spec, lock, assignment)), open: assignment.open.length },
  };
}

async function ofStack(file: string): Promise<Declared> {
  const text = await readGiven(file, GIVE);
  const names = ["Mailbox", "EmailServerProfile", "GoogleOAuthClient", "GoogleProject"] as const;
  const resources = exportedResources(stateIn(text), names);
  if (!resources)
    throw refused(`${givenName(file)} is neither a mailboxes.yaml nor what \`pulumi stack export\` writes`);
  const of = (name: (typeof names)[number]) => resources.filter((resource) => resource.name === name);
  const profiles = of("EmailServerProfile").map((one) => soundPart(emailServerProfile.inputs, inputsOf(one)));
  return {
    mailboxes: of("Mailbox").map((one) => mailboxOf(one.address, soundPart(mailbox.inputs, inputsOf(one)))),
    clients: of("GoogleOAuthClient").flatMap((one) => {
      const inputs = soundPart(googleOAuthClient.inputs, inputsOf(one));
      const { clientId, clientSecret } = inputs;
      learn(clientSecret);
      return clientId === undefined ? [] : [{ screen: screenOf(inputs), clientId, clientSecret }];
    }),
    projects: of("GoogleProject").flatMap((one) => {
      const inputs = soundPart(googleProject.inputs, inputsOf(one));
      return inputs.projectId === undefined ? [] : [projectOf(inputs.projectId, inputs)];
    }),
    servers: profiles.flatMap(serversOf),
    profiles: profiles.length > 0,
    defaultProfile: profiles.some(({ defaultForNewMailboxes }) => defaultForNewMailboxes === true),
  };
}

function inputsOf({ inputs }: ExportedResource): Tree {
  return isTree(inputs) ? inputs : {};
}

interface MailboxChoices {
  readonly kind?: string | undefined;
  readonly approved?: boolean | undefined;
  readonly gmail?: object | undefined;
}

function mailboxOf(address: string, { kind, approved = true, gmail }: MailboxChoices): DeclaredMailbox {
  return { address, isUser: kind === "user", approved, gmail: gmail !== undefined };
}

function projectOf(projectId: string, { services }: { readonly services?: readonly string[] | undefined }) {
  return { projectId, services: services ?? ["gmail.googleapis.com"] };
}

interface ServerChoices {
  readonly protocol?: "imap" | "pop3" | undefined;
  readonly incomingServerLocation?: string | undefined;
  readonly incomingPort?: number | undefined;
  readonly outgoingServerLocation?: string | undefined;
  readonly outgoingPort?: number | undefined;
}

function serversOf(choices: ServerChoices): readonly MailServer[] {
  const { protocol = "imap", incomingServerLocation: incoming, incomingPort } = choices;
  const { outgoingServerLocation: outgoing, outgoingPort = 587 } = choices;
  const port = incomingPort ?? (protocol === "imap" ? 993 : 995);
  return [
    { protocol, peer: { host: incoming ?? GMAIL[protocol], port } },
    { protocol: "smtp", peer: { host: outgoing ?? GMAIL.smtp, port: outgoingPort } },
  ];
}

function refused(what: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint: GIVE });
}
