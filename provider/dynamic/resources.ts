// Generated from the definitions by `npm run schema`.

import type { CustomResourceOptions, Output } from "@pulumi/pulumi";

import type {
  ActivationCode,
  ActivationStatus,
  AppointmentsMethod,
  Audience,
  Direction,
  EmailDeliveryMethod,
  EmailServerProfileArgs,
  GmailSettings,
  GoogleOAuthClientArgs,
  GoogleProjectArgs,
  MailboxActivationArgs,
  MailboxArgs,
  MailboxKind,
  MailboxSettings,
  MailCredential,
  MailProtocol,
  PublishingStatus,
  SignedInToken,
  Step,
  TestBasis,
} from "../../provider/sdk/resources.ts";

import { DynamicResource } from "./dynamic-resource.ts";

/** A Google Cloud project, adopted or created, with the APIs that mail needs enabled. Works with the Google credentials of the pipeline (Application Default Credentials). Destroying the resource leaves the project and its APIs as they are.
 *
 * ```yaml
 * resources:
 *   project:
 *     type: gmailsync:GoogleProject
 *     properties:
 *       projectId: northwind-mail
 * ``` */
export class GoogleProject extends DynamicResource {
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
 * ``` */
export class GoogleOAuthClient extends DynamicResource {
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
 * ``` */
export class EmailServerProfile extends DynamicResource {
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
    this.profileId = this.id;
  }
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
 * ``` */
export class Mailbox extends DynamicResource {
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
    this.mailboxId = this.id;
  }
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
 * ``` */
export class MailboxActivation extends DynamicResource {
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
}
