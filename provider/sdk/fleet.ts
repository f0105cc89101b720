import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Alias, ComponentResourceOptions, CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import { Fault } from "../fault.ts";
import { type LoadedFleet, loadFleet } from "../fleet/load-fleet.ts";
import type { PlannedClient, PlannedMailbox } from "../fleet/plan.ts";
import type { FleetSpec, SecretReference } from "../resources/fleet/spec.ts";
import { GmailsyncResource } from "./plugin-resource.ts";
import {
  Output as AnyOutput,
  all,
  ComponentResource,
  Config,
  makeOutput,
  RunError,
  rootStackResource,
  secret,
} from "./pulumi.ts";
import {
  EmailServerProfile,
  GoogleOAuthClient,
  GoogleProject,
  type MailboxActivationArgs,
  type MailboxArgs,
} from "./resources.ts";

type Secret = SecretReference | Input<string>;
type Client = FleetSpec["clients"][string];

/** A fleet as a value: like the file, but secrets may be outputs. */
export interface FleetValue extends Omit<FleetSpec, "clients"> {
  readonly clients: Readonly<
    Record<
      string,
      Omit<Client, "clientSecret" | "previousClientSecret" | "credentialsJson"> & {
        readonly clientSecret?: Secret;
        readonly previousClientSecret?: Secret;
        readonly credentialsJson?: Secret;
      }
    >
  >;
}

/** Either a file or the same as a value. */
export interface FleetArgs {
  /** Path of `mailboxes.yaml`, seen from the folder of the program. */
  readonly file?: string | undefined;
  /** Default: `mailboxes.lock` beside the file. */
  readonly lockFile?: string | undefined;
  readonly spec?: FleetValue | undefined;
}

/** One mailbox of a fleet. */
export interface FleetMailbox {
  readonly mailboxId: string;
  /** The client that it uses. */
  readonly client: string;
  /** Whose mailbox it is. */
  readonly kind: string;
  /** The mailbox's page, where its user signs in to Gmail. */
  readonly webUrl: string;
  /** `success` when it was tested and enabled, `notActivated` where that is not wanted. */
  readonly status: string;
}

export interface FleetSummary {
  readonly mailboxes: number;
  readonly activated: number;
  readonly byClient: Readonly<Record<string, number>>;
}

interface FleetOutputs {
  readonly profiles: Output<Readonly<Record<string, string>>>;
  readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  readonly summary: Output<FleetSummary>;
}

/** A fleet wherever it was loaded from. The plugin makes one for programs in other languages. */
export class FleetComponent extends ComponentResource<FleetOutputs> {
  /** Ids of the profiles, by client. */
  declare readonly profiles: Output<Readonly<Record<string, string>>>;
  /** By address. */
  declare readonly mailboxes: Output<Readonly<Record<string, FleetMailbox>>>;
  declare readonly summary: Output<FleetSummary>;

  constructor(name: string, load: () => Promise<LoadedFleet>, options: ComponentResourceOptions = {}) {
    super("gmailsync:index:Fleet", name, { name, load }, options);
    const outputs = makeOutput(this.getData());
    this.profiles = outputs.profiles;
    this.mailboxes = outputs.mailboxes;
    this.summary = outputs.summary;
  }

  /** What is wrong with a fleet is for people, so it comes without a stack trace. */
  protected override async initialize(start: Start): Promise<FleetOutputs> {
    try {
      const outputs = await build(this, start);
      this.registerOutputs(outputs);
      return outputs;
    } catch (error) {
      throw error instanceof Fault ? new RunError(error.message) : error;
    }
  }
}

interface Start {
  readonly name: string;
  readonly load: () => Promise<LoadedFleet>;
}

async function build(fleet: FleetComponent, { name, load }: Start): Promise<FleetOutputs> {
  const loaded = await load();
  refuseOtherEnvironment(loaded);
  const profiles = new Map(loaded.clients.map((client) => [client.name, makeClient(fleet, name, client, loaded)]));
  const made = loaded.mailboxes.flatMap((planned) => {
    const profile = profiles.get(planned.client);
    return profile ? [makeMailbox(fleet, planned, profile)] : [];
  });
  const byClient: Record<string, number> = {};
  for (const { client } of loaded.mailboxes) byClient[client] = (byClient[client] ?? 0) + 1;
  return {
    profiles: makeOutput(Object.fromEntries([...profiles].map(([client, { profileId }]) => [client, profileId]))),
    mailboxes: together(loaded.mailboxes, made),
    summary: makeOutput({
      mailboxes: loaded.mailboxes.length,
      activated: loaded.mailboxes.filter(({ activation }) => activation !== undefined).length,
      byClient,
    }),
  };
}

/**
 * A whole fleet from `mailboxes.yaml`, or from the same as a value: clients, profiles, mailboxes and their activation. Names
 * of the children come from the client's name and the address, so an entry may be moved, within a file or to another one,
 * and nothing is made anew.
 */
export class Fleet extends FleetComponent {
  constructor(name: string, args: FleetArgs, options: ComponentResourceOptions = {}) {
    super(name, () => loadFleet(args), options);
  }
}

