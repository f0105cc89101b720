// Generated from the definitions by `npm run schema`.

import type { CustomResourceOptions, ID, Input, Output } from "@pulumi/pulumi";

import { GmailsyncResource } from "./plugin-resource.ts";

/** User type of the consent screen: `internal` for members of the Workspace organisation only, else `external`. */
export const Audience = { Internal: "internal", External: "external" } as const;
export type Audience = (typeof Audience)[keyof typeof Audience];

/** Publishing status of an external app. While it is in testing only test users may consent, and every consent ends after seven days. */
export const PublishingStatus = { Testing: "testing", Production: "production" } as const;
export type PublishingStatus = (typeof PublishingStatus)[keyof typeof PublishingStatus];

/** `ok` only when success was really seen. */
export const StepStatus = { Ok: "ok", Failed: "failed", Unknown: "unknown", Skipped: "skipped" } as const;
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];

/** One thing that was looked at, and what was seen. */
export interface Step {
  /** Stable name of the step, for programs. */
  readonly id: string;
  /** `ok` only when success was really seen. One of `ok`, `failed`, `unknown`, `skipped`. */
  readonly status: StepStatus;
  /** Stable code of what was seen; `docs/codes.md` lists them. */
  readonly code?: string | undefined;
  /** The other side's own words, where the step is not good. */
  readonly said?: string | undefined;
}

/** How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP). */
export const MailProtocol = { Imap: "imap", Pop3: "pop3" } as const;
export type MailProtocol = (typeof MailProtocol)[keyof typeof MailProtocol];

/** Whose mailbox it is. */
export const MailboxKind = { User: "user", Queue: "queue", Forward: "forward" } as const;
export type MailboxKind = (typeof MailboxKind)[keyof typeof MailboxKind];

/** How mail of a mailbox goes one way. */
export const EmailDeliveryMethod = { ServerSideSynchronization: "serverSideSynchronization", None: "none" } as const;
export type EmailDeliveryMethod = (typeof EmailDeliveryMethod)[keyof typeof EmailDeliveryMethod];

/** Who synchronises appointments, contacts and tasks of a mailbox. */
export const AppointmentsMethod = { None: "none", Outlook: "outlook" } as const;
export type AppointmentsMethod = (typeof AppointmentsMethod)[keyof typeof AppointmentsMethod];

/** Which mail POP3 shows, if any. */
export const PopAccess = { Disabled: "disabled", FromNowOn: "fromNowOn", AllMail: "allMail" } as const;
export type PopAccess = (typeof PopAccess)[keyof typeof PopAccess];

/** What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.** */
export const PopDisposition = {
  LeaveInInbox: "leaveInInbox",
  Archive: "archive",
  Trash: "trash",
  MarkRead: "markRead",
} as const;
export type PopDisposition = (typeof PopDisposition)[keyof typeof PopDisposition];

/** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
export interface GmailSettingsArgs {
  /** Whether IMAP is switched on. */
  readonly imap?: Input<boolean> | undefined;
  /** Which mail POP3 shows, if any. One of `disabled`, `fromNowOn`, `allMail`. */
  readonly pop?: Input<PopAccess> | undefined;
  /** What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.** One of `leaveInInbox`, `archive`, `trash`, `markRead`. */
  readonly popDisposition?: Input<PopDisposition> | undefined;
}

/** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
export interface GmailSettings {
  /** Whether IMAP is switched on. */
  readonly imap?: boolean | undefined;
  /** Which mail POP3 shows, if any. One of `disabled`, `fromNowOn`, `allMail`. */
  readonly pop?: PopAccess | undefined;
  /** What Gmail does with mail that was fetched by POP3. **`archive` and `trash` take it out of the inbox.** One of `leaveInInbox`, `archive`, `trash`, `markRead`. */
  readonly popDisposition?: PopDisposition | undefined;
}

