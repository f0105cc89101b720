// Generated from the definitions by `npm run schema`.

import type { Input } from "@pulumi/pulumi";

import type {
  ActivationCode,
  AppointmentsMethod,
  Audience,
  EmailDeliveryMethod,
  MailboxKind,
  MailProtocol,
  PopAccess,
  PopDisposition,
  PublishingStatus,
} from "./resources.ts";

/** A fleet as a value: like the file, but secrets may be outputs. */
export interface FleetValue {
  /** The environment that the file is meant for; another one is refused. */
  readonly environmentUrl?: string | undefined;
  /** Google OAuth clients by a name of your own; mailboxes are spread over them. */
  readonly clients: Readonly<
    Record<
      string,
      {
        /** Google Cloud project that owns the client. */
        readonly projectId: string;
        /** Client id from Google's console. */
        readonly clientId?: string | undefined;
        /** How long `pulumi up` waits for what was just changed in Google's console, for example `15m`: it takes minutes to hours until a new redirect URI or secret is active. Without it a refusal fails at once. */
        readonly verifyTimeout?: string | undefined;
        /** User type of the consent screen: `internal` for members of the Workspace organisation only, else `external`. One of `internal`, `external`. */
        readonly audience?: Audience | undefined;
        /** Publishing status of an external app. While it is in testing only test users may consent, and every consent ends after seven days. One of `testing`, `production`. */
        readonly publishingStatus?: PublishingStatus | undefined;
        /** Whether Google has verified the external app. One in production that is not verified may have 100 users over the life of its project. */
        readonly verified?: boolean | undefined;
        /** Addresses listed as test users of an external app in testing, at most 100. When given, a mailbox of this client that is missing here is an error. */
        readonly testUsers?: readonly string[] | undefined;
        /** Domains of the Workspace organisation that owns an internal app. When given, a mailbox of this client in another domain is an error. */
        readonly organizationDomains?: readonly string[] | undefined;
        /** Authorised domain of the consent screen. Default: the environment's, for example `dynamics.com`. */
        readonly authorizedDomain?: string | undefined;
        /** Number of the project, with which its client ids begin, to tell a client of another project. That of a GoogleProject of this stack is known without; of a `gcp.organizations.Project` pass its `number`. */
        readonly projectNumber?: string | undefined;
        /** Client secret from Google's console. By reference: one of `config`, `env`, `file`. */
        readonly clientSecret?:
          | {
              /** Name in the stack's configuration (`pulumi config set --secret`). */
              readonly config?: string | undefined;
              /** Name of an environment variable. */
              readonly env?: string | undefined;
              /** Path of a file, seen from the file that names it. */
              readonly file?: string | undefined;
            }
          | Input<string>
          | undefined;
        /** The secret before, while it is being replaced. By reference: one of `config`, `env`, `file`. */
        readonly previousClientSecret?:
          | {
              /** Name in the stack's configuration (`pulumi config set --secret`). */
              readonly config?: string | undefined;
              /** Name of an environment variable. */
              readonly env?: string | undefined;
              /** Path of a file, seen from the file that names it. */
              readonly file?: string | undefined;
            }
          | Input<string>
          | undefined;
        /** The client as Google's console downloads it. By reference: one of `config`, `env`, `file`. */
        readonly credentialsJson?:
          | {
              /** Name in the stack's configuration (`pulumi config set --secret`). */
              readonly config?: string | undefined;
              /** Name of an environment variable. */
              readonly env?: string | undefined;
              /** Path of a file, seen from the file that names it. */
              readonly file?: string | undefined;
            }
          | Input<string>
          | undefined;
        /** Adopts or creates the project too (GoogleProject); `{}` is enough to adopt it. */
        readonly project?:
          | {
              /** Name of a project that is created. Default: its id. An existing project keeps its own. */
              readonly displayName?: string | undefined;
              /** Where a project is created; an existing project stays where it is. */
              readonly parent?: string | undefined;
              /** APIs that have to be enabled. Default: `gmail.googleapis.com`. Others are left alone. */
              readonly services?: readonly string[] | undefined;
            }
          | undefined;
        /** What is different in the profile of this client. */
        readonly profile?:
          | {
              /** Name of the profile. Default: `Gmail`, with the client's name behind it where there are several. */
              readonly name?: string | undefined;
              /** Free text. */
              readonly description?: string | undefined;
              /** How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP). One of `imap`, `pop3`. */
              readonly protocol?: MailProtocol | undefined;
              /** Host of the IMAP or POP3 server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
              readonly incomingServerLocation?: string | undefined;
              /** Port of the IMAP or POP3 server. Default: 993 for IMAP, 995 for POP3. */
              readonly incomingPort?: number | undefined;
              /** Host of the SMTP server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
              readonly outgoingServerLocation?: string | undefined;
              /** Port of the SMTP server. Default: 587. */
              readonly outgoingPort?: number | undefined;
              /** Makes this the organisation's default profile for new mailboxes. The one before it comes back when this is unset or the profile is destroyed. */
              readonly defaultForNewMailboxes?: boolean | undefined;
              /** Whether the profile is active. */
              readonly enabled?: boolean | undefined;
              /** Least time between two fetches, in minutes. */
              readonly minPollingIntervalInMinutes?: number | undefined;
              /** Most connections at the same time. */
              readonly maxConcurrentConnections?: number | undefined;
              /** Mail received before this moment is left alone (RFC 3339, UTC: `2026-01-31T00:00:00Z`). */
              readonly processEmailsReceivedAfter?: string | undefined;
              /** Whether mail that cannot be processed is moved to the Undeliverable folder. */
              readonly moveUndeliveredEmails?: boolean | undefined;
              /** Whether the owner of the profile is told about alerts by mail. */
              readonly sendEmailAlert?: boolean | undefined;
              /** Whether a connection to a mailbox is given up after some time. */
              readonly timeoutMailboxConnection?: boolean | undefined;
              /** That time, in milliseconds. */
              readonly timeoutMailboxConnectionAfterAmount?: number | undefined;
              /** Code page in which messages are encoded. */
              readonly encodingCodePage?: string | undefined;
              /** Address that is told about alerts. */
              readonly ownerEmailAddress?: string | undefined;
            }
          | undefined;
        /** Whether the profile stays in Dynamics when it leaves the fleet or the stack is destroyed, as it was there before. Default: as the Fleet's option `retainOnDelete` says; false without it. */
        readonly retainProfile?: boolean | undefined;
        /** Former names, so that nothing is made anew. */
        readonly aliases?:
          | {
              /** What it was called before it came into the fleet: its name in the program, or its whole URN. */
              readonly client?: string | undefined;
              /** What it was called before it came into the fleet: its name in the program, or its whole URN. */
              readonly profile?: string | undefined;
              /** What it was called before it came into the fleet: its name in the program, or its whole URN. */
              readonly project?: string | undefined;
            }
          | undefined;
      }
    >
  >;
  /** The email server profile. */
  readonly profile?:
    | {
        /** Name of the profile. Default: `Gmail`, with the client's name behind it where there are several. */
        readonly name?: string | undefined;
        /** Free text. */
        readonly description?: string | undefined;
        /** How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP). One of `imap`, `pop3`. */
        readonly protocol?: MailProtocol | undefined;
        /** Host of the IMAP or POP3 server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
        readonly incomingServerLocation?: string | undefined;
        /** Port of the IMAP or POP3 server. Default: 993 for IMAP, 995 for POP3. */
        readonly incomingPort?: number | undefined;
        /** Host of the SMTP server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
        readonly outgoingServerLocation?: string | undefined;
        /** Port of the SMTP server. Default: 587. */
        readonly outgoingPort?: number | undefined;
        /** Makes this the organisation's default profile for new mailboxes. The one before it comes back when this is unset or the profile is destroyed. */
        readonly defaultForNewMailboxes?: boolean | undefined;
        /** Whether the profile is active. */
        readonly enabled?: boolean | undefined;
        /** Least time between two fetches, in minutes. */
        readonly minPollingIntervalInMinutes?: number | undefined;
        /** Most connections at the same time. */
        readonly maxConcurrentConnections?: number | undefined;
        /** Mail received before this moment is left alone (RFC 3339, UTC: `2026-01-31T00:00:00Z`). */
        readonly processEmailsReceivedAfter?: string | undefined;
        /** Whether mail that cannot be processed is moved to the Undeliverable folder. */
        readonly moveUndeliveredEmails?: boolean | undefined;
        /** Whether the owner of the profile is told about alerts by mail. */
        readonly sendEmailAlert?: boolean | undefined;
        /** Whether a connection to a mailbox is given up after some time. */
        readonly timeoutMailboxConnection?: boolean | undefined;
        /** That time, in milliseconds. */
        readonly timeoutMailboxConnectionAfterAmount?: number | undefined;
        /** Code page in which messages are encoded. */
        readonly encodingCodePage?: string | undefined;
        /** Address that is told about alerts. */
        readonly ownerEmailAddress?: string | undefined;
      }
    | undefined;
  /** What holds for every mailbox that does not say otherwise. */
  readonly defaults?:
    | {
        /** For all mailboxes. */
        readonly mailbox?:
          | {
              /** Id of the mailbox (GUID); only needed when several mailboxes have the address. */
              readonly mailboxId?: string | undefined;
              /** Whose mailbox is meant, where a user and a queue have the same address; a mailbox of another kind is refused. One of `user`, `queue`, `forward`. */
              readonly kind?: MailboxKind | undefined;
              /** How mail is received. One of `serverSideSynchronization`, `none`. */
              readonly incomingEmailDeliveryMethod?: EmailDeliveryMethod | undefined;
              /** How mail is sent. One of `serverSideSynchronization`, `none`. */
              readonly outgoingEmailDeliveryMethod?: EmailDeliveryMethod | undefined;
              /** Dynamics synchronises appointments, contacts and tasks with Exchange only, so Gmail profiles need `none`. `outlook`, which a mailbox begins with in Dynamics, keeps what was set up by hand as it is; a `MailboxActivation` does not test it (ACT_NOT_NONE). One of `none`, `outlook`. */
              readonly appointmentsContactsAndTasks?: AppointmentsMethod | undefined;
              /** Whether the address is approved for sending and receiving. `true` approves and reads the approval back; `false` leaves it alone. */
              readonly approved?: boolean | undefined;
              /** Whether the mailbox is active. */
              readonly enabled?: boolean | undefined;
              /** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
              readonly gmail?:
                | {
                    /** Whether IMAP is switched on. */
                    readonly imap?: boolean | undefined;
                    /** Which mail POP3 shows, if any. One of `disabled`, `fromNowOn`, `allMail`. */
                    readonly pop?: PopAccess | undefined;
                    /** What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.** One of `leaveInInbox`, `archive`, `trash`, `markRead`. */
                    readonly popDisposition?: PopDisposition | undefined;
                  }
                | undefined;
              /** Whether mail is deleted from Gmail once Dynamics has processed it. **Destroys mail.** Queues and forward mailboxes only. */
              readonly processAndDeleteEmails?: boolean | undefined;
            }
          | undefined;
        /** Whether the mailbox is tested and enabled as part of `pulumi up`. Default: true. */
        readonly activate?: boolean | undefined;
        /** Settings of the activation (MailboxActivation). `tolerate` is `[NOT_SIGNED_IN, SIGN_IN_AGAIN, USER_DISABLED]` where it is left out. */
        readonly activation?:
          | {
              /** **Sends mail**: one message of the mailbox to itself, found again by IMAP and removed. Needs a `credential`, IMAP, and both directions. */
              readonly roundTrip?: boolean | undefined;
              /** Known exceptions, by their code (docs/codes.md): a mailbox that nothing else is in the way of is `waiting`. It fails no deployment, is named by a warning and looked at with every preview, and is tested by itself once the cause is gone. `TEST_FAILED` stands for whatever Test & Enable finds. */
              readonly tolerate?: readonly ActivationCode[] | undefined;
              /** When `pulumi up` tests again what was good: `onChange` when the mailbox, its profile or the client secret that was written by this stack has changed since, `always` with every `up`, and a time such as `24h` or `7d` when the last test is older than that, too. What failed is always tested again. */
              readonly retest?: string | undefined;
              /** Any change here means another test. */
              readonly triggers?: Readonly<Record<string, string>> | undefined;
            }
          | undefined;
      }
    | undefined;
  /** The mailboxes. */
  readonly mailboxes: readonly {
    /** Address of the mailbox of a user or queue. */
    readonly address: string;
    /** What the address was before, when the user or queue has been renamed: it stays the same mailbox, is not set up anew, and keeps its client and its place in the project. The lock file remembers it, so it may go once `gmailsync lock` has been run. */
    readonly was?: string | undefined;
    /** Pins the mailbox to one of `clients`; the lock file then does not decide. */
    readonly client?: string | undefined;
    /** Whether the mailbox is tested and enabled as part of `pulumi up`. Default: true. */
    readonly activate?: boolean | undefined;
    /** Id of the mailbox (GUID); only needed when several mailboxes have the address. */
    readonly mailboxId?: string | undefined;
    /** Whose mailbox is meant, where a user and a queue have the same address; a mailbox of another kind is refused. One of `user`, `queue`, `forward`. */
    readonly kind?: MailboxKind | undefined;
    /** How mail is received. One of `serverSideSynchronization`, `none`. */
    readonly incomingEmailDeliveryMethod?: EmailDeliveryMethod | undefined;
    /** How mail is sent. One of `serverSideSynchronization`, `none`. */
    readonly outgoingEmailDeliveryMethod?: EmailDeliveryMethod | undefined;
    /** Dynamics synchronises appointments, contacts and tasks with Exchange only, so Gmail profiles need `none`. `outlook`, which a mailbox begins with in Dynamics, keeps what was set up by hand as it is; a `MailboxActivation` does not test it (ACT_NOT_NONE). One of `none`, `outlook`. */
    readonly appointmentsContactsAndTasks?: AppointmentsMethod | undefined;
    /** Whether the address is approved for sending and receiving. `true` approves and reads the approval back; `false` leaves it alone. */
    readonly approved?: boolean | undefined;
    /** Whether the mailbox is active. */
    readonly enabled?: boolean | undefined;
    /** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
    readonly gmail?:
      | {
          /** Whether IMAP is switched on. */
          readonly imap?: boolean | undefined;
          /** Which mail POP3 shows, if any. One of `disabled`, `fromNowOn`, `allMail`. */
          readonly pop?: PopAccess | undefined;
          /** What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.** One of `leaveInInbox`, `archive`, `trash`, `markRead`. */
          readonly popDisposition?: PopDisposition | undefined;
        }
      | undefined;
    /** Whether mail is deleted from Gmail once Dynamics has processed it. **Destroys mail.** Queues and forward mailboxes only. */
    readonly processAndDeleteEmails?: boolean | undefined;
    /** Settings of the activation (MailboxActivation). `tolerate` is `[NOT_SIGNED_IN, SIGN_IN_AGAIN, USER_DISABLED]` where it is left out. */
    readonly activation?:
      | {
          /** **Sends mail**: one message of the mailbox to itself, found again by IMAP and removed. Needs a `credential`, IMAP, and both directions. */
          readonly roundTrip?: boolean | undefined;
          /** Known exceptions, by their code (docs/codes.md): a mailbox that nothing else is in the way of is `waiting`. It fails no deployment, is named by a warning and looked at with every preview, and is tested by itself once the cause is gone. `TEST_FAILED` stands for whatever Test & Enable finds. */
          readonly tolerate?: readonly ActivationCode[] | undefined;
          /** When `pulumi up` tests again what was good: `onChange` when the mailbox, its profile or the client secret that was written by this stack has changed since, `always` with every `up`, and a time such as `24h` or `7d` when the last test is older than that, too. What failed is always tested again. */
          readonly retest?: string | undefined;
          /** Any change here means another test. */
          readonly triggers?: Readonly<Record<string, string>> | undefined;
        }
      | undefined;
    /** Former names, so that nothing is made anew. */
    readonly aliases?:
      | {
          /** What it was called before it came into the fleet: its name in the program, or its whole URN. */
          readonly mailbox?: string | undefined;
          /** What it was called before it came into the fleet: its name in the program, or its whole URN. */
          readonly activation?: string | undefined;
        }
      | undefined;
  }[];
}
