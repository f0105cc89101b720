/** Whose move it is, and how sure a code is. */
export const CLASSES = {
  configuration: { words: "Something is not set as it has to be, here, in Dynamics or at Google.", exit: "failed" },
  consent: { words: "A user has not consented, or the consent has ended.", exit: "failed" },
  test: { words: "Dynamics' own Test & Enable found something.", exit: "failed" },
  authentication: { words: "A login was refused.", exit: "failed" },
  "access-disabled": { words: "The mailbox does not let this protocol in.", exit: "failed" },
  policy: { words: "A policy of the organisation is in the way.", exit: "failed" },
  "human-needed": { words: "A person has to answer something in a browser.", exit: "failed" },
  quota: { words: "A limit of the account is reached.", exit: "failed" },
  protocol: { words: "The other side does not speak as it should.", exit: "failed" },
  file: { words: "Something is wrong in `mailboxes.yaml` or beside it.", exit: "failed" },
  throttled: { words: "Too much at once; it passes by itself.", exit: "unknown" },
  transient: { words: "A passing problem of the other side.", exit: "unknown" },
  network: {
    words: "This machine could not reach the other side, which says nothing about Dynamics.",
    exit: "unknown",
  },
  unproven: { words: "It could not be told; never taken for success.", exit: "unknown" },
  told: { words: "Nothing is wrong; something is said.", exit: "ok" },
} as const satisfies Readonly<Record<string, { readonly words: string; readonly exit: "ok" | "failed" | "unknown" }>>;

export type CodeClass = keyof typeof CLASSES;

/** One stable code: what programs compare, and what people are told with it. */
export interface CodeRow {
  readonly class: CodeClass;
  /** How it is seen: by a look at any time, by a login or Test & Enable only, by preflight, which looks at no mailbox, or in a file. */
  readonly seen: "live" | "test" | "preflight" | "file";
  /** What it says, a sentence without names and without the full stop. */
  readonly words: string;
  /** What to do next; `{name}` stands for a fact of the object. */
  readonly hint: string;
  /** Where that is done, or what explains it; a part of the hint where it differs from object to object. */
  readonly page?: string;
  /** Whether trying again helps, with nothing changed. */
  readonly again?: true;
  /** Whether it often passes within seconds, so that what saw it tries again by itself. */
  readonly passes?: true;
  /** How commands end with it, where its class says otherwise. */
  readonly exit?: "unknown";
  /** Whether its cause lies in no object, so that it is the same at all that it hits. */
  readonly everywhere?: true;
}

/** Facts that hints name, and what stands for one that is not known. */
export const FACTS = {
  mailboxUrl: "the mailbox's page in Dynamics",
  clientPage: "the client's page in Google's console",
  clientsPage: "the clients of the project in Google's console",
  deletedClientsPage: "the deleted clients of the project in Google's console",
  audiencePage: "the audience of the project in Google's console",
} as const;

/** Keeps the exact keys of a part of the table while checking its rows. */
export function rows<T extends Readonly<Record<string, CodeRow>>>(table: T): T {
  return table;
}