/** Settings of a mailbox as Dataverse and Gmail hold them: those that this resource has written. */
export interface MailboxSettings {
  /** Profile; empty where there was none. */
  readonly profileId?: string | undefined;
  /** Column `incomingemaildeliverymethod`. */
  readonly incomingEmailDeliveryMethod?: number | undefined;
  /** Column `outgoingemaildeliverymethod`. */
  readonly outgoingEmailDeliveryMethod?: number | undefined;
  /** Column `actdeliverymethod`. */
  readonly actDeliveryMethod?: number | undefined;
  /** Column `emailrouteraccessapproval`. */
  readonly emailRouterAccessApproval?: number | undefined;
  /** Column `processanddeleteemails`. */
  readonly processAndDeleteEmails?: boolean | undefined;
  /** Whether the mailbox was active. */
  readonly enabled?: boolean | undefined;
  /** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
  readonly gmail?: GmailSettings | undefined;
}

/** Where a token for a mailbox's own login comes from. */
export interface MailCredentialArgs {
  /** JSON key of a Google service account that has domain-wide delegation for `https://mail.google.com/`: the text of the key file, also in base64. One key serves every mailbox of the organisation. */
  readonly serviceAccountKey?: Input<string> | undefined;
  /** The same without a key: the address of a service account with that delegation, for which the Google credentials of the pipeline (Application Default Credentials) hold the role `roles/iam.serviceAccountTokenCreator`. */
  readonly serviceAccountEmail?: Input<string> | undefined;
  /** Refresh token of this mailbox's user; needs `clientId` and `clientSecret` of the client it was given to. */
  readonly refreshToken?: Input<string> | undefined;
  /** Access token of this mailbox's user. It lives about an hour. */
  readonly accessToken?: Input<string> | undefined;
  /** OAuth client of the refresh token. */
  readonly clientId?: Input<string> | undefined;
  /** Its secret. */
  readonly clientSecret?: Input<string> | undefined;
}

/** What may keep a mailbox from success (docs/codes.md). */
export const ActivationCode = {
  ProfileMissing: "PROFILE_MISSING",
  ProfileOther: "PROFILE_OTHER",
  ProfileInactive: "PROFILE_INACTIVE",
  ProfileNotGmail: "PROFILE_NOT_GMAIL",
  OauthClientMissing: "OAUTH_CLIENT_MISSING",
  MailboxInactive: "MAILBOX_INACTIVE",
  UserDisabled: "USER_DISABLED",
  DeliveryOff: "DELIVERY_OFF",
  ActNotNone: "ACT_NOT_NONE",
  NotApproved: "NOT_APPROVED",
  NotSignedIn: "NOT_SIGNED_IN",
  SignInAgain: "SIGN_IN_AGAIN",
  ConsentEnded: "CONSENT_ENDED",
  Credentials: "CREDENTIALS",
  NotFound: "NOT_FOUND",
  Unreadable: "UNREADABLE",
  DeliverySwitchedOff: "DELIVERY_SWITCHED_OFF",
  TestRunning: "TEST_RUNNING",
  NotRun: "NOT_RUN",
  TestFailed: "TEST_FAILED",
  NotScheduled: "NOT_SCHEDULED",
  NotFinished: "NOT_FINISHED",
  NotStarted: "NOT_STARTED",
  AdministrationMode: "ADMINISTRATION_MODE",
  Cancelled: "CANCELLED",
  Alerts: "ALERTS",
  NoAlert: "NO_ALERT",
  ServerWrong: "SERVER_WRONG",
  ServerTls: "SERVER_TLS",
  ServerUnreachable: "SERVER_UNREACHABLE",
  SendingRefused: "SENDING_REFUSED",
  SendAsDenied: "SEND_AS_DENIED",
  RecipientRefused: "RECIPIENT_REFUSED",
  OtherEnvironment: "OTHER_ENVIRONMENT",
  OwnerPrivilege: "OWNER_PRIVILEGE",
  DynamicsInternal: "DYNAMICS_INTERNAL",
  AlertsUnreadable: "ALERTS_UNREADABLE",
  ClientNotFound: "CLIENT_NOT_FOUND",
  SecretWrong: "SECRET_WRONG",
  ClientDeleted: "CLIENT_DELETED",
  ClientDisabled: "CLIENT_DISABLED",
  ClientRefused: "CLIENT_REFUSED",
  RedirectUriMismatch: "REDIRECT_URI_MISMATCH",
  ProjectOther: "PROJECT_OTHER",
  Unproven: "UNPROVEN",
  DeclaredOnly: "DECLARED_ONLY",
  Token: "TOKEN",
  CredentialRefused: "CREDENTIAL_REFUSED",
  Consent: "CONSENT",
  TokenOfOther: "TOKEN_OF_OTHER",
  ImapDisabled: "IMAP_DISABLED",
  ImapDisabledByAdmin: "IMAP_DISABLED_BY_ADMIN",
  PopDisabled: "POP_DISABLED",
  PopDisabledByAdmin: "POP_DISABLED_BY_ADMIN",
  WebLoginRequired: "WEB_LOGIN_REQUIRED",
  PasswordExpected: "PASSWORD_EXPECTED",
  TlsRequired: "TLS_REQUIRED",
  TlsNotOffered: "TLS_NOT_OFFERED",
  TlsAtOnce: "TLS_AT_ONCE",
  TlsLater: "TLS_LATER",
  TlsOff: "TLS_OFF",
  NoOauth: "NO_OAUTH",
  Preauthenticated: "PREAUTHENTICATED",
  NetworkBlocked: "NETWORK_BLOCKED",
  InboxRefused: "INBOX_REFUSED",
  ServerFault: "SERVER_FAULT",
  CommandRefused: "COMMAND_REFUSED",
  TokenRefused: "TOKEN_REFUSED",
  TooManyConnections: "TOO_MANY_CONNECTIONS",
  TooManyLogins: "TOO_MANY_LOGINS",
  BandwidthQuota: "BANDWIDTH_QUOTA",
  SendingLimit: "SENDING_LIMIT",
  MailboxFull: "MAILBOX_FULL",
  BlockedByPolicy: "BLOCKED_BY_POLICY",
  Temporary: "TEMPORARY",
  MailHostOther: "MAIL_HOST_OTHER",
  MailHostInvalid: "MAIL_HOST_INVALID",
  ServerSilent: "SERVER_SILENT",
  MessageRefused: "MESSAGE_REFUSED",
  MessageUncertain: "MESSAGE_UNCERTAIN",
  NotTheProtocol: "NOT_THE_PROTOCOL",
  NotArrived: "NOT_ARRIVED",
  Unexpected: "UNEXPECTED",
  Dns: "DNS",
  Refused: "REFUSED",
  Unreachable: "UNREACHABLE",
  ConnectionCut: "CONNECTION_CUT",
  Timeout: "TIMEOUT",
  NotAnswering: "NOT_ANSWERING",
  Proxy: "PROXY",
  Closed: "CLOSED",
  CertificateUntrusted: "CERTIFICATE_UNTRUSTED",
  CertificateName: "CERTIFICATE_NAME",
  CertificateExpired: "CERTIFICATE_EXPIRED",
  CertificatePurpose: "CERTIFICATE_PURPOSE",
  Tls: "TLS",
} as const;
export type ActivationCode = (typeof ActivationCode)[keyof typeof ActivationCode];

/** Where a token for a mailbox's own login comes from. */
export interface MailCredential {
  /** JSON key of a Google service account that has domain-wide delegation for `https://mail.google.com/`: the text of the key file, also in base64. One key serves every mailbox of the organisation. */
  readonly serviceAccountKey?: string | undefined;
  /** The same without a key: the address of a service account with that delegation, for which the Google credentials of the pipeline (Application Default Credentials) hold the role `roles/iam.serviceAccountTokenCreator`. */
  readonly serviceAccountEmail?: string | undefined;
  /** Refresh token of this mailbox's user; needs `clientId` and `clientSecret` of the client it was given to. */
  readonly refreshToken?: string | undefined;
  /** Access token of this mailbox's user. It lives about an hour. */
  readonly accessToken?: string | undefined;
  /** OAuth client of the refresh token. */
  readonly clientId?: string | undefined;
  /** Its secret. */
  readonly clientSecret?: string | undefined;
}

/** `success` only when it was seen for every direction that is switched on; `waiting` where all that is in the way is tolerated. */
export const ActivationStatus = {
  Success: "success",
  Waiting: "waiting",
  Failure: "failure",
  NotTested: "notTested",
} as const;
export type ActivationStatus = (typeof ActivationStatus)[keyof typeof ActivationStatus];

/** A way that mail goes. */
export const Direction = { Incoming: "incoming", Outgoing: "outgoing" } as const;
export type Direction = (typeof Direction)[keyof typeof Direction];

/** What the last test was about, to tell whether it still holds. */
export interface TestBasis {
  /** The profile of the mailbox. */
  readonly profileId: string;
  /** Digest of the profile's servers, ports, client and state. */
  readonly profile: string;
  /** Digest of the mailbox's address, profile and delivery methods. */
  readonly mailbox: string;
  /** The profile's `revision`, where the profile belongs to the stack. */
  readonly revision?: string | undefined;
}

/** Which OAuth client the mailbox's user has signed in to, as the last good test has shown it. */
export interface SignedInToken {
  /** Digest of the id of the OAuth client. */
  readonly client: string;
  /** When it ends (RFC 3339, UTC), where another sign-in is waited for. */
  readonly expires?: string | undefined;
}

/** What GoogleProject takes. */
export interface GoogleProjectArgs {
  /** Id of the project; it can never be changed or used again. */
  projectId: Input<string>;
  /** Name of a project that is created. Default: its id. An existing project keeps its own. */
  displayName?: Input<string> | undefined;
  /** Where a project is created; an existing project stays where it is. */
  parent?: Input<string> | undefined;
  /** APIs that have to be enabled. Default: `gmail.googleapis.com`. Others are left alone. */
  services?: Input<readonly Input<string>[]> | undefined;
}

/** A Google Cloud project, adopted or created, with the APIs that mail needs enabled. Works with the Google credentials of the pipeline (Application Default Credentials). Destroying the resource leaves the project and its APIs as they are.
 *
 * ```yaml
 * resources:
 *   project:
 *     type: gmailsync:GoogleProject
 *     properties:
 *       projectId: northwind-mail
 * ```
 *
 * Import with the project id, or the project's number. */
export class GoogleProject extends GmailsyncResource {
  /** Id of the project; it can never be changed or used again. */
  declare readonly projectId: Output<string>;
  /** Name of a project that is created. Default: its id. An existing project keeps its own. */
  declare readonly displayName: Output<string | undefined>;
  /** Where a project is created; an existing project stays where it is. */
  declare readonly parent: Output<string | undefined>;
  /** APIs that have to be enabled. Default: `gmail.googleapis.com`. Others are left alone. */
  declare readonly services: Output<readonly string[] | undefined>;
  /** Number of the project, with which its client ids begin. */
  declare readonly projectNumber: Output<string>;
  /** Whether this resource has created it. */
  declare readonly created: Output<boolean>;

