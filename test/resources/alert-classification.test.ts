import { describe, expect, test } from "vitest";
import {
  type AlertTexts,
  classifyAlert,
  ENDINGS,
  ERROR_CODES,
  FRAGMENTS,
  SENTENCES,
  VAGUE_ERROR_CODES,
} from "../../provider/resources/mailbox-activation/alert-classification.ts";

/** Sentences, error codes and details as Microsoft's articles and captures have them, each with what it means. */
const KNOWN: readonly [code: string, text: string, type?: string | undefined, details?: string][] = [
  // Sentences about credentials, which leave open what was refused.
  [
    "CREDENTIALS",
    "Email cannot be received for the mailbox Anna. Make sure that the credentials specified in the mailbox are correct and have sufficient permissions for receiving email. Then, enable the mailbox for email processing.",
    "InvalidIncomingMailboxCredentials",
  ],
  ["CREDENTIALS", "E-Mail kann nicht empfangen werden.", "InvalidIncomingMailboxCredentials"],
  ["CREDENTIALS", "Email cannot be received.", "Http server returned 401 Unauthorized exception"],
  [
    "CREDENTIALS",
    'The email message "Hello" cannot be sent. Make sure that the credentials specified in the mailbox Anna are correct and have sufficient permissions for sending email. Then, enable the mailbox for email processing.',
  ],
  [
    "CREDENTIALS",
    'Email cannot be sent for mailbox "Hello" because either a server certificate needed to connect to the email server could not be validated or the credentials used to send email are incorrect or do not provide access. Mailbox "Hello" didn’t synchronize.',
    "OutgoingEmailAuthenticationError",
  ],
  [
    "CREDENTIALS",
    "Email can't be sent because the credentials specified in the associated email server profile are incorrect or have insufficient permissions for sending email.",
  ],
  // The same with details that decide, and with details that are cut off before they do.
  [
    "CONSENT_ENDED",
    "Email cannot be received.",
    "InvalidIncomingMailboxCredentials",
    '>Error : {"error": "invalid_grant"',
  ],
  ["CONSENT_ENDED", "Token has been expired or revoked.", "InvalidOutgoingMailboxCredentials"],
  ["CREDENTIALS", "Email cannot be received.", "InvalidIncomingMailboxCredentials", '>Error : {"error": "invalid_gr'],
  ["CLIENT_DELETED", "", undefined, "deleted_client: The OAuth client was deleted."],
  ["CLIENT_DISABLED", "", undefined, "disabled_client: The OAuth client was disabled."],
  ["CLIENT_NOT_FOUND", "", undefined, "invalid_client: The OAuth client was not found."],
  ["SECRET_WRONG", "", undefined, "invalid_client: The provided client secret is invalid."],
  ["SECRET_WRONG", "", undefined, "invalid_client: Unauthorized"],
  ["CLIENT_REFUSED", "", undefined, '{ "error": "invalid_client" }'],
  ["SIGN_IN_AGAIN", "", undefined, "unauthorized_client: Unauthorized"],
  ["REDIRECT_URI_MISMATCH", "", undefined, "redirect_uri_mismatch"],
  ["IMAP_DISABLED", "", undefined, "Your account is not enabled for IMAP use."],
  ["IMAP_DISABLED_BY_ADMIN", "", undefined, "IMAP access is disabled for your domain."],
  ["POP_DISABLED", "", undefined, "-ERR [SYS/PERM] Your account is not enabled for POP access."],
  ["POP_DISABLED_BY_ADMIN", "", undefined, "POP access is disabled for your domain."],
  ["WEB_LOGIN_REQUIRED", "", undefined, "534: 5.7.14 Please log in via your web browser"],
  ["WEB_LOGIN_REQUIRED", "", undefined, "Web login required"],
  ["PASSWORD_EXPECTED", "", undefined, "534: 5.7.9 Application-specific password required."],
  ["TOO_MANY_CONNECTIONS", "", "Web server returned ConnectFailure exception.", "Too many simultaneous connections."],
  ["TOO_MANY_LOGINS", "", undefined, "454: 4.7.0 Too many login attempts, please try again later."],
  ["BANDWIDTH_QUOTA", "", undefined, "Account exceeded command or bandwidth limits."],
  ["BANDWIDTH_QUOTA", "", undefined, "OVERQUOTA"],
  ["SENDING_LIMIT", "", undefined, "5.4.5 Daily user sending limit exceeded."],
  ["SENDING_LIMIT", "", undefined, "Daily sending quota exceeded."],
  ["TEMPORARY", "", undefined, "421: 4.7.0 Closing connection."],
  ["RECIPIENT_REFUSED", "", undefined, "5.1.1 The email account that you tried to reach does not exist."],
  ["RECIPIENT_REFUSED", "", undefined, "No recipients were accepted."],
  ["SEND_AS_DENIED", "", undefined, "5.7.60 SMTP; Client does not have permissions to send as this sender"],
  [
    "TOKEN_REFUSED",
    'Email cannot be sent for mailbox "Hello" because either a server certificate could not be validated or the credentials used to send email are incorrect.',
    "OutgoingEmailAuthenticationError",
    ">Error : MailKit.Security.AuthenticationException: 535: 5.7.8 Username and Password not accepted. Learn more at 5.7.8 https://support.google.com/mail/?p=BadCredentials x - gsmtp ---> MailKit.Net.Smtp.SmtpCommandException",
  ],
  ["TOKEN_REFUSED", "", undefined, "Invalid credentials (Failure)"],
  // Servers.
  [
    "SERVER_WRONG",
    "Email cannot be received for the mailbox Anna because the email server location or the incoming email port specified in the associated email server profile Gmail is incorrect. The mailbox didn't synchronize.",
  ],
  [
    "SERVER_WRONG",
    "",
    "Socket returned exception InvalidIncomingEmailServerProfileConfiguration HostNotFound.",
    "SocketException (0x80004005): No such host is known",
  ],
  ["SERVER_WRONG", "", "Socket returned exception InvalidOutgoingEmailServerProfileConfiguration"],
  [
    "SERVER_WRONG",
    'An unknown error occurred while sending the email message "Hello". Mailbox Anna didn\'t synchronize.',
    undefined,
    "System.Net.Mail.SmtpException: Syntax error, command unrecognized. The server response was: at System.Net.Mail.SmtpTransport.set_Timeout(Int32 value)",
  ],
  [
    "SERVER_UNREACHABLE",
    'An error occurred in sending email for mailbox "Hello" while connecting to the email server. The system will try to send email again later.',
    "Web server returned ConnectFailure exception.",
  ],
  [
    "SERVER_UNREACHABLE",
    "An error occurred in receiving email for the mailbox Anna while connecting to the email server. The system will try to receive email again later.",
  ],
  ["SERVER_UNREACHABLE", "", undefined, "The IMAP server has unexpectedly disconnected."],
  ["SERVER_UNREACHABLE", "Cannot reach to the smtp server. Please check that the smtp server is accessible."],
  ["TEMPORARY", "", "Http server returned ServiceUnavailable exception"],
  ["SERVER_TLS", "", "Web server returned SecureChannelFailure exception."],
  [
    "SERVER_TLS",
    'The email message "Hello" cannot be sent because an error occurred while establishing a secure connection to the email server.',
  ],
  ["SERVER_TLS", "", undefined, "An error occurred while attempting to establish an SSL or TLS connection."],
  [
    "SENDING_REFUSED",
    "An unexpected error occurred while sending the email message Hello through the mailbox Anna. The system will try to send the message again later.",
    "Smtp server returned GeneralOutgoingEmailServerError GeneralFailure exception.",
  ],
  [
    "SENDING_REFUSED",
    "An unknown error occurred while sending the email message Hello through the mailbox Anna. The system will try to send the message again later.",
  ],
  [
    "SENDING_LIMIT",
    "An unknown error occurred while sending the email message Hello through the mailbox Anna.",
    "Exchange server returned UnknownOutgoingEmailIntegrationError ErrorSubmissionQuotaExceeded exception.",
  ],
  [
    "TEMPORARY",
    "A general mailbox access error occurred while receiving email through the mailbox Anna. The system will try again later.",
  ],
  ["TEMPORARY", "", "Exchange server returned ErrorMailboxStoreUnavailable exception."],
  // Dynamics itself.
  [
    "OWNER_PRIVILEGE",
    'An unknown error occurred while receiving email through the mailbox "Anna".',
    "Exchange server returned UnknownIncomingEmailIntegrationError -2147220192 exception.",
  ],
  ["DYNAMICS_INTERNAL", "", "Exchange server returned UnknownIncomingEmailIntegrationError -2147220891 exception."],
  ["DYNAMICS_INTERNAL", "", "ErrorInternalServerTransientError"],
  [
    "DYNAMICS_INTERNAL",
    "An internal Microsoft Dynamics 365 error occurred while receiving email through the mailbox Anna.",
    "IncomingMailboxInternalCrmError",
  ],
  ["DYNAMICS_INTERNAL", "An unexpected error occurred while receiving email. Mailbox Anna didn't synchronize."],
  [
    "PROFILE_INACTIVE",
    "Email cannot be received because the mailbox Anna does not have an email server profile associated with it or the email server profile is inactive.",
    "InvalidIncomingEmailServerProfile",
  ],
  [
    "MAILBOX_INACTIVE",
    'The email message "Hello" cannot be sent because the mailbox Anna is deactivated or disabled for outgoing email.',
    "MailboxDisabled",
  ],
  [
    "NOT_APPROVED",
    "Email cannot be received for the mailbox Anna because the email address of the mailbox Anna is not approved and the mailbox has been disabled.",
  ],
  [
    "NOT_APPROVED",
    "One or more mailboxes have been disabled for sending/receiving email because their email addresses haven't been approved.",
  ],
  [
    "NOT_APPROVED",
    "Email cannot be sent because the email address of the mailbox Anna requires an approval by a Microsoft 365 administrator. The mailbox didn't synchronize.",
  ],
  [
    "OTHER_ENVIRONMENT",
    "Incoming emails aren't being synced because the email address for the Anna mailbox is configured for another Dynamics 365 organization.",
    "IncomingIncorrectCrmOrgError",
  ],
  ["PROFILE_NOT_GMAIL", "Email can't be received because the license is invalid for the mailbox Anna."],
  ["PROFILE_NOT_GMAIL", "", "ErrorInvalidLicense"],
  [
    "ACT_NOT_NONE",
    "Appointments, contacts, and tasks can't be synchronized.",
    "Crm.80048306.Not enough privilege to complete the operation.",
  ],
  ["SEND_AS_DENIED", "You cannot send email as the selected user. The selected user has not allowed this."],
  ["ADMINISTRATION_MODE", "Test and enable is not allowed if the organization is in administration mode."],
  ["TEMPORARY", "Something new happened. The system will try again later."],
  ["ALERTS", "Something new happened to the mailbox Anna. The mailbox didn't synchronize.", "BrandNewError"],
  ["ALERTS", "Something new happened at 10.5.7.9."],
  ["ALERTS", "Something new happened at 203.5.4.5."],
  ["ALERTS", "Something new happened at 5.7.14.1."],
  ["ALERTS", ""],
];

