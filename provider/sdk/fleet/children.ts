import type { Alias, ComponentResource, CustomResourceOptions, Input, Output } from "@pulumi/pulumi";
import type { LoadedFleet } from "../../fleet/load-fleet.ts";
import type { PlannedClient, PlannedMailbox } from "../../fleet/plan.ts";
import type { SecretName } from "../../fleet/secrets.ts";
import { knownValue, knownYet } from "../known.ts";
import { GmailsyncResource } from "../plugin-resource.ts";
import { Output as AnyOutput, rootStackResource, secret } from "../pulumi.ts";
import {
  EmailServerProfile,
  GoogleOAuthClient,
  GoogleProject,
  type MailboxActivationArgs,
  type MailboxArgs,
} from "../resources.ts";
import { behind, type Child, causesAmong, mayBeTold, settled } from "./child.ts";
import type { FleetMailbox } from "./outputs.ts";

/** Have the form of what a failed child would have told. Nothing is made of them: the engine skips who gets them. */
const NOBODY = "00000000-0000-0000-0000-000000000000";
const NOTHING = "00000000";

/** A client with its project and its profile. */
export interface MadeClient {
  readonly profile: Child<EmailServerProfile>;
  /** URNs of what may keep its mailboxes from success, the nearest first. */
  readonly causes: readonly string[];
}

/** Registers a client with its project and its profile, one after the other. */
export async function makeClient(
  parent: ComponentResource,
  fleetName: string,
  { name: client, declared, inputs, profile }: PlannedClient,
  { secrets }: LoadedFleet,
): Promise<MadeClient> {
  const { aliases = {}, project, retainProfile } = declared;
  const name = `${fleetName}-${client}`;
  const options = (alias: string | undefined) => ({ parent, aliases: aliasesOf(alias) });
  const given = (property: SecretName) => {
    const value = secrets.get(client, property);
    return value === undefined ? {} : { [property]: secret(asInput(value)) };
  };
  const owner =
    project &&
    (await settled(
      parent,
      new GoogleProject(name, { ...project, projectId: inputs.projectId }, options(aliases.project)),
    ));
  const google = await settled(
    parent,
    new GoogleOAuthClient(
      name,
      {
        ...inputs,
        projectId: !owner || owner.failed ? inputs.projectId : owner.resource.projectId,
        ...given("clientSecret"),
        ...given("previousClientSecret"),
        ...given("credentialsJson"),
      },
      { ...options(aliases.client), ...behind(owner, []) },
    ),
    owner,
  );
  const made = await settled(
    parent,
    new EmailServerProfile(
      name,
      {
        ...profile,
        oauthClientId: google.failed ? NOTHING : google.resource.clientId.apply((id) => id ?? ""),
        oauthClientSecret: google.failed ? NOTHING : google.resource.clientSecret.apply((value) => value ?? ""),
      },
      {
        ...options(aliases.profile),
        // What is said of the whole fleet holds for the profile, too, unless its client says otherwise.
        ...(retainProfile !== undefined && { retainOnDelete: retainProfile }),
        ...behind(google, ["oauthClientId", "oauthClientSecret"]),
      },
    ),
    google,
  );
  return { profile: made, causes: causesAmong([made, google, ...(owner ? [owner] : [])]) };
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

/** What a mailbox tells. Plain, as each output of thousands would keep its resource, with all that it has. */
interface Told extends Omit<FleetMailbox, "client"> {
  readonly isKnown: boolean;
}

/** A mailbox that was registered. */
export interface MadeMailbox {
  readonly urn: string;
  readonly failed: boolean;
  /** Undefined where it failed, or where a run with targets has passed it over. */
  readonly told: Told | undefined;
  /** URN of the last of both that has come through: of its activation, else its own. */
  readonly last: string;
  /** URNs of what may have kept it from success, the nearest first. */
  readonly causes: readonly string[];
}

/** Registers a mailbox and its activation behind its profile. */
export async function makeMailbox(
  parent: ComponentResource,
  { name, formerNames, emailAddress, inputs, activation, aliases = {} }: PlannedMailbox,
  { profile, causes: before }: MadeClient,
): Promise<MadeMailbox> {
  const profileId = profile.failed ? NOBODY : profile.resource.profileId;
  const mailbox = await settled(
    parent,
    new FleetMailboxResource(
      name,
      { ...inputs, emailAddress, profileId },
      { parent, aliases: aliasesOf(aliases.mailbox, formerNames), ...behind(profile, ["profileId"]) },
    ),
    profile,
  );
  const { urn, failed } = mailbox;
  const causes = [...causesAmong([mailbox]), ...before];
  const place = mailbox.failed ? undefined : mailbox.resource;
  if (!activation) return { urn, failed, last: urn, told: await toldBy(place, "notActivated"), causes };
  const activated = await settled(
    parent,
    new FleetActivation(
      name,
      { ...activation, mailboxId: place?.mailboxId ?? NOBODY, profileId },
      { parent, aliases: aliasesOf(aliases.activation, formerNames), ...behind(mailbox, ["mailboxId", "profileId"]) },
    ),
    mailbox,
  );
  const last = activated.failed ? urn : activated.urn;
  const told = await toldBy(place, activated.failed ? "failure" : activated.resource.status);
  return { urn, failed, last, told, causes: [...causesAmong([activated]), ...causes] };
}

async function toldBy(
  place: FleetMailboxResource | undefined,
  status: Output<string> | "failure" | "notActivated",
): Promise<Told | undefined> {
  if (!place) return undefined;
  const outputs = [place.mailboxId, place.kind, place.webUrl, status];
  const isKnown = (await Promise.all(outputs.map(knownYet))).every(Boolean);
  if (!mayBeTold(isKnown)) return undefined;
  const values = await Promise.all(outputs.map(async (output) => String((await knownValue(output)) ?? "")));
  const [mailboxId = "", kind = "", webUrl = "", said = ""] = values;
  return { isKnown, mailboxId, kind, webUrl, status: said };
}

/** A former name, in a fleet or outside of any component, or a whole URN; and former names in a fleet, which have the same parent. */
function aliasesOf(former: string | undefined, names: readonly string[] = []): (string | Alias)[] {
  const inFleets = names.map((name) => ({ name }));
  if (former === undefined) return inFleets;
  return former.startsWith("urn:")
    ? [former, ...inFleets]
    : [{ name: former, parent: rootStackResource }, { name: former }, ...inFleets];
}

/** A secret as it was looked up, or as the program gave it. */
function asInput(value: unknown): Input<string> {
  if (typeof value === "string" || AnyOutput.isInstance<string>(value)) return value;
  return Promise.resolve(value).then(String);
}