  constructor(name: string, args: GoogleProjectArgs, options: CustomResourceOptions = {}) {
    super(
      {
        token: "gmailsync:index:GoogleProject",
        names: ["projectId", "displayName", "parent", "services", "projectNumber", "created"],
        secrets: [],
      },
      name,
      args,
      options,
    );
  }

  /** An existing one by its id: the project id, or the project's number. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): GoogleProject {
    return Reflect.construct(GoogleProject, [name, undefined, { ...options, id }]);
  }
}

/** What GoogleOAuthClient takes. */
export interface GoogleOAuthClientArgs {
  /** Google Cloud project that owns the client. */
  projectId: Input<string>;
  /** Client id from Google's console. */
  clientId?: Input<string> | undefined;
  /** Client secret from Google's console. A changed secret is taken over in place; Google keeps two secrets valid until one is disabled. */
  clientSecret?: Input<string> | undefined;
  /** The secret before, while it is being replaced: Google accepts both until the old one is disabled. The check `previousClientSecret` tells when that may be done, and when this can go. */
  previousClientSecret?: Input<string> | undefined;
  /** The client as Google's console downloads it, instead of `clientId` and `clientSecret`: `client_secret_….json` of a web client. */
  credentialsJson?: Input<string> | undefined;
  /** How long `pulumi up` waits for what was just changed in Google's console, for example `15m`: it takes minutes to hours until a new redirect URI or secret is active. Without it a refusal fails at once. */
  verifyTimeout?: Input<string> | undefined;
  /** User type of the consent screen: `internal` for members of the Workspace organisation only, else `external`. One of `internal`, `external`. */
  audience?: Input<Audience> | undefined;
  /** Publishing status of an external app. While it is in testing only test users may consent, and every consent ends after seven days. One of `testing`, `production`. */
  publishingStatus?: Input<PublishingStatus> | undefined;
  /** Whether Google has verified the external app. One in production that is not verified may have 100 users over the life of its project. */
  verified?: Input<boolean> | undefined;
  /** Addresses listed as test users of an external app in testing, at most 100. When given, a mailbox of this client that is missing here is an error. */
  testUsers?: Input<readonly Input<string>[]> | undefined;
  /** Domains of the Workspace organisation that owns an internal app. When given, a mailbox of this client in another domain is an error. */
  organizationDomains?: Input<readonly Input<string>[]> | undefined;
  /** Authorised domain of the consent screen. Default: the environment's, for example `dynamics.com`. */
  authorizedDomain?: Input<string> | undefined;
  /** Number of the project, with which its client ids begin, to tell a client of another project. That of a GoogleProject of this stack is known without; of a `gcp.organizations.Project` pass its `number`. */
  projectNumber?: Input<string> | undefined;
}

/** A Google OAuth web client, adopted and proven. Google offers no API to create one: leave out `clientId` and `clientSecret`, and the check prints the steps in Google's console with the exact values to paste. Destroying the resource leaves the client, its secrets and every grant at Google as they are.
 *
 * ```yaml
 * resources:
 *   google:
 *     type: gmailsync:GoogleOAuthClient
 *     properties:
 *       projectId: northwind-mail
 *       clientId: 123456789012-abc.apps.googleusercontent.com
 *       clientSecret: ${googleClientSecret}
 * ```
 *
 * Import with the client id, `<number>-<letters>.apps.googleusercontent.com`. */
export class GoogleOAuthClient extends GmailsyncResource {
  /** Google Cloud project that owns the client. */
  declare readonly projectId: Output<string>;
  /** Client id from Google's console. */
  declare readonly clientId: Output<string>;
  /** Client secret from Google's console. A changed secret is taken over in place; Google keeps two secrets valid until one is disabled. */
  declare readonly clientSecret: Output<string>;
  /** The secret before, while it is being replaced: Google accepts both until the old one is disabled. The check `previousClientSecret` tells when that may be done, and when this can go. */
  declare readonly previousClientSecret: Output<string | undefined>;
  /** The client as Google's console downloads it, instead of `clientId` and `clientSecret`: `client_secret_….json` of a web client. */
  declare readonly credentialsJson: Output<string | undefined>;
  /** How long `pulumi up` waits for what was just changed in Google's console, for example `15m`: it takes minutes to hours until a new redirect URI or secret is active. Without it a refusal fails at once. */
  declare readonly verifyTimeout: Output<string | undefined>;
  /** User type of the consent screen: `internal` for members of the Workspace organisation only, else `external`. One of `internal`, `external`. */
  declare readonly audience: Output<Audience>;
  /** Publishing status of an external app. While it is in testing only test users may consent, and every consent ends after seven days. One of `testing`, `production`. */
  declare readonly publishingStatus: Output<PublishingStatus>;
  /** Whether Google has verified the external app. One in production that is not verified may have 100 users over the life of its project. */
  declare readonly verified: Output<boolean>;
  /** Addresses listed as test users of an external app in testing, at most 100. When given, a mailbox of this client that is missing here is an error. */
  declare readonly testUsers: Output<readonly string[] | undefined>;
  /** Domains of the Workspace organisation that owns an internal app. When given, a mailbox of this client in another domain is an error. */
  declare readonly organizationDomains: Output<readonly string[] | undefined>;
  /** Authorised domain of the consent screen. Default: the environment's, for example `dynamics.com`. */
  declare readonly authorizedDomain: Output<string | undefined>;
  /** Number of the project, with which its client ids begin, to tell a client of another project. That of a GoogleProject of this stack is known without; of a `gcp.organizations.Project` pass its `number`. */
  declare readonly projectNumber: Output<string | undefined>;
  /** The redirect URI that the client must list, computed from the environment's URL. */
  declare readonly redirectUri: Output<string>;
  /** The JavaScript origin that the client must list, computed from the environment's URL. */
  declare readonly javascriptOrigin: Output<string>;
  /** The last four characters of the secret, as Google's console shows them. */
  declare readonly clientSecretLast4: Output<string>;
  /** What was proven at Google, step by step. */
  declare readonly checks: Output<readonly Step[]>;

