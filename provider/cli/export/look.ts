import { Fault, onOneLine, wordsOf } from "../../fault.ts";
import { SECRETS } from "../../fleet/secrets.ts";
import type { Services } from "../../host/configuration.ts";
import type { Deadline } from "../../network/deadline.ts";
import { maskData } from "../../redaction/secrets.ts";
import type { Context } from "../../resource/context.ts";
import type { Resource } from "../../resource/resource.ts";
import { profilesWhere } from "../../resources/email-server-profile/functions.ts";
import { emailServerProfile } from "../../resources/email-server-profile/handler.ts";
import { googleOAuthClient } from "../../resources/google-oauth-client/handler.ts";
import { type MailboxState, mailboxesWhere, type Where } from "../../resources/mailbox/functions.ts";
import { mailbox } from "../../resources/mailbox/handler.ts";
import { mailboxActivation } from "../../resources/mailbox-activation/handler.ts";
import { accountOf, addressProblem } from "../../schema/address.ts";
import { properties } from "../../schema/define.ts";
import { isTree, pick, type Tree, type Value } from "../../values.ts";
import type { Deviation, Found, FoundMailbox, FoundProfile } from "./found.ts";
import type { Holdings } from "./held.ts";
import { camel, Names } from "./names.ts";

export interface Look {
  readonly services: Services;
  readonly deadline: Deadline;
  readonly filters: Where;
  readonly holdings: Holdings;
  /** Whether one client may have several profiles, which a fleet's has not. */
  readonly profilesMayShare: boolean;
}

/** What there is of Gmail profiles and their mailboxes, read as an import reads it. Nothing is changed. */
export async function look(how: Look): Promise<Found> {
  const { profiles, ...others } = await lookAtProfiles(how);
  const byId = new Map(profiles.map((profile) => [profile.profileId, profile]));
  const states = await mailboxesWhere(how.filters, contextOf(how, "list"));
  const seen = await Promise.all(
    states.flatMap((state) => {
      const profile = byId.get(state.profileId ?? "");
      return profile ? [seenMailbox(state, profile, how)] : [];
    }),
  );
  const places = new Places();
  const left = [...others.left];
  const mailboxes: FoundMailbox[] = [];
  for (const { found, deviation } of seen) {
    const what = deviation ?? places.refusalOf(found);
    if (what === undefined) mailboxes.push(found);
    else left.push({ of: maskData(found.emailAddress), what });
  }
  const seenIds = new Set(seen.map(({ found }) => found.mailboxId.toLowerCase()));
  for (const [id, address] of how.holdings.mailboxes)
    if (!seenIds.has(id))
      left.push({
        of: maskData(address || id),
        what: "the stack has it, and the filters or its profile of now do not: it would be let go",
      });
  const { environmentUrl } = how.services;
  return { environmentUrl, profiles, mailboxes, deviations: others.deviations, left };
}

/** Which mailboxes can stand beside each other: each address once a kind, each account with one client. */
class Places {
  readonly #taken = new Set<string>();
  readonly #clients = new Map<string, string>();

