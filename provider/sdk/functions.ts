// Generated from the definitions by `npm run schema`.

import type { Input, InvokeOptions, InvokeOutputOptions, Output } from "@pulumi/pulumi";

import { invoke, invokeOutput } from "./pulumi.ts";

import type { MailboxKind } from "./resources.ts";

/** How the last test of a mailbox ended. */
export const TestStatus = { Success: "success", Failure: "failure", NotRun: "notRun" } as const;
export type TestStatus = (typeof TestStatus)[keyof typeof TestStatus];

/** A mailbox as Dynamics has it. */
export interface MailboxState {
  /** Id of the mailbox in Dataverse (GUID). */
  readonly mailboxId: string;
  /** Address of the mailbox; empty where it has none. */
  readonly emailAddress: string;
  /** Name of the mailbox. */
  readonly name: string;
  /** Whose mailbox it is. One of `user`, `queue`, `forward`. */
  readonly kind: MailboxKind;
  /** Id of its email server profile, where it has one. */
  readonly profileId?: string | undefined;
  /** How mail is received. One of `serverSideSynchronization`, `none`, `other`. */
  readonly incomingEmailDeliveryMethod: "serverSideSynchronization" | "none" | "other";
  /** How mail is sent. One of `serverSideSynchronization`, `none`, `other`. */
  readonly outgoingEmailDeliveryMethod: "serverSideSynchronization" | "none" | "other";
  /** Whether the address is approved. */
  readonly approved: boolean;
  /** Whether the mailbox is active. */
  readonly enabled: boolean;
  /** Whether Dynamics holds a refresh token, so that somebody has signed in to Gmail for it. */
  readonly signedIn: boolean;
  /** Of the last test, over both directions that are switched on: `success` only where each of them succeeded. One of `success`, `failure`, `notRun`. */
  readonly status: TestStatus;
  /** When the last test ended (RFC 3339), where there was one. */
  readonly testedOn?: string | undefined;
  /** The mailbox's page in Dynamics, where its user signs in to Gmail. */
  readonly webUrl: string;
}

/** An email server profile as Dynamics has it, without its secret, which Dataverse never gives back. */
export interface EmailServerProfileState {
  /** Id of the profile in Dataverse (GUID). */
  readonly profileId: string;
  /** Name of the profile. */
  readonly name: string;
  /** How it receives; `other` is Exchange. One of `imap`, `pop3`, `other`. */
  readonly protocol: "imap" | "pop3" | "other";
  /** Whether it is one for Gmail by OAuth, both ways. */
  readonly gmailByOauth: boolean;
  /** Whether the profile is active. */
  readonly enabled: boolean;
  /** Client id of its OAuth client, where it has one. */
  readonly oauthClientId?: string | undefined;
  /** Whether Dataverse holds a client secret. */
  readonly oauthClientSecretSet: boolean;
  /** Host of the IMAP or POP3 server. */
  readonly incomingServerLocation?: string | undefined;
  /** Its port. */
  readonly incomingPort?: number | undefined;
  /** Host of the SMTP server. */
  readonly outgoingServerLocation?: string | undefined;
  /** Its port. */
  readonly outgoingPort?: number | undefined;
}

/** What getMailbox takes. */
export interface GetMailboxArgs {
  /** Its address (case does not matter). */
  readonly emailAddress?: string | undefined;
  /** Its id (GUID); one of the two is needed. */
  readonly mailboxId?: string | undefined;
  /** Whose mailbox is meant, where a user and a queue have the address. One of `user`, `queue`, `forward`. */
  readonly kind?: MailboxKind | undefined;
}

/** What getMailbox takes, where it may not be known yet. */
export interface GetMailboxOutputArgs {
  /** Its address (case does not matter). */
  readonly emailAddress?: Input<string> | undefined;
  /** Its id (GUID); one of the two is needed. */
  readonly mailboxId?: Input<string> | undefined;
  /** Whose mailbox is meant, where a user and a queue have the address. One of `user`, `queue`, `forward`. */
  readonly kind?: Input<MailboxKind> | undefined;
}

/** What getMailbox tells. */
export interface GetMailboxResult {
  /** Id of the mailbox in Dataverse (GUID). */
  readonly mailboxId: string;
  /** Address of the mailbox; empty where it has none. */
  readonly emailAddress: string;
  /** Name of the mailbox. */
  readonly name: string;
  /** Whose mailbox it is. One of `user`, `queue`, `forward`. */
  readonly kind: MailboxKind;
  /** Id of its email server profile, where it has one. */
  readonly profileId?: string | undefined;
  /** How mail is received. One of `serverSideSynchronization`, `none`, `other`. */
  readonly incomingEmailDeliveryMethod: "serverSideSynchronization" | "none" | "other";
  /** How mail is sent. One of `serverSideSynchronization`, `none`, `other`. */
  readonly outgoingEmailDeliveryMethod: "serverSideSynchronization" | "none" | "other";
  /** Whether the address is approved. */
  readonly approved: boolean;
  /** Whether the mailbox is active. */
  readonly enabled: boolean;
  /** Whether Dynamics holds a refresh token, so that somebody has signed in to Gmail for it. */
  readonly signedIn: boolean;
  /** Of the last test, over both directions that are switched on: `success` only where each of them succeeded. One of `success`, `failure`, `notRun`. */
  readonly status: TestStatus;
  /** When the last test ended (RFC 3339), where there was one. */
  readonly testedOn?: string | undefined;
  /** The mailbox's page in Dynamics, where its user signs in to Gmail. */
  readonly webUrl: string;
}