  constructor(name: string, args: GoogleOAuthClientArgs, options: CustomResourceOptions = {}) {
    super(
      {
        token: "gmailsync:index:GoogleOAuthClient",
        names: [
          "projectId",
          "clientId",
          "clientSecret",
          "previousClientSecret",
          "credentialsJson",
          "verifyTimeout",
          "audience",
          "publishingStatus",
          "verified",
          "testUsers",
          "organizationDomains",
          "authorizedDomain",
          "projectNumber",
          "redirectUri",
          "javascriptOrigin",
          "clientSecretLast4",
          "checks",
        ],
        secrets: ["clientSecret", "previousClientSecret", "credentialsJson"],
      },
      name,
      args,
      options,
    );
  }

  /** An existing one by its id: the client id, `<number>-<letters>.apps.googleusercontent.com`. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): GoogleOAuthClient {
    return Reflect.construct(GoogleOAuthClient, [name, undefined, { ...options, id }]);
  }
}

/** What EmailServerProfile takes. */
export interface EmailServerProfileArgs {
  /** Name of the profile. A resource without one is called by its own name and a few random characters, or as `pulumi:autonaming` says. */
  name?: Input<string> | undefined;
  /** Free text. */
  description?: Input<string> | undefined;
  /** How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP). One of `imap`, `pop3`. */
  protocol?: Input<MailProtocol> | undefined;
  /** Client id of the Google OAuth web client. */
  oauthClientId: Input<string>;
  /** Client secret of the Google OAuth web client. Dataverse never gives it back. */
  oauthClientSecret: Input<string>;
  /** Host of the IMAP or POP3 server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
  incomingServerLocation?: Input<string> | undefined;
  /** Port of the IMAP or POP3 server. Default: 993 for IMAP, 995 for POP3. */
  incomingPort?: Input<number> | undefined;
  /** Host of the SMTP server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
  outgoingServerLocation?: Input<string> | undefined;
  /** Port of the SMTP server. Default: 587. */
  outgoingPort?: Input<number> | undefined;
  /** Makes this the organisation's default profile for new mailboxes. The one before it comes back when this is unset or the profile is destroyed. */
  defaultForNewMailboxes?: Input<boolean> | undefined;
  /** Whether the profile is active. */
  enabled?: Input<boolean> | undefined;
  /** Least time between two fetches, in minutes. */
  minPollingIntervalInMinutes?: Input<number> | undefined;
  /** Most connections at the same time. */
  maxConcurrentConnections?: Input<number> | undefined;
  /** Mail received before this moment is left alone (RFC 3339, UTC: `2026-01-31T00:00:00Z`). */
  processEmailsReceivedAfter?: Input<string> | undefined;
  /** Whether mail that cannot be processed is moved to the Undeliverable folder. */
  moveUndeliveredEmails?: Input<boolean> | undefined;
  /** Whether the owner of the profile is told about alerts by mail. */
  sendEmailAlert?: Input<boolean> | undefined;
  /** Whether a connection to a mailbox is given up after some time. */
  timeoutMailboxConnection?: Input<boolean> | undefined;
  /** That time, in milliseconds. */
  timeoutMailboxConnectionAfterAmount?: Input<number> | undefined;
  /** Code page in which messages are encoded. */
  encodingCodePage?: Input<string> | undefined;
  /** Address that is told about alerts. */
  ownerEmailAddress?: Input<string> | undefined;
}

/** An email server profile for Gmail by OAuth 2.0. Created, updated and deleted in Dataverse; deleting it takes it away from every mailbox that uses it.
 *
 * ```yaml
 * resources:
 *   gmail:
 *     type: gmailsync:EmailServerProfile
 *     properties:
 *       name: Gmail
 *       oauthClientId: 123456789012-abc.apps.googleusercontent.com
 *       oauthClientSecret: ${googleClientSecret}
 * ```
 *
 * Import with the profile's id (GUID), or the URL of its page in Dynamics. */
export class EmailServerProfile extends GmailsyncResource {
  /** Name of the profile. A resource without one is called by its own name and a few random characters, or as `pulumi:autonaming` says. */
  declare readonly name: Output<string>;
  /** Free text. */
  declare readonly description: Output<string | undefined>;
  /** How Dynamics receives: `imap` (server type IMAP/SMTP) or `pop3` (server type POP3/SMTP). One of `imap`, `pop3`. */
  declare readonly protocol: Output<MailProtocol>;
  /** Client id of the Google OAuth web client. */
  declare readonly oauthClientId: Output<string>;
  /** Client secret of the Google OAuth web client. Dataverse never gives it back. */
  declare readonly oauthClientSecret: Output<string>;
  /** Host of the IMAP or POP3 server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
  declare readonly incomingServerLocation: Output<string | undefined>;
  /** Port of the IMAP or POP3 server. Default: 993 for IMAP, 995 for POP3. */
  declare readonly incomingPort: Output<number | undefined>;
  /** Host of the SMTP server. Default: Gmail's. Another one gets no token unless the provider's `mailHosts` names it. */
  declare readonly outgoingServerLocation: Output<string | undefined>;
  /** Port of the SMTP server. Default: 587. */
  declare readonly outgoingPort: Output<number | undefined>;
  /** Makes this the organisation's default profile for new mailboxes. The one before it comes back when this is unset or the profile is destroyed. */
  declare readonly defaultForNewMailboxes: Output<boolean>;
  /** Whether the profile is active. */
  declare readonly enabled: Output<boolean>;
  /** Least time between two fetches, in minutes. */
  declare readonly minPollingIntervalInMinutes: Output<number | undefined>;
  /** Most connections at the same time. */
  declare readonly maxConcurrentConnections: Output<number | undefined>;
  /** Mail received before this moment is left alone (RFC 3339, UTC: `2026-01-31T00:00:00Z`). */
  declare readonly processEmailsReceivedAfter: Output<string | undefined>;
  /** Whether mail that cannot be processed is moved to the Undeliverable folder. */
  declare readonly moveUndeliveredEmails: Output<boolean | undefined>;
  /** Whether the owner of the profile is told about alerts by mail. */
  declare readonly sendEmailAlert: Output<boolean | undefined>;
  /** Whether a connection to a mailbox is given up after some time. */
  declare readonly timeoutMailboxConnection: Output<boolean | undefined>;
  /** That time, in milliseconds. */
  declare readonly timeoutMailboxConnectionAfterAmount: Output<number | undefined>;
  /** Code page in which messages are encoded. */
  declare readonly encodingCodePage: Output<string | undefined>;
  /** Address that is told about alerts. */
  declare readonly ownerEmailAddress: Output<string | undefined>;
  /** Id of the profile in Dataverse (GUID); also the resource's id. */
  declare readonly profileId: Output<string>;
  /** Whether Dataverse holds a client secret. */
  declare readonly oauthClientSecretSet: Output<boolean>;
  /** Changes when something is written that mailboxes have to be tested with again: servers, ports, client, secret, state. Activations of the same stack watch it by themselves; in another stack pass it to their `triggers`. */
  declare readonly revision: Output<string>;
  /** The default profile for new mailboxes that was there before. */
  declare readonly previousDefaultProfileId: Output<string | undefined>;

