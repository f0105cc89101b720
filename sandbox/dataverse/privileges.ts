/** How far a privilege reaches, from the caller's own rows to the whole organisation; weakest first. */
export const DEPTHS = ["Basic", "Local", "Deep", "Global"] as const;
export type Depth = (typeof DEPTHS)[number];

export type Verb = "Create" | "Read" | "Write" | "Delete" | "Assign" | "Share" | "Append" | "AppendTo";

interface Securable {
  /** The table's part of its privileges' names: its schema name, but for users. */
  readonly name: string;
  readonly objectTypeCode: number;
  readonly verbs: readonly Verb[];
  readonly depths: readonly Depth[];
}

const ALL: readonly Verb[] = ["Create", "Read", "Write", "Delete", "Assign", "Share", "Append", "AppendTo"];

/** Tables by entity. Which verbs and depths there are is the same in every environment. */
export const SECURABLES: Readonly<Record<string, Securable>> = {
  mailbox: { name: "Mailbox", objectTypeCode: 9606, verbs: ALL, depths: DEPTHS },
  emailserverprofile: { name: "EmailServerProfile", objectTypeCode: 9605, verbs: ALL, depths: ["Global"] },
  tracelog: {
    name: "TraceLog",
    objectTypeCode: 8050,
    verbs: ["Create", "Read", "Delete", "Append", "AppendTo"],
    depths: ["Global"],
  },
  organization: {
    name: "Organization",
    objectTypeCode: 1019,
    verbs: ["Read", "Write", "AppendTo"],
    depths: ["Global"],
  },
  queue: { name: "Queue", objectTypeCode: 2020, verbs: ALL, depths: DEPTHS },
  systemuser: {
    name: "User",
    objectTypeCode: 8,
    verbs: ["Create", "Read", "Write", "Delete", "Append", "AppendTo"],
    depths: ["Local", "Deep", "Global"],
  },
};

export const APPROVE = "prvApproveRejectEmailAddress";

/** Every privilege that the sandbox knows, with the depths it can be held at. Assumption: approval-depths. */
export const PRIVILEGES: ReadonlyMap<string, readonly Depth[]> = new Map([
  ...Object.values(SECURABLES).flatMap(({ name, verbs, depths }) =>
    verbs.map((verb): [string, readonly Depth[]] => [`prv${verb}${name}`, depths]),
  ),
  [APPROVE, DEPTHS],
]);

/** Ids that Microsoft publishes; they are the same in every environment. */
export const PRIVILEGE_IDS: Readonly<Record<string, string>> = {
  prvCreateMailbox: "2b404847-af4a-49ac-8389-a7c96a0305a3",
  prvReadMailbox: "8e17de3a-5a69-479c-9535-1f7be75b2987",
  prvWriteMailbox: "1d79f9f9-4a93-4cf7-ade4-39fbe10b1494",
  prvDeleteMailbox: "1e24e27d-60e9-4a63-a1ed-44d77702425f",
  prvAssignMailbox: "0fddefbe-ec48-416b-b794-35f48828e71f",
  prvShareMailbox: "dd66949c-77c5-4b63-a2ef-0a45ac4e28a1",
  prvAppendMailbox: "1518e693-c382-43e8-97ca-d2dfe03427e3",
  prvAppendToMailbox: "15b16455-4fd8-4c52-9e39-bc973d3b0181",
  prvReadTraceLog: "6ea323ab-2e1e-414e-88f5-1f975b3069fd",
  prvReadOrganization: "dbd3ad17-b6bd-46c8-8db7-179fec82c937",
  prvWriteOrganization: "9f7b7e89-e5f6-41fd-8390-f06a7ec66d25",
  [APPROVE]: "54e8c67e-9cc2-441b-802f-788f93e977d6",
};

/** Depths by the names of the privileges that are held. */
export type Privileges = Readonly<Record<string, Depth | undefined>>;

/** Roles that every environment has, as far as mail goes. */
export const BUILT_IN_ROLES: Readonly<Record<string, Privileges>> = {
  "System Administrator": Object.fromEntries([...PRIVILEGES.keys()].map((name) => [name, "Global"])),
  "System Customizer": {
    prvReadMailbox: "Basic",
    prvWriteMailbox: "Basic",
    ...at("Global", "Mailbox", "Assign", "Share", "Append", "AppendTo"),
    ...at("Global", "EmailServerProfile", ...ALL),
    ...at("Global", "TraceLog", "Create", "Read", "Append", "AppendTo"),
    ...at("Global", "Organization", "Read", "Write"),
    prvReadUser: "Global",
    ...at("Local", "User", "Write", "Append", "AppendTo"),
    ...at("Global", "Queue", ...ALL),
  },
  "Basic User": {
    ...at("Basic", "Mailbox", "Read", "Write", "Append"),
    ...at("Global", "EmailServerProfile", "Read", "AppendTo"),
    ...at("Global", "TraceLog", "Create", "Read", "Append", "AppendTo"),
    prvReadOrganization: "Global",
    prvReadUser: "Global",
    ...at("Basic", "Queue", "Read", "AppendTo"),
  },
};

function at(depth: Depth, name: string, ...verbs: readonly Verb[]): Record<string, Depth> {
  return Object.fromEntries(verbs.map((verb) => [`prv${verb}${name}`, depth]));
}
