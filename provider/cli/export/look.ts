import { Fault, quoted } from "../../fault.ts";
import { maskData } from "../../redaction/secrets.ts";
import { isWanted, type MailboxState, mailboxesWhere } from "../../resources/mailbox/functions.ts";
import { accountOf, addressKey, sameAddress } from "../../schema/address.ts";
import type { Found, FoundMailbox } from "./found.ts";
import { seenMailbox } from "./mailboxes.ts";
import { lookAtProfiles } from "./profiles.ts";
import { contextOf, type Look } from "./seen.ts";

/** What there is of Gmail profiles and their mailboxes, read as an import reads it. Nothing is changed. */
export async function look(how: Look): Promise<Found> {
  const { profiles, ...others } = await lookAtProfiles(how);
  const byId = new Map(profiles.map((profile) => [profile.profileId, profile]));
  // All of them: whose mailbox is meant has to be said also where the other one is none of these.
  const all = await mailboxesWhere({}, contextOf(how, "list"));
  const sameAccount = Map.groupBy(all, ({ emailAddress }) => accountOf(emailAddress));
  const saysKind = ({ emailAddress }: MailboxState) =>
    new Set(sameAccount.get(accountOf(emailAddress))?.map(({ kind }) => kind)).size > 1;
  if (profiles.length === 0) throw nothingToExport(how, others.left);
  const seen = await Promise.all(
    all.flatMap((state) => {
      const profile = byId.get(state.profileId ?? "");
      return profile && isWanted(state, how.filters) ? [seenMailbox(state, saysKind(state), profile, how)] : [];
    }),
  );
  const places = new Places(how.profilesMayShare ? addressKey : accountOf);
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
  for (const [id, name] of how.holdings.profiles)
    if (!profiles.some(({ profileId }) => profileId.toLowerCase() === id))
      left.push({
        of: `profile ${JSON.stringify(maskData(name))}`,
        what: "the stack has it, and it is not what is looked for, or none for Gmail by now: it would be let go",
      });
  const { environmentUrl } = how.services;
  return { environmentUrl, profiles, mailboxes, deviations: others.deviations, left };
}

/** A role that may not see profiles is shown an empty list. */
function nothingToExport({ services: { environmentUrl }, filters: { profile } }: Look, left: Found["left"]): Fault {
  const called = profile === undefined ? "" : ` that is called ${quoted(profile)}`;
  return new Fault({
    kind: "not-found",
    what: `${environmentUrl} shows no email server profile for Gmail by OAuth${called} that code can have${left.map(({ of, what }) => `; ${of}: ${what}`).join("")}`,
    hint: "Check that there is one, and that the application user may read email server profiles (prvReadEmailServerProfile).",
  });
}

/** Which mailboxes can stand beside each other: each once a kind, each account with one client. */
class Places {
  readonly #taken = new Map<string, string>();
  readonly #clients = new Map<string, string>();
  readonly #sameOf: (address: string) => string;

  /** `sameOf`: what no two mailboxes of a kind have in common. */
  constructor(sameOf: (address: string) => string) {
    this.#sameOf = sameOf;
  }

  /** Why one more cannot; takes its place where it can. */
  refusalOf({ emailAddress, kind, profile }: FoundMailbox): string | undefined {
    const key = `${this.#sameOf(emailAddress)} ${kind}`;
    const account = accountOf(emailAddress);
    const client = this.#clients.get(account) ?? profile.name;
    const other = this.#taken.get(key);
    if (other !== undefined) {
      if (sameAddress(other, emailAddress)) return `another mailbox of a ${kind} has this address`;
      return `its account is that of ${maskData(other)}, and a fleet has an account once; \`--format yaml\` has both`;
    }
    if (client !== profile.name)
      return `its account has another mailbox with the profile of ${client}, and an account has one client`;
    this.#taken.set(key, emailAddress);
    this.#clients.set(account, client);
    return undefined;
  }
}