  constructor(name: string, args: EmailServerProfileArgs, options: CustomResourceOptions = {}) {
    super(
      {
        token: "gmailsync:index:EmailServerProfile",
        names: [
          "name",
          "description",
          "protocol",
          "oauthClientId",
          "oauthClientSecret",
          "incomingServerLocation",
          "incomingPort",
          "outgoingServerLocation",
          "outgoingPort",
          "defaultForNewMailboxes",
          "enabled",
          "minPollingIntervalInMinutes",
          "maxConcurrentConnections",
          "processEmailsReceivedAfter",
          "moveUndeliveredEmails",
          "sendEmailAlert",
          "timeoutMailboxConnection",
          "timeoutMailboxConnectionAfterAmount",
          "encodingCodePage",
          "ownerEmailAddress",
          "profileId",
          "oauthClientSecretSet",
          "revision",
          "previousDefaultProfileId",
        ],
        secrets: ["oauthClientSecret"],
      },
      name,
      args,
      options,
    );
  }

  /** An existing one by its id: the profile's id (GUID), or the URL of its page in Dynamics. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): EmailServerProfile {
    return Reflect.construct(EmailServerProfile, [name, undefined, { ...options, id }]);
  }
}

/** What Mailbox takes. */
export interface MailboxArgs {
  /** Address of the mailbox, as Dataverse has it (case does not matter). */
  emailAddress: Input<string>;
  /** Id of the mailbox (GUID); only needed when several mailboxes have the address. */
  mailboxId?: Input<string> | undefined;
  /** Whose mailbox is meant, where a user and a queue have the same address; a mailbox of another kind is refused. One of `user`, `queue`, `forward`. */
  kind?: Input<MailboxKind> | undefined;
  /** Id of the email server profile (GUID). */
  profileId: Input<string>;
  /** How mail is received. One of `serverSideSynchronization`, `none`. */
  incomingEmailDeliveryMethod?: Input<EmailDeliveryMethod> | undefined;
  /** How mail is sent. One of `serverSideSynchronization`, `none`. */
  outgoingEmailDeliveryMethod?: Input<EmailDeliveryMethod> | undefined;
  /** Dynamics synchronises appointments, contacts and tasks with Exchange only, so Gmail profiles need `none`. `outlook`, which a mailbox begins with in Dynamics, keeps what was set up by hand as it is; a `MailboxActivation` does not test it (ACT_NOT_NONE). One of `none`, `outlook`. */
  appointmentsContactsAndTasks?: Input<AppointmentsMethod> | undefined;
  /** Whether the address is approved for sending and receiving. `true` approves and reads the approval back; `false` leaves it alone. */
  approved?: Input<boolean> | undefined;
  /** Whether the mailbox is active. */
  enabled?: Input<boolean> | undefined;
  /** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
  gmail?: Input<GmailSettingsArgs> | undefined;
  /** Whether mail is deleted from Gmail once Dynamics has processed it. **Destroys mail.** Queues and forward mailboxes only. */
  processAndDeleteEmails?: Input<boolean> | undefined;
}

/** The mailbox of a user or queue, found by its address and adopted: profile, delivery methods and approval are set, and put back as they were when the resource is destroyed.
 *
 * ```yaml
 * resources:
 *   anna:
 *     type: gmailsync:Mailbox
 *     properties:
 *       emailAddress: anna@northwind.example
 *       profileId: ${gmail.profileId}
 * ```
 *
 * Import with the mailbox's id (GUID), the URL of its page in Dynamics, or its address. */
export class Mailbox extends GmailsyncResource {
  /** Address of the mailbox, as Dataverse has it (case does not matter). */
  declare readonly emailAddress: Output<string>;
  /** Id of the email server profile (GUID). */
  declare readonly profileId: Output<string>;
  /** How mail is received. One of `serverSideSynchronization`, `none`. */
  declare readonly incomingEmailDeliveryMethod: Output<EmailDeliveryMethod>;
  /** How mail is sent. One of `serverSideSynchronization`, `none`. */
  declare readonly outgoingEmailDeliveryMethod: Output<EmailDeliveryMethod>;
  /** Dynamics synchronises appointments, contacts and tasks with Exchange only, so Gmail profiles need `none`. `outlook`, which a mailbox begins with in Dynamics, keeps what was set up by hand as it is; a `MailboxActivation` does not test it (ACT_NOT_NONE). One of `none`, `outlook`. */
  declare readonly appointmentsContactsAndTasks: Output<AppointmentsMethod>;
  /** Whether the address is approved for sending and receiving. `true` approves and reads the approval back; `false` leaves it alone. */
  declare readonly approved: Output<boolean>;
  /** Whether the mailbox is active. */
  declare readonly enabled: Output<boolean>;
  /** Settings of the mailbox at Gmail, set by domain-wide delegation for `https://www.googleapis.com/auth/gmail.settings.basic` (the provider's `mailCredential`). Without delegation they are skipped, and the activation's login decides. */
  declare readonly gmail: Output<GmailSettings | undefined>;
  /** Whether mail is deleted from Gmail once Dynamics has processed it. **Destroys mail.** Queues and forward mailboxes only. */
  declare readonly processAndDeleteEmails: Output<boolean | undefined>;
  /** Id of the mailbox in Dataverse (GUID); also the resource's id. */
  declare readonly mailboxId: Output<string>;
  /** Name of the mailbox. */
  declare readonly name: Output<string>;
  /** Whose mailbox it is. One of `user`, `queue`, `forward`. */
  declare readonly kind: Output<MailboxKind>;
  /** The mailbox's page, where its user signs in to Gmail. */
  declare readonly webUrl: Output<string>;
  /** How the mailbox was before this resource first wrote it; other settings are not in it and are never put back. Absent where it is not known. */
  declare readonly original: Output<MailboxSettings | undefined>;
  /** What this resource has set, where its inputs do not say it: destroying it puts back only what still is as it was set. */
  declare readonly applied: Output<MailboxSettings | undefined>;
  /** What this resource had set before its last write, while it is not known whether that write was carried out. */
  declare readonly previously: Output<MailboxSettings | undefined>;