const alertOf = (text: string, type?: string, details?: string): AlertTexts => ({
  text,
  errortypedisplay: type ?? null,
  errordetails: details ?? null,
});

describe("an alert", () => {
  test.each(KNOWN)("is %s: %s %s %s", (code, text, type, details) => {
    expect(classifyAlert(alertOf(text, type, details))).toBe(code);
  });

  test.each(KNOWN)("is %s in other letters, contractions and line ends: %s %s %s", (code, ...texts) => {
    const varied = texts.map((text) =>
      text
        ?.replace("cannot", "can’t")
        .replaceAll("didn't", "didn’t")
        .replaceAll("haven't", "have not")
        .replaceAll('"', "'")
        .replaceAll(" ", "\r\n ")
        .toUpperCase(),
    );
    expect(classifyAlert(alertOf(varied[0] ?? "", varied[1], varied[2]))).toBe(code);
  });

  const coded = KNOWN.filter(([, , type, details]) => type !== undefined && details === undefined);
  test.each(coded)("is %s with its error code in the sentence: %s %s", (code, text, type) => {
    expect(classifyAlert(alertOf(`${text} Email Server Error Code: ${type}`))).toBe(code);
  });
});

test("every row of the tables is reached by an alert that is known", () => {
  const rows = [...ERROR_CODES, ...FRAGMENTS, ...VAGUE_ERROR_CODES, ...SENTENCES, ...ENDINGS];
  const known = KNOWN.map(([code, ...texts]) => ({ code, said: texts.join(" ") }));
  const unreached = rows.filter((row) => !known.some(({ code, said }) => code === row.code && row.matches.test(said)));
  expect(unreached).toEqual([]);
});
