import { DEPTHS, type Depth, privilegesHeld } from "../../dataverse/look-around.ts";
import { Fault } from "../../fault.ts";
import { isReadOnly } from "../../host/configuration.ts";
import { isUnanswered } from "../../network/transport-fault.ts";
import type { Look } from "../../resource/looks.ts";
import { lookUp } from "../../resources/mailbox/look-up.ts";
import { type Finding, found, good, skipped } from "../../schema/step.ts";
import type { Declared } from "./declared.ts";
import { asking, notSeen, type Surroundings } from "./surroundings.ts";

interface Needed {
  readonly name: string;
  /** What would fail without it. */
  readonly what: string;
  /** Whether it has to reach the mailboxes' rows, or is held for the whole organisation only. */
  readonly reach: "mailboxes" | "organization";
  readonly when: (declared: Declared) => boolean;
}

const always = () => true;
const anyMailbox = ({ mailboxes }: Declared) => mailboxes.length > 0;
const anyProfile = ({ profiles }: Declared) => profiles;

/**
 * What the provider asks Dataverse for (Microsoft: "How access to a record is determined": a lookup needs Append on the table that has
 * it and AppendTo on the one it leads to).
 */
const NEEDED: readonly Needed[] = [
  { name: "prvReadOrganization", what: "reading the rules of approval", reach: "organization", when: always },
  { name: "prvReadUser", what: "reading whose mailbox it is", reach: "mailboxes", when: always },
  {
    name: "prvReadQueue",
    what: "reading the queues that have mailboxes",
    reach: "mailboxes",
    when: ({ mailboxes }) => mailboxes.some(({ isUser }) => !isUser),
  },
  { name: "prvReadMailbox", what: "finding mailboxes", reach: "mailboxes", when: anyMailbox },
  { name: "prvWriteMailbox", what: "setting mailboxes up and testing them", reach: "mailboxes", when: anyMailbox },
  { name: "prvAppendMailbox", what: "giving mailboxes a profile", reach: "mailboxes", when: anyMailbox },
  {
    name: "prvApproveRejectEmailAddress",
    what: "approving addresses",
    reach: "mailboxes",
    when: ({ mailboxes }) => mailboxes.some(({ approved }) => approved),
  },
  { name: "prvReadEmailServerProfile", what: "reading profiles", reach: "organization", when: always },
  { name: "prvCreateEmailServerProfile", what: "creating profiles", reach: "organization", when: anyProfile },
  { name: "prvWriteEmailServerProfile", what: "keeping profiles as declared", reach: "organization", when: anyProfile },
  { name: "prvDeleteEmailServerProfile", what: "`pulumi destroy`", reach: "organization", when: anyProfile },
  {
    name: "prvAppendToEmailServerProfile",
    what: "giving mailboxes a profile",
    reach: "organization",
    when: (declared) => anyMailbox(declared) || declared.defaultProfile,
  },
  { name: "prvReadTraceLog", what: "explaining a test that failed", reach: "organization", when: anyMailbox },
  {
    name: "prvWriteOrganization",
    what: "`defaultForNewMailboxes`",
    reach: "organization",
    when: ({ defaultProfile }) => defaultProfile,
  },
];

/** Without a declaration what every stack with profiles and mailboxes needs. */
const EVERYTHING: Declared = {
  mailboxes: [{ address: "", isUser: false, approved: true, gmail: false }],
  clients: [],
  projects: [],
  servers: [],
  profiles: true,
  defaultProfile: false,
};

type Held = ReadonlyMap<string, Depth>;

/** What a job that only looks can go without: its application had better not have it. */
const FOR_WRITES = skipped("NOT_NEEDED", "GMAILSYNC_READ_ONLY lets nothing be written");

/** Each privilege that the declared stack needs, by one request. */
export function privilegeLooks(userId: string, surroundings: Surroundings): readonly Look[] {
  const { services, declared, deadline, environment } = surroundings;
  const onlyReads = isReadOnly(environment);
  const isSpared = ({ name }: Needed) => onlyReads && !name.startsWith("prvRead");
  const needed = NEEDED.filter(({ when }) => when(declared ?? EVERYTHING));
  const names = needed.filter((need) => !isSpared(need)).map(({ name }) => name);
  const held = privilegesHeld(services.dataverse, userId, names, deadline).catch(asFault);
  const shown = held.then((known) => mailboxesShown(known, surroundings));
  return needed.map((need) => ({
    id: "privilege",
    of: need.name,
    look: () =>
      asking(async () => {
        if (isSpared(need)) return FOR_WRITES;
        const known = await held;
        return known instanceof Fault ? unread(need, known) : findingOf(need, known, await shown);
      }),
  }));
}

/** Who may not even read its own privileges lacks one of those; of the others nothing is known. */
function unread({ name, what }: Needed, fault: Fault): Finding {
  if (isUnanswered(fault)) throw fault;
  if (/\bprv[A-Z]\w+/.exec(fault.account)?.[0] === name)
    return found("PRIVILEGE_MISSING", { message: `not held, and needed for ${what}` });
  return fault.kind === "permission-denied" ? skipped("AFTER_FAILURE") : notSeen(fault);
}

/** Whether the declared mailboxes are all shown; undefined where that says nothing, or was not asked. */
async function mailboxesShown(held: Held | Fault, surroundings: Surroundings): Promise<boolean | undefined> {
  const { services, declared, deadline } = surroundings;
  const addresses = declared?.mailboxes.map(({ address }) => address) ?? [];
  const depth = held instanceof Fault ? undefined : held.get("prvReadMailbox");
  if (addresses.length === 0 || !isOfUnits(depth)) return undefined;
  const { missing } = await lookUp(addresses, { ...services, deadline });
  return missing.length === 0;
}

function isOfUnits(depth: Depth | undefined): boolean {
  return depth === "Local" || depth === "Deep";
}

function findingOf({ name, what, reach }: Needed, held: Held, shown: boolean | undefined): Finding {
  const depth = held.get(name);
  if (depth === undefined) return found("PRIVILEGE_MISSING", { message: `not held, and needed for ${what}` });
  if (depth === "Global") return good({ message: LEVELS[depth] });
  if (reach === "organization" || depth === "Basic")
    return found("PRIVILEGE_DEPTH", {
      message: `held at the level ${LEVELS[depth]}, and ${LEVELS.Global} is needed for ${what}`,
    });
  // What reaches as far as reading does reaches the rows that are shown.
  const reading = held.get("prvReadMailbox") ?? "Global";
  if (shown && DEPTHS.indexOf(depth) >= DEPTHS.indexOf(reading))
    return good({ message: `${LEVELS[depth]}, which reaches all declared mailboxes` });
  return found("PRIVILEGE_REACH", {
    message:
      shown === false
        ? `held at the level ${LEVELS[depth]}, and not all declared mailboxes are shown`
        : `held at the level ${LEVELS[depth]}, and it is not known whether all mailboxes are there`,
  });
}

/** As the editor of security roles calls them. */
const LEVELS: Readonly<Record<Depth, string>> = {
  Basic: "User",
  Local: "Business unit",
  Deep: "Parent: child business units",
  Global: "Organization",
};

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  throw error;
}