  constructor(name: string, args: MailboxArgs, options: CustomResourceOptions = {}) {
    super(
      {
        token: "gmailsync:index:Mailbox",
        names: [
          "emailAddress",
          "mailboxId",
          "kind",
          "profileId",
          "incomingEmailDeliveryMethod",
          "outgoingEmailDeliveryMethod",
          "appointmentsContactsAndTasks",
          "approved",
          "enabled",
          "gmail",
          "processAndDeleteEmails",
          "name",
          "webUrl",
          "original",
          "applied",
          "previously",
        ],
        secrets: [],
      },
      name,
      args,
      options,
    );
  }

  /** An existing one by its id: the mailbox's id (GUID), the URL of its page in Dynamics, or its address. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): Mailbox {
    return Reflect.construct(Mailbox, [name, undefined, { ...options, id }]);
  }
}

/** What MailboxActivation takes. */
export interface MailboxActivationArgs {
  /** Id of the mailbox (GUID). */
  mailboxId: Input<string>;
  /** Id of the profile that the mailbox is expected to have (GUID). Another value means another test, so pass `mailbox.profileId`. */
  profileId?: Input<string> | undefined;
  /** Where a token for the mailbox's own login comes from. It proves servers and mailbox, not Dynamics' own consent. */
  credential?: Input<MailCredentialArgs> | undefined;
  /** **Sends mail**: one message of the mailbox to itself, found again by IMAP and removed. Needs a `credential`, IMAP, and both directions. */
  roundTrip?: Input<boolean> | undefined;
  /** How long to wait for the mailbox's user to sign in to Gmail, for example `30m`; the link is logged once. Without it a missing sign-in fails at once. */
  waitForSignIn?: Input<string> | undefined;
  /** Known exceptions, by their code (docs/codes.md): a mailbox that nothing else is in the way of is `waiting`. It fails no deployment, is named by a warning and looked at with every preview, and is tested by itself once the cause is gone. `TEST_FAILED` stands for whatever Test & Enable finds. */
  tolerate?: Input<readonly Input<ActivationCode>[]> | undefined;
  /** When `pulumi up` tests again what was good: `onChange` when the mailbox, its profile or the client secret that was written by this stack has changed since, `always` with every `up`, and a time such as `24h` or `7d` when the last test is older than that, too. What failed is always tested again. */
  retest?: Input<string> | undefined;
  /** Any change here means another test. */
  triggers?: Input<Readonly<Record<string, Input<string>>>> | undefined;
}

/** Dynamics' Test & Enable for one mailbox, run as part of `pulumi up` and awaited. Before it the activation logs in to IMAP or POP3 and SMTP itself, by its `credential` or the provider's `mailCredential`; without one these logins are skipped, and what Gmail refuses is found by Dynamics only, whose test disables the mailbox. A mailbox that fails is kept with the reasons, and the next `pulumi up` tries again. Destroying the resource changes nothing.
 *
 * ```yaml
 * resources:
 *   annaActivation:
 *     type: gmailsync:MailboxActivation
 *     properties:
 *       mailboxId: ${anna.mailboxId}
 *       profileId: ${anna.profileId}
 * ```
 *
 * Import with the mailbox's id (GUID), the URL of its page in Dynamics, or its address. */
export class MailboxActivation extends GmailsyncResource {
  /** Id of the mailbox (GUID). */
  declare readonly mailboxId: Output<string>;
  /** Id of the profile that the mailbox is expected to have (GUID). Another value means another test, so pass `mailbox.profileId`. */
  declare readonly profileId: Output<string | undefined>;
  /** Where a token for the mailbox's own login comes from. It proves servers and mailbox, not Dynamics' own consent. */
  declare readonly credential: Output<MailCredential | undefined>;
  /** **Sends mail**: one message of the mailbox to itself, found again by IMAP and removed. Needs a `credential`, IMAP, and both directions. */
  declare readonly roundTrip: Output<boolean>;
  /** How long to wait for the mailbox's user to sign in to Gmail, for example `30m`; the link is logged once. Without it a missing sign-in fails at once. */
  declare readonly waitForSignIn: Output<string | undefined>;
  /** Known exceptions, by their code (docs/codes.md): a mailbox that nothing else is in the way of is `waiting`. It fails no deployment, is named by a warning and looked at with every preview, and is tested by itself once the cause is gone. `TEST_FAILED` stands for whatever Test & Enable finds. */
  declare readonly tolerate: Output<readonly ActivationCode[] | undefined>;
  /** When `pulumi up` tests again what was good: `onChange` when the mailbox, its profile or the client secret that was written by this stack has changed since, `always` with every `up`, and a time such as `24h` or `7d` when the last test is older than that, too. What failed is always tested again. */
  declare readonly retest: Output<string>;
  /** Any change here means another test. */
  declare readonly triggers: Output<Readonly<Record<string, string>> | undefined>;
  /** Address of the mailbox. */
  declare readonly emailAddress: Output<string>;
  /** `success` only when it was seen for every direction that is switched on; `waiting` where all that is in the way is tolerated. One of `success`, `waiting`, `failure`, `notTested`. */
  declare readonly status: Output<ActivationStatus>;
  /** Directions that were switched on when the test ran. */
  declare readonly directions: Output<readonly Direction[]>;
  /** What was looked at, in order. */
  declare readonly steps: Output<readonly Step[]>;
  /** Codes of what keeps it from success. */
  declare readonly blockedBy: Output<readonly string[] | undefined>;
  /** Why the next update tests again, where that is known. */
  declare readonly due: Output<string | undefined>;
  /** What the last test was about, to tell whether it still holds. */
  declare readonly basis: Output<TestBasis | undefined>;
  /** Which OAuth client the mailbox's user has signed in to, as the last good test has shown it. */
  declare readonly token: Output<SignedInToken | undefined>;
  /** When the last awaited test ended (RFC 3339, UTC). */
  declare readonly testedOn: Output<string | undefined>;

  constructor(name: string, args: MailboxActivationArgs, options: CustomResourceOptions = {}) {
    super(
      {
        token: "gmailsync:index:MailboxActivation",
        names: [
          "mailboxId",
          "profileId",
          "credential",
          "roundTrip",
          "waitForSignIn",
          "tolerate",
          "retest",
          "triggers",
          "emailAddress",
          "status",
          "directions",
          "steps",
          "blockedBy",
          "due",
          "basis",
          "token",
          "testedOn",
        ],
        secrets: ["credential"],
      },
      name,
      args,
      options,
    );
  }

  /** An existing one by its id: the mailbox's id (GUID), the URL of its page in Dynamics, or its address. */
  static get(name: string, id: Input<ID>, options: CustomResourceOptions = {}): MailboxActivation {
    return Reflect.construct(MailboxActivation, [name, undefined, { ...options, id }]);
  }
}