/** `new Fleet` for those who prefer a function. */
export function fleet(name: string, args: FleetArgs, options?: ComponentResourceOptions): Fleet {
  return new Fleet(name, args, options);
}

function makeClient(
  parent: FleetComponent,
  fleetName: string,
  client: PlannedClient,
  fleet: LoadedFleet,
): EmailServerProfile {
  const { declared, inputs, profile } = client;
  const { aliases = {}, project } = declared;
  const name = `${fleetName}-${client.name}`;
  const options = (alias: string | undefined) => ({ parent, aliases: aliasesOf(alias) });
  const owner =
    project && new GoogleProject(name, { ...project, projectId: inputs.projectId }, options(aliases.project));
  const secret = (property: "clientSecret" | "previousClientSecret" | "credentialsJson") =>
    declared[property] && { [property]: secretOf(declared[property], `${client.name}.${property}`, fleet) };
  const oauthClient = new GoogleOAuthClient(
    name,
    {
      ...inputs,
      projectId: owner?.projectId ?? inputs.projectId,
      ...secret("clientSecret"),
      ...secret("previousClientSecret"),
      ...secret("credentialsJson"),
    },
    options(aliases.client),
  );
  return new EmailServerProfile(
    name,
    {
      ...profile,
      oauthClientId: oauthClient.clientId.apply((id) => id ?? ""),
      oauthClientSecret: oauthClient.clientSecret.apply((value) => value ?? ""),
    },
    options(aliases.profile),
  );
}

/** Of thousands of children only what is used: every output costs promises, and those are most of what a fleet takes. */
class FleetMailboxResource extends GmailsyncResource {
  declare readonly mailboxId: Output<string>;
  declare readonly kind: Output<string>;
  declare readonly webUrl: Output<string>;

  constructor(name: string, args: MailboxArgs, options: CustomResourceOptions) {
    super(
      { token: "gmailsync:index:Mailbox", names: ["mailboxId", "kind", "webUrl"], secrets: [] },
      name,
      args,
      options,
    );
  }
}

class FleetActivation extends GmailsyncResource {
  declare readonly status: Output<string>;

  constructor(name: string, args: MailboxActivationArgs, options: CustomResourceOptions) {
    super({ token: "gmailsync:index:MailboxActivation", names: ["status"], secrets: [] }, name, args, options);
  }
}

/** Of one mailbox: id, kind, web URL, status. */
type Told = readonly [Output<string>, Output<string>, Output<string>, Output<string> | string];

function makeMailbox(parent: FleetComponent, planned: PlannedMailbox, profile: EmailServerProfile): Told {
  const { address, emailAddress, inputs, activation, aliases = {} } = planned;
  const { profileId } = profile;
  const { mailboxId, kind, webUrl } = new FleetMailboxResource(
    address,
    { ...inputs, emailAddress, profileId },
    { parent, aliases: aliasesOf(aliases.mailbox) },
  );
  const activated =
    activation &&
    new FleetActivation(
      address,
      { ...activation, mailboxId, profileId },
      { parent, aliases: aliasesOf(aliases.activation) },
    );
  return [mailboxId, kind, webUrl, activated?.status ?? "notActivated"];
}

/** One output for all, as every level of outputs costs promises. */
function together(planned: readonly PlannedMailbox[], told: readonly Told[]): Output<Record<string, FleetMailbox>> {
  return all(told.flat()).apply((values) =>
    Object.fromEntries(
      planned.map(({ address, client }, index): [string, FleetMailbox] => {
        const [mailboxId = "", kind = "", webUrl = "", status = ""] = values.slice(4 * index, 4 * index + 4);
        return [address, { mailboxId, client, kind, webUrl, status }];
      }),
    ),
  );
}

/** Former names in the program, outside of any component, or whole URNs. */
function aliasesOf(former: string | undefined): (string | Alias)[] {
  if (former === undefined) return [];
  return [former.startsWith("urn:") ? former : { name: former, parent: rootStackResource }];
}

function secretOf(reference: SecretReference, place: string, { folder, secrets }: LoadedFleet): Input<string> {
  const given = secrets.get(place);
  if (typeof given === "string" || AnyOutput.isInstance<string>(given)) return secret(given);
  if (reference.config !== undefined) return new Config().requireSecret(reference.config);
  const { env, file } = reference;
  const found = env === undefined ? readSecretFile(join(folder, file ?? "")) : process.env[env]?.trim();
  if (found) return secret(found);
  throw new Fault({
    kind: "invalid-input",
    what: `${place}: ${env === undefined ? `the file ${file} cannot be read or is empty` : `the environment variable ${env} is not set`}`,
  });
}

function readSecretFile(file: string): string {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return "";
  }
}

/** As far as the program can know: the provider may be configured with another one in its arguments. */
function refuseOtherEnvironment({ environmentUrl }: LoadedFleet): void {
  const configured = new Config("gmailsync").get("environmentUrl") ?? process.env["GMAILSYNC_ENVIRONMENT_URL"] ?? "";
  if (!environmentUrl || !URL.canParse(configured) || new URL(configured).origin === new URL(environmentUrl).origin)
    return;
  throw new Fault({
    kind: "invalid-input",
    what: `The fleet is meant for ${environmentUrl}, and the provider is configured for ${configured}`,
  });
}
