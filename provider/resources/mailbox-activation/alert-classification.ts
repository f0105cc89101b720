import type { Code } from "../../codes/codes.ts";
import type { Tables } from "../../dataverse/tables.ts";
import { GMAILS_WORDS } from "../../mail/replies.ts";

/** What of an alert says why it was written. */
export type AlertTexts = Readonly<Pick<Tables["tracelogs"], "text" | "errordetails" | "errortypedisplay">>;

interface Row {
  readonly code: Code;
  readonly matches: RegExp;
}

/** What Microsoft calls "Email Server Error Code", where it leaves nothing open. It is the same in all languages. */
export const ERROR_CODES: readonly Row[] = [
  { code: "OTHER_ENVIRONMENT", matches: /(Incoming|Outgoing)IncorrectCrmOrgError/i },
  { code: "MAILBOX_INACTIVE", matches: /\bMailboxDisabled\b/i },
  { code: "PROFILE_INACTIVE", matches: /\bInvalid(Incoming|Outgoing)EmailServerProfile\b/i },
  { code: "SENDING_LIMIT", matches: /ErrorSubmissionQuotaExceeded/i },
  { code: "OWNER_PRIVILEGE", matches: /EmailIntegrationError \D?(2147220192|2147209462)\b/i },
  {
    code: "DYNAMICS_INTERNAL",
    matches: /EmailIntegrationError \D?\d|MailboxInternalCrmError|ErrorInternalServerTransientError/i,
  },
  { code: "TEMPORARY", matches: /ErrorMailboxStoreUnavailable/i },
  { code: "PROFILE_NOT_GMAIL", matches: /ErrorInvalidLicense|ErrorNonExistentMailbox/i },
  { code: "ACT_NOT_NONE", matches: /Crm\.80048306\b/i },
];

/** Words of Google, of Gmail and of .NET, wherever they are quoted. */
export const FRAGMENTS: readonly Row[] = [
  { code: "CONSENT_ENDED", matches: /invalid_grant|expired or revoked/i },
  { code: "CLIENT_DELETED", matches: /deleted_client|OAuth client was deleted/i },
  { code: "CLIENT_DISABLED", matches: /disabled_client/i },
  { code: "CLIENT_NOT_FOUND", matches: /OAuth client was not found/i },
  { code: "SECRET_WRONG", matches: /client secret is invalid|invalid_client: Unauthorized/i },
  { code: "CLIENT_REFUSED", matches: /invalid_client/i },
  { code: "SIGN_IN_AGAIN", matches: /unauthorized_client/i },
  { code: "REDIRECT_URI_MISMATCH", matches: /redirect_uri_mismatch/i },
  ...GMAILS_WORDS,
  {
    code: "RECIPIENT_REFUSED",
    matches: /RecipientNotAccepted|(?<![\d.])5\.1\.[12](?![\d.])|No recipients were accepted/i,
  },
  {
    code: "SEND_AS_DENIED",
    matches: /SenderNotAccepted|(?<![\d.])5\.7\.60(?![\d.])|permission(\(s\)|s)? to send as this sender/i,
  },
  {
    code: "TOKEN_REFUSED",
    matches:
      /(?<!\d)535[ :-]+5\.7\.8|BadCredentials|username and password not accepted|invalid credentials \(failure\)/i,
  },
  { code: "TEMPORARY", matches: /(?<!\d)4(21|54): / },
  {
    code: "SERVER_TLS",
    matches:
      /SslHandshakeException|SSL or TLS connection|SSL\/TLS secure|SSL certificate|SecureChannelFailure|TrustFailure/i,
  },
  { code: "SERVER_WRONG", matches: /HostNotFound|No such host|NameResolutionFailure/i },
  {
    code: "SERVER_UNREACHABLE",
    matches: /ConnectFailure|ConnectionRefused|\bTimedOut\b|\bTimeout\b|has unexpectedly disconnected/i,
  },
  { code: "TEMPORARY", matches: /ServiceUnavailable/i },
];