/** Looks a mailbox up by its address or its id, and says how it is. None and several are errors. Changes nothing.
 *
 * ```yaml
 * variables:
 *   anna:
 *     fn::invoke:
 *       function: gmailsync:index:getMailbox
 *       arguments: {emailAddress: anna@northwind.example}
 * outputs:
 *   signIn: ${anna.webUrl}
 * ``` */
export function getMailbox(args: GetMailboxArgs = {}, options: InvokeOptions = {}): Promise<GetMailboxResult> {
  return invoke("gmailsync:index:getMailbox", { ...args }, options);
}

/** getMailbox with arguments that may not be known yet. */
export function getMailboxOutput(
  args: GetMailboxOutputArgs = {},
  options: InvokeOutputOptions = {},
): Output<GetMailboxResult> {
  return invokeOutput("gmailsync:index:getMailbox", { ...args }, options);
}

/** What getMailboxes takes. */
export interface GetMailboxesArgs {
  /** With this email server profile (GUID). */
  readonly profileId?: string | undefined;
  /** With the email server profile of this name. */
  readonly profile?: string | undefined;
  /** With an address of this domain, such as `northwind.example`. */
  readonly domain?: string | undefined;
  /** Of a user, of a queue, or a forward mailbox. One of `user`, `queue`, `forward`. */
  readonly kind?: MailboxKind | undefined;
  /** Whose last test ended so. One of `success`, `failure`, `notRun`. */
  readonly status?: TestStatus | undefined;
  /** For whom somebody has signed in to Gmail, or nobody has. */
  readonly signedIn?: boolean | undefined;
  /** Whose address is approved, or is not. */
  readonly approved?: boolean | undefined;
  /** That are active, or are not. */
  readonly enabled?: boolean | undefined;
}

/** What getMailboxes takes, where it may not be known yet. */
export interface GetMailboxesOutputArgs {
  /** With this email server profile (GUID). */
  readonly profileId?: Input<string> | undefined;
  /** With the email server profile of this name. */
  readonly profile?: Input<string> | undefined;
  /** With an address of this domain, such as `northwind.example`. */
  readonly domain?: Input<string> | undefined;
  /** Of a user, of a queue, or a forward mailbox. One of `user`, `queue`, `forward`. */
  readonly kind?: Input<MailboxKind> | undefined;
  /** Whose last test ended so. One of `success`, `failure`, `notRun`. */
  readonly status?: Input<TestStatus> | undefined;
  /** For whom somebody has signed in to Gmail, or nobody has. */
  readonly signedIn?: Input<boolean> | undefined;
  /** Whose address is approved, or is not. */
  readonly approved?: Input<boolean> | undefined;
  /** That are active, or are not. */
  readonly enabled?: Input<boolean> | undefined;
}

/** What getMailboxes tells. */
export interface GetMailboxesResult {
  /** The mailboxes, by address. */
  readonly mailboxes: readonly MailboxState[];
}

/** Lists the mailboxes of the environment that all the given filters fit, by their address; without a filter all that have an address. Changes nothing.
 *
 * ```yaml
 * variables:
 *   missing:
 *     fn::invoke:
 *       function: gmailsync:index:getMailboxes
 *       arguments: {domain: northwind.example, kind: user, signedIn: false}
 *       return: mailboxes
 * outputs:
 *   notSignedIn: ${missing}
 * ``` */
export function getMailboxes(args: GetMailboxesArgs = {}, options: InvokeOptions = {}): Promise<GetMailboxesResult> {
  return invoke("gmailsync:index:getMailboxes", { ...args }, options);
}

/** getMailboxes with arguments that may not be known yet. */
export function getMailboxesOutput(
  args: GetMailboxesOutputArgs = {},
  options: InvokeOutputOptions = {},
): Output<GetMailboxesResult> {
  return invokeOutput("gmailsync:index:getMailboxes", { ...args }, options);
}

/** What getEmailServerProfile takes. */
export interface GetEmailServerProfileArgs {
  /** Its name. */
  readonly name?: string | undefined;
  /** Its id (GUID); one of the two is needed. */
  readonly profileId?: string | undefined;
}

/** What getEmailServerProfile takes, where it may not be known yet. */
export interface GetEmailServerProfileOutputArgs {
  /** Its name. */
  readonly name?: Input<string> | undefined;
  /** Its id (GUID); one of the two is needed. */
  readonly profileId?: Input<string> | undefined;
}

