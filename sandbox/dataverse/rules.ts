import { ServiceError } from "./service-error.ts";
import type { Cell, DataverseState, Row } from "./state.ts";

/** A save as the rules see it: the row before, what is set, and the row as it would be. */
export interface Save {
  readonly state: DataverseState;
  readonly before: Row | undefined;
  readonly set: Readonly<Record<string, Cell>>;
  readonly after: Row;
}

interface Rule {
  readonly code: string;
  readonly text: string;
  broken(save: Save): boolean;
}

const GMAIL_TYPES: readonly Cell[] = [1, 4];
/** Assumption: outgoing-settings. */
const OUTGOING_SETTINGS = [
  ["outgoingserverlocation", "incomingserverlocation"],
  ["outgoingportnumber", "incomingportnumber"],
  ["outgoingcredentialretrieval", "incomingcredentialretrieval"],
] as const;
const EXCHANGE_TYPES: readonly Cell[] = [0, 2, 3];

/**
 * Business rules of the service (Microsoft: "Web service error codes"), in the order in which they are tried. Codes
 * and quoted texts are documented. Assumption: rule-triggers.
 */
const PROFILE_RULES: readonly Rule[] = [
  {
    code: "0x8005e201",
    text: "You cannot set SSL as false for Microsoft Dynamics 365 Online.",
    broken: ({ after }) => after["incomingusessl"] === false || after["outgoingusessl"] === false,
  },
  {
    code: "0x8005e202",
    text: "You cannot use Windows integrated or anonymous authentication with Microsoft Dynamics 365 Online.",
    broken: ({ after }) =>
      ["incomingcredentialretrieval", "outgoingcredentialretrieval"].some(
        (column) => after[column] === 3 || after[column] === 4,
      ),
  },
  {
    code: "0x8005e204",
    text: "Autodiscover server URL can only be used for an Exchange e-mail server type.",
    broken: ({ after }) => after["useautodiscover"] === true && !EXCHANGE_TYPES.includes(after["servertype"] ?? null),
  },
  {
    code: "0x8005e205",
    text: "You cannot specify the incoming/outgoing e-mail server location when Autodiscover server location has been set to true.",
    broken: ({ after }) =>
      after["useautodiscover"] === true &&
      (Boolean(after["incomingserverlocation"]) || Boolean(after["outgoingserverlocation"])),
  },
  {
    code: "0x8005e238",
    text: 'Different outgoing connection settings cannot be specified because the "Use Same Settings for Outgoing Connections" flag is set to True.',
    broken: ({ after }) =>
      after["usesamesettingsforoutgoingconnections"] === true &&
      GMAIL_TYPES.includes(after["servertype"] ?? null) &&
      OUTGOING_SETTINGS.some(
        ([outgoing, incoming]) => (after[outgoing] ?? null) !== null && after[outgoing] !== after[incoming],
      ),
  },
  {
    code: "0x8005e24b",
    text: "The incoming server location is missing.",
    broken: ({ after }) => GMAIL_TYPES.includes(after["servertype"] ?? null) && !after["incomingserverlocation"],
  },
  {
    code: "0x8005e24c",
    text: "The outgoing server location is missing.",
    broken: ({ after }) => GMAIL_TYPES.includes(after["servertype"] ?? null) && !after["outgoingserverlocation"],
  },
  {
    code: "0x8005e24f",
    text: "The incoming server port is missing.",
    broken: ({ after }) => GMAIL_TYPES.includes(after["servertype"] ?? null) && !after["incomingportnumber"],
  },
  {
    code: "0x8005e256",
    text: "The outgoing server port is missing.",
    broken: ({ after }) => GMAIL_TYPES.includes(after["servertype"] ?? null) && !after["outgoingportnumber"],
  },
];

const CONFIGURATION = [
  "_emailserverprofile_value",
  "incomingemaildeliverymethod",
  "outgoingemaildeliverymethod",
  "actdeliverymethod",
  "emailrouteraccessapproval",
  "statecode",
  "processanddeleteemails",
];

const regardsUser = (row: Row) =>
  row["_regardingobjectid_value"] !== null && row["regardingobjecttypecode"] === "systemuser";
const regardsQueue = (row: Row) => row["regardingobjecttypecode"] === "queue";
const isForward = (row: Row) => row["_regardingobjectid_value"] === null;

function profileOf({ state, after }: Save): Row | undefined {
  return state.rows["emailserverprofiles"]?.find(
    (row) => row["emailserverprofileid"] === after["_emailserverprofile_value"],
  );
}

function ownerIsDisabled(state: DataverseState, { _regardingobjectid_value: id }: Row): boolean {
  const user = state.rows["systemusers"]?.find((row) => row["systemuserid"] === id);
  const queue = state.rows["queues"]?.find((row) => row["queueid"] === id);
  return user?.["isdisabled"] === true || queue?.["statecode"] === 1;
}