  /** Why one more cannot; takes its place where it can. */
  refusalOf({ emailAddress, kind, profile }: FoundMailbox): string | undefined {
    const key = `${emailAddress.toLowerCase()} ${kind}`;
    const account = accountOf(emailAddress);
    const client = this.#clients.get(account) ?? profile.name;
    if (this.#taken.has(key)) return `another mailbox of a ${kind} has this address`;
    if (client !== profile.name)
      return `its account has another mailbox with the profile of ${client}, and an account has one client`;
    this.#taken.add(key);
    this.#clients.set(account, client);
    return undefined;
  }
}

async function lookAtProfiles(how: Look): Promise<Pick<Found, "profiles" | "deviations" | "left">> {
  const { profile, profileId: id } = how.filters;
  const all = await profilesWhere({ gmailByOauth: true }, contextOf(how, "list"));
  const wanted = all.filter(
    ({ name, profileId }) => [undefined, name].includes(profile) && [undefined, profileId].includes(id),
  );
  const names = new Names((name) => [name, camel(name)]);
  const byClient = new Map<string, string>();
  const profiles: FoundProfile[] = [];
  const deviations: Deviation[] = [];
  const left: Deviation[] = [];
  for (const { profileId, name: shown, oauthClientId: clientId = "" } of wanted) {
    const other = how.profilesMayShare ? undefined : byClient.get(clientId);
    if (clientId === "" || other !== undefined) {
      const what =
        other === undefined
          ? "it has no OAuth client"
          : `its OAuth client is that of profile ${JSON.stringify(other)}, too, and a client of a fleet has one profile; \`--format yaml\` has both`;
      left.push({ of: `profile ${JSON.stringify(shown)} with its mailboxes`, what });
      continue;
    }
    byClient.set(clientId, shown);
    const { found, deviation } = await seenProfile({ profileId, shown, clientId, name: names.next(shown) }, how);
    profiles.push(found);
    if (deviation !== undefined) deviations.push({ of: `profile ${JSON.stringify(shown)}`, what: deviation });
  }
  return { profiles, deviations, left };
}

/** Something with what code cannot say of it. */
interface Seen<T> {
  readonly found: T;
  readonly deviation?: string | undefined;
}

async function seenProfile(
  known: Pick<FoundProfile, "profileId" | "shown" | "clientId" | "name">,
  how: Look,
): Promise<Seen<FoundProfile>> {
  const held = how.holdings.of("EmailServerProfile", known.profileId);
  const client = how.holdings.of("GoogleOAuthClient", known.clientId);
  const { inputs, deviation } = held ?? (await seenAs(emailServerProfile, known.profileId, how));
  const found = {
    ...known,
    inputs: beyondDefaults(emailServerProfile, inputs, ["oauthClientId", "oauthClientSecret"]),
    former: { ...(held && { profile: held.alias }), ...(client && { client: client.alias }) },
    client: beyondDefaults(googleOAuthClient, client?.inputs ?? {}, [...SECRETS, "clientId"]),
  };
  return { found, deviation };
}

const ADDRESS_AND_PROFILE = ["emailAddress", "profileId"];
/** What a fleet's activation has no place for, or has from its mailbox. */
const OF_THE_MAILBOX = ["mailboxId", "profileId", "credential", "waitForSignIn"];

async function seenMailbox(
  { mailboxId, emailAddress, kind }: MailboxState,
  profile: FoundProfile,
  how: Look,
): Promise<Seen<FoundMailbox>> {
  const held = how.holdings.of("Mailbox", mailboxId);
  const active = how.holdings.of("MailboxActivation", mailboxId);
  const former = { ...(held && { mailbox: held.alias }), ...(active && { activation: active.alias }) };
  const problem = addressProblem(emailAddress);
  const { inputs, deviation } =
    held ?? (problem ? { inputs: {}, deviation: `the address ${problem}` } : await seenAs(mailbox, mailboxId, how));
  const activation = active
    ? { inputs: beyondDefaults(mailboxActivation, active.inputs, OF_THE_MAILBOX) }
    : held
      ? { not: "the stack does not test it" }
      : await activationOf(mailboxId, how);
  const own = beyondDefaults(mailbox, inputs, ADDRESS_AND_PROFILE);
  return { found: { mailboxId, emailAddress, kind, profile, inputs: own, activation, former }, deviation };
}

/** Tested as part of a deployment is what has succeeded: anything else would be tried again by the next `up`. */
async function activationOf(mailboxId: string, how: Look): Promise<FoundMailbox["activation"]> {
  const context = contextOf(how, mailboxId);
  const live = await mailboxActivation.read(mailboxId, undefined, context);
  const { status, blockedBy = [] } = live?.outputs ?? {};
  if (status === "success" && !live?.problems?.length) return { inputs: {} };
  const codes = Array.isArray(blockedBy) ? blockedBy.join(", ") : "";
  return { not: codes || "never tested" };
}

/** What an import reads, and what the next preview would still change of it. */
async function seenAs(resource: Resource, id: string, how: Look): Promise<{ inputs: Tree; deviation?: string }> {
  const context = contextOf(how, `${resource.definition.name} ${id}`);
  const imported = await resource.read(id, undefined, context);
  if (!imported) throw new Fault({ kind: "not-found", what: `${resource.definition.name} ${id} has gone meanwhile` });
  const { inputs, outputs } = imported;
  const { tree: declared } = resource.check(inputs, context);
  const refreshed = (await resource.read(id, { inputs: declared, outputs }, context)) ?? imported;
  const changes = resource.diff({ inputs: refreshed.inputs, outputs }, declared, { ...context, id });
  const names = new Set(changes.map(({ property }) => property));
  const problems = (imported.problems ?? []).map(wordsOf);
  if (names.size === 0 && problems.length === 0) return { inputs };
  const would = [...names].map((name) => `${name} would become ${JSON.stringify(declared[name])}`);
  return { inputs, deviation: onOneLine([...would, ...problems].join("; ")) };
}

/** What has to be said of inputs: neither defaults, nor what only hosts keep. */
function beyondDefaults({ definition }: Resource, inputs: Tree, others: readonly string[]): Tree {
  const known = properties(definition.inputs);
  return pick(
    inputs,
    (name, value) => name in known && !others.includes(name) && known[name]?.default !== value && !isEmpty(value),
  );
}

function isEmpty(value: Value): boolean {
  return value === null || (isTree(value) && Object.keys(value).length === 0);
}

function contextOf({ services, deadline }: Look, what: string): Context {
  const urn = `urn:pulumi:export::export::gmailsync::${what}`;
  return { ...services, urn, deadline, finishing: deadline, log: () => {}, progress: () => {} };
}