/** What getEmailServerProfile tells. */
export interface GetEmailServerProfileResult {
  /** Id of the profile in Dataverse (GUID). */
  readonly profileId: string;
  /** Name of the profile. */
  readonly name: string;
  /** How it receives; `other` is Exchange. One of `imap`, `pop3`, `other`. */
  readonly protocol: "imap" | "pop3" | "other";
  /** Whether it is one for Gmail by OAuth, both ways. */
  readonly gmailByOauth: boolean;
  /** Whether the profile is active. */
  readonly enabled: boolean;
  /** Client id of its OAuth client, where it has one. */
  readonly oauthClientId?: string | undefined;
  /** Whether Dataverse holds a client secret. */
  readonly oauthClientSecretSet: boolean;
  /** Host of the IMAP or POP3 server. */
  readonly incomingServerLocation?: string | undefined;
  /** Its port. */
  readonly incomingPort?: number | undefined;
  /** Host of the SMTP server. */
  readonly outgoingServerLocation?: string | undefined;
  /** Its port. */
  readonly outgoingPort?: number | undefined;
}

/** Looks an email server profile up by its name or its id, and says how it is. None and several are errors. Changes nothing.
 *
 * ```yaml
 * variables:
 *   gmail:
 *     fn::invoke:
 *       function: gmailsync:index:getEmailServerProfile
 *       arguments: {name: Gmail}
 * resources:
 *   anna:
 *     type: gmailsync:Mailbox
 *     properties:
 *       emailAddress: anna@northwind.example
 *       profileId: ${gmail.profileId}
 * ``` */
export function getEmailServerProfile(
  args: GetEmailServerProfileArgs = {},
  options: InvokeOptions = {},
): Promise<GetEmailServerProfileResult> {
  return invoke("gmailsync:index:getEmailServerProfile", { ...args }, options);
}

/** getEmailServerProfile with arguments that may not be known yet. */
export function getEmailServerProfileOutput(
  args: GetEmailServerProfileOutputArgs = {},
  options: InvokeOutputOptions = {},
): Output<GetEmailServerProfileResult> {
  return invokeOutput("gmailsync:index:getEmailServerProfile", { ...args }, options);
}

/** What getEmailServerProfiles takes. */
export interface GetEmailServerProfilesArgs {
  /** Those for Gmail by OAuth both ways, or the others. */
  readonly gmailByOauth?: boolean | undefined;
  /** With this OAuth client. */
  readonly oauthClientId?: string | undefined;
  /** That are active, or are not. */
  readonly enabled?: boolean | undefined;
}

/** What getEmailServerProfiles takes, where it may not be known yet. */
export interface GetEmailServerProfilesOutputArgs {
  /** Those for Gmail by OAuth both ways, or the others. */
  readonly gmailByOauth?: Input<boolean> | undefined;
  /** With this OAuth client. */
  readonly oauthClientId?: Input<string> | undefined;
  /** That are active, or are not. */
  readonly enabled?: Input<boolean> | undefined;
}

/** What getEmailServerProfiles tells. */
export interface GetEmailServerProfilesResult {
  /** The profiles, by name. */
  readonly profiles: readonly EmailServerProfileState[];
}

/** Lists the email server profiles of the environment by name. Changes nothing.
 *
 * ```yaml
 * variables:
 *   all:
 *     fn::invoke:
 *       function: gmailsync:index:getEmailServerProfiles
 *       arguments: {gmailByOauth: true}
 *       return: profiles
 * outputs:
 *   profiles: ${all}
 * ``` */
export function getEmailServerProfiles(
  args: GetEmailServerProfilesArgs = {},
  options: InvokeOptions = {},
): Promise<GetEmailServerProfilesResult> {
  return invoke("gmailsync:index:getEmailServerProfiles", { ...args }, options);
}

/** getEmailServerProfiles with arguments that may not be known yet. */
export function getEmailServerProfilesOutput(
  args: GetEmailServerProfilesOutputArgs = {},
  options: InvokeOutputOptions = {},
): Output<GetEmailServerProfilesResult> {
  return invokeOutput("gmailsync:index:getEmailServerProfiles", { ...args }, options);
}

/** What getOrganization tells. */
export interface GetOrganizationResult {
  /** Its id (GUID), which stays when its URL changes. */
  readonly organizationId: string;
  /** Its unique name. */
  readonly name: string;
  /** URL of the environment. */
  readonly environmentUrl: string;
  /** Email server profile of new mailboxes, where there is one. */
  readonly defaultProfileId?: string | undefined;
  /** Whether addresses of users have to be approved. */
  readonly requireApprovalForUserEmail: boolean;
  /** Whether addresses of queues have to be approved. */
  readonly requireApprovalForQueueEmail: boolean;
}

/** The organization behind the provider's environment. Changes nothing.
 *
 * ```yaml
 * variables:
 *   here:
 *     fn::invoke: {function: gmailsync:index:getOrganization}
 * outputs:
 *   organization: ${here.organizationId}
 * ``` */
export function getOrganization(options: InvokeOptions = {}): Promise<GetOrganizationResult> {
  return invoke("gmailsync:index:getOrganization", {}, options);
}