/** Error codes that say where it went wrong and not why, so that the details come first. */
export const VAGUE_ERROR_CODES: readonly Row[] = [
  {
    code: "CREDENTIALS",
    matches:
      /Invalid(Incoming|Outgoing)MailboxCredentials|OutgoingEmailAuthenticationError|401 Unauthorized|returned Forbidden/i,
  },
  { code: "SERVER_WRONG", matches: /Invalid(Incoming|Outgoing)EmailServerProfileConfiguration/i },
  { code: "SENDING_REFUSED", matches: /GeneralOutgoingEmailServerError/i },
];

/**
 * Sentences, by the part that differs least between articles: quotes, contractions and names are left out, as a name may be one of
 * something else than the sentence says.
 */
export const SENTENCES: readonly Row[] = [
  {
    code: "NOT_APPROVED",
    matches:
      /is not approved|isn.t approved|ha(ve not|ven.t) been approved|requires (an )?approval|approved by an? (Office|Microsoft) 365 admin|global administrator to approve/i,
  },
  { code: "PROFILE_INACTIVE", matches: /email server profile is inactive/i },
  { code: "MAILBOX_INACTIVE", matches: /is deactivated or disabled for|mailbox .{1,300} is inactive/i },
  { code: "OTHER_ENVIRONMENT", matches: /configured for another Dynamics 365 organi[sz]ation/i },
  { code: "ADMINISTRATION_MODE", matches: /in administration mode/i },
  { code: "ACT_NOT_NONE", matches: /appointments, contacts,? and tasks can/i },
  {
    code: "PROFILE_NOT_GMAIL",
    matches:
      /license is invalid|location could(n.t| not) be determined|email server is(n.t| not) supported|Username is not specified|credentials specified in the mailbox entity/i,
  },
  { code: "SEND_AS_DENIED", matches: /send-as privilege|send e-?mail as the selected/i },
  {
    code: "SERVER_WRONG",
    matches: /server location or the (incoming|outgoing) email port|server location is either not present/i,
  },
  { code: "SERVER_TLS", matches: /establishing a secure connection/i },
  {
    code: "SERVER_UNREACHABLE",
    matches: /while connecting to the email server|cannot reach to the smtp server|while polling mails using/i,
  },
  { code: "CREDENTIALS", matches: /credentials (specified|used to)/i },
  { code: "SERVER_WRONG", matches: /unknown error occurred while sending.{0,300}did(n.t| not) synchronize/i },
  { code: "SENDING_REFUSED", matches: /un(known|expected) error occurred while sending/i },
  {
    code: "DYNAMICS_INTERNAL",
    matches: /internal Microsoft Dynamics 365 error|un(known|expected) error occurred while receiving/i,
  },
  { code: "TEMPORARY", matches: /general mailbox access error/i },
];

/** How sentences end after which Dynamics tries again by itself. */
export const ENDINGS: readonly Row[] = [{ code: "TEMPORARY", matches: /again later/i }];

/** The tables in their order, and which texts of an alert each is held against. The first match wins. */
const ORDER: readonly { readonly rows: readonly Row[]; readonly among: readonly (keyof AlertTexts)[] }[] = [
  { rows: ERROR_CODES, among: ["errortypedisplay", "text"] },
  { rows: FRAGMENTS, among: ["errordetails", "errortypedisplay", "text"] },
  { rows: VAGUE_ERROR_CODES, among: ["errortypedisplay", "text"] },
  { rows: SENTENCES, among: ["text"] },
  { rows: ENDINGS, among: ["text"] },
];

/**
 * What an alert of Dynamics means; `ALERTS` where that is not known, `CREDENTIALS` where consent, client, protocol and sign-in can
 * all be meant. Its number (`tracecode`) is documented nowhere and decides nothing.
 */
export function classifyAlert(alert: AlertTexts): Code {
  for (const { rows, among } of ORDER) {
    const said = among.map((column) => alert[column] ?? "").join("\n");
    const row = rows.find(({ matches }) => matches.test(said.replaceAll(/\s+/g, " ")));
    if (row) return row.code;
  }
  return "ALERTS";
}