const MAILBOX_RULES: readonly Rule[] = [
  {
    code: "0x8005e248",
    text: "Test email configuration scheduled is in progress. Please save after completion of test.",
    // Assumption: test-locks-columns.
    broken: ({ before, set }) =>
      before?.["testemailconfigurationscheduled"] === true && CONFIGURATION.some((column) => column in set),
  },
  {
    code: "0x8005e208",
    text: "E-mail Address of a mailbox cannot be updated when associated with an user/queue.",
    broken: ({ before, set }) =>
      before !== undefined &&
      !isForward(before) &&
      "emailaddress" in set &&
      set["emailaddress"] !== before["emailaddress"],
  },
  {
    code: "0x8005e230",
    text: "The mailbox of a disabled user or an inactive queue cannot be activated.",
    broken: ({ state, before, after }) =>
      before?.["statecode"] === 1 && after["statecode"] === 0 && ownerIsDisabled(state, after),
  },
  {
    code: "0x8005e225",
    text: "The e-mail address of a forward mailbox is missing.",
    broken: ({ after }) => isForward(after) && !after["emailaddress"],
  },
  {
    code: "0x8005e211",
    text: "A forward mailbox can only receive by server-side synchronization or not at all.",
    broken: ({ after }) => isForward(after) && ![0, 2, null].includes(numberOf(after["incomingemaildeliverymethod"])),
  },
  {
    code: "0x8005e212",
    text: "A forward mailbox cannot send.",
    broken: ({ after }) => isForward(after) && Boolean(after["outgoingemaildeliverymethod"]),
  },
  {
    code: "0x8005e210",
    text: "A queue cannot use Microsoft Dynamics 365 for Outlook.",
    broken: ({ after }) =>
      regardsQueue(after) && (after["incomingemaildeliverymethod"] === 1 || after["outgoingemaildeliverymethod"] === 1),
  },
  {
    code: "0x8005e233",
    text: "Mail can be deleted after processing for queues and forward mailboxes only.",
    broken: ({ after }) => regardsUser(after) && after["processanddeleteemails"] === true,
  },
  {
    code: "0x8005e247",
    text: "Server-side synchronization for appointments, contacts, and tasks isn't supported for POP3 or SMTP server types. Select a supported email type or change the synchronization method for appointments, contacts, and tasks to None.",
    // Assumption: appointments-default.
    broken: (save) =>
      save.after["actdeliverymethod"] === 1 && GMAIL_TYPES.includes(profileOf(save)?.["servertype"] ?? null),
  },
  {
    code: "0x8005e257",
    text: "Test and enable is not allowed if the organization is in administration mode.",
    broken: ({ state, set }) => state.behaviour.administrationMode && set["testemailconfigurationscheduled"] === true,
  },
  {
    code: "0x8009000b",
    text: "Email address can only be approved by an Office 365 Global Administrator or by an Exchange Administrator. Contact your administrator.",
    broken: ({ state, before, set }) =>
      state.behaviour.approval === "denied" &&
      set["emailrouteraccessapproval"] === 1 &&
      before?.["emailrouteraccessapproval"] !== 1,
  },
];

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  emailserverprofiles: PROFILE_RULES,
  mailboxes: MAILBOX_RULES,
};

/** The link is not creatable by its flag; for mailboxes the service has a word of its own. Assumption: owned-mailbox-refusal. */
export function refuseOwnedMailbox(entity: string, payload: Readonly<Record<string, unknown>>): void {
  const owned = ["regardingobjectid", "regardingobjectid_queue"].some(
    (navigation) => (payload[`${navigation}@odata.bind`] ?? null) !== null,
  );
  if (entity !== "mailbox" || !owned) return;
  throw new ServiceError(
    400,
    "0x8005e207",
    "A forward mailbox cannot be created for a specific user or a queue.  Please remove the regarding field and try again.",
  );
}

/** Throws the first broken rule. */
export function enforce(set: string, save: Save): void {
  const rule = RULES[set]?.find(({ broken }) => broken(save));
  if (rule) throw new ServiceError(rule.code === "0x8009000b" ? 403 : 400, rule.code, rule.text);
}

/** What a save brings about beside what it sets. */
export function consequences(set: string, { state, before, after }: Save): void {
  if (set !== "mailboxes" || !before) return;
  if (
    state.behaviour.approval === "silent" &&
    before["emailrouteraccessapproval"] !== 1 &&
    after["emailrouteraccessapproval"] === 1
  ) {
    after["emailrouteraccessapproval"] = before["emailrouteraccessapproval"] ?? 0;
  }
  const changed = (column: string) => before[column] !== after[column];
  // Assumption: changed-configuration.
  for (const direction of ["incoming", "outgoing"]) {
    if (changed("_emailserverprofile_value") || changed(`${direction}emaildeliverymethod`)) {
      after[`${direction}emailstatus`] = 0;
      after[`enabledfor${direction}email`] = false;
    }
  }
}

function numberOf(cell: Cell | undefined): number | null {
  return typeof cell === "number" ? cell : null;
}
