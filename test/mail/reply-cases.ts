import type { Code } from "../../provider/codes/codes.ts";
import type { MailProtocol } from "../../provider/mail/protocol.ts";

/** What a server says to one command, and what it has to be called. */
export interface ReplyCase {
  readonly protocol: MailProtocol;
  /** As the protocol calls it; GREETING for what the server says first. */
  readonly command: string;
  /** Without IMAP's tag. A last line that begins with `*` is the end of the connection. */
  readonly lines: readonly string[];
  readonly code: Code;
}

const of =
  (protocol: MailProtocol) =>
  (command: string, lines: string | readonly string[], code: Code): ReplyCase => ({
    protocol,
    command,
    lines: typeof lines === "string" ? [lines] : lines,
    code,
  });

const imap = of("imap");
const pop3 = of("pop3");
const smtp = of("smtp");

/** Class of each code, and whether the check tries it again by itself. */
export const CLASS_OF: Partial<Readonly<Record<Code, readonly [string, "again" | "once", "failed" | "unknown"]>>> = {
  NETWORK_BLOCKED: ["policy", "once", "unknown"],
  TEMPORARY: ["transient", "again", "unknown"],
  TOO_MANY_CONNECTIONS: ["throttled", "again", "unknown"],
  TOO_MANY_LOGINS: ["throttled", "again", "unknown"],
  TOKEN_REFUSED: ["authentication", "once", "failed"],
  NO_OAUTH: ["protocol", "once", "failed"],
  TLS_NOT_OFFERED: ["protocol", "once", "failed"],
  TLS_REQUIRED: ["protocol", "once", "failed"],
  COMMAND_REFUSED: ["protocol", "once", "failed"],
  NOT_THE_PROTOCOL: ["protocol", "once", "failed"],
  PREAUTHENTICATED: ["protocol", "once", "failed"],
  SERVER_FAULT: ["protocol", "once", "failed"],
  PASSWORD_EXPECTED: ["protocol", "once", "failed"],
  INBOX_REFUSED: ["access-disabled", "once", "failed"],
  IMAP_DISABLED: ["access-disabled", "once", "failed"],
  IMAP_DISABLED_BY_ADMIN: ["access-disabled", "once", "failed"],
  POP_DISABLED: ["access-disabled", "once", "failed"],
  POP_DISABLED_BY_ADMIN: ["access-disabled", "once", "failed"],
  WEB_LOGIN_REQUIRED: ["human-needed", "once", "failed"],
  BANDWIDTH_QUOTA: ["quota", "once", "failed"],
  SENDING_LIMIT: ["quota", "once", "failed"],
  MAILBOX_FULL: ["quota", "once", "failed"],
  BLOCKED_BY_POLICY: ["policy", "once", "failed"],
  MESSAGE_REFUSED: ["policy", "once", "failed"],
  SEND_AS_DENIED: ["policy", "once", "failed"],
  RECIPIENT_REFUSED: ["configuration", "once", "failed"],
};

/** What the servers named beside them say, and what RFCs allow them to say. */
export const REPLY_CASES: readonly ReplyCase[] = [
  // Before any login.
  imap("GREETING", "* BYE [ALERT] Your IP address is blocked", "NETWORK_BLOCKED"),
  imap("GREETING", "* BYE Too busy, try later", "TEMPORARY"),
  imap("GREETING", "* BYE [UNAVAILABLE] maintenance", "TEMPORARY"),
  imap("GREETING", "* BYE Connection refused: host listed in zen.spamhaus.org, blacklisted", "NETWORK_BLOCKED"),
  imap("GREETING", "* BYE This client is blacklisted", "NETWORK_BLOCKED"),
  imap("GREETING", "* BYE your address was rejected", "NETWORK_BLOCKED"),
  imap("GREETING", "* NO not today", "NETWORK_BLOCKED"),
  imap("GREETING", "* PREAUTH welcome home", "PREAUTHENTICATED"),
  imap("GREETING", "220 mail.example ESMTP", "NOT_THE_PROTOCOL"),
  imap("GREETING", "+OK pop", "NOT_THE_PROTOCOL"),
  imap("GREETING", "HTTP/1.1 400 Bad Request", "NOT_THE_PROTOCOL"),
  imap("GREETING", "SSH-2.0-OpenSSH_9.2", "NOT_THE_PROTOCOL"),
  pop3("GREETING", "-ERR Your host is blocked", "NETWORK_BLOCKED"),
  pop3("GREETING", "-ERR [SYS/TEMP] come back later", "TEMPORARY"),
  pop3("GREETING", "-ERR [SYS/PERM] this server is closed for good", "SERVER_FAULT"),
  pop3("GREETING", "* OK Gimap ready", "NOT_THE_PROTOCOL"),
  pop3("GREETING", "554 no", "NOT_THE_PROTOCOL"),
  smtp("GREETING", "550 Your host is blacklisted", "NETWORK_BLOCKED"), // Exim
  smtp("GREETING", "554 No connections from your network", "NETWORK_BLOCKED"), // smtp-server
  smtp(
    "GREETING",
    ["554-5.7.1 Service unavailable; client host", "554 5.7.1 blocked using zen.spamhaus.org"],
    "NETWORK_BLOCKED",
  ),
  smtp("GREETING", "554 5.7.1 Connection rejected by policy", "NETWORK_BLOCKED"),
  smtp("GREETING", "421 4.3.2 too many connections", "TEMPORARY"),
  smtp("GREETING", ["421-mail.example", "421 Service not available"], "TEMPORARY"),
  smtp("GREETING", "450 4.7.1 greylisted", "TEMPORARY"),
  smtp("GREETING", "521 mail.example does not accept mail", "NO_OAUTH"), // RFC 7504
  smtp("GREETING", "* OK IMAP4rev1", "NOT_THE_PROTOCOL"),
  smtp("GREETING", "+OK POP3", "NOT_THE_PROTOCOL"),
  smtp("EHLO", "550 5.7.1 HELO rejected", "NETWORK_BLOCKED"),
  smtp(
    "EHLO",
    ["550-5.7.1 [203.0.113.7] Our system has detected that this message", "550 5.7.1 is likely unsolicited"],
    "NETWORK_BLOCKED",
  ),
  smtp("EHLO", "502 5.5.1 Unrecognized command", "COMMAND_REFUSED"),
  smtp("EHLO", "421 4.7.0 Try again later, closing connection", "TEMPORARY"),
  smtp("EHLO", ["250-mail.example", "250 AUTH XOAUTH2"], "TLS_NOT_OFFERED"),
  smtp("EHLO", ["250-mail.example", "250 XXXXXXXX"], "TLS_NOT_OFFERED"), // old firewalls
  smtp("STARTTLS", "454 4.7.0 TLS not available due to temporary reason", "TEMPORARY"),
  smtp("STARTTLS", "503 STARTTLS command used when not advertised", "TLS_NOT_OFFERED"), // Exim
  smtp("STARTTLS", "500 Error: command not recognized", "TLS_NOT_OFFERED"), // smtp-server, GreenMail
  imap("CAPABILITY", "BAD Unknown command", "COMMAND_REFUSED"),
  imap("CAPABILITY", "* BYE [UNAVAILABLE] going down", "TEMPORARY"),
  imap("CAPABILITY", ["* CAPABILITY IMAP4rev1 LOGINDISABLED AUTH=SCRAM-SHA-256", "OK done"], "NO_OAUTH"), // Cyrus
  imap("CAPABILITY", ["* CAPABILITY IMAP4rev1", "OK done"], "NO_OAUTH"),
  pop3("CAPA", ["+OK", "USER", "SASL PLAIN LOGIN", "."], "NO_OAUTH"),

  // The token.
  imap("AUTHENTICATE", "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO [AUTHORIZATIONFAILED] not for this mailbox", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO [EXPIRED] that was long ago", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Computer says no", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Authentication failed: the server denied access", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Login failed, please try again", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Login failed from 10.5.7.9", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Login failed, see rule {5}", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO Login failed for your address anna@northwind.example: not allowed", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO AUTHENTICATE failed: Anmeldung für Jörg verweigert", "TOKEN_REFUSED"),
  imap("AUTHENTICATE", "NO [UNAVAILABLE] Temporary authentication failure.", "TEMPORARY"), // Dovecot
  imap("AUTHENTICATE", "NO [SERVERBUG] Internal error", "TEMPORARY"),
  imap("AUTHENTICATE", "NO System Error (Failure)", "TEMPORARY"), // Gmail
  imap("AUTHENTICATE", "NO [INUSE] locked", "TOO_MANY_CONNECTIONS"),
  imap("AUTHENTICATE", "NO [LIMIT] Maximum number of connections from user+IP exceeded", "TOO_MANY_CONNECTIONS"),
  imap("AUTHENTICATE", "NO [ALERT] Too many simultaneous connections. (Failure)", "TOO_MANY_CONNECTIONS"),
  imap("AUTHENTICATE", "NO [CONTACTADMIN] ask them", "BLOCKED_BY_POLICY"),
  imap("AUTHENTICATE", "NO Not allowed by the policy of your organisation", "BLOCKED_BY_POLICY"),
  imap("AUTHENTICATE", "NO [PRIVACYREQUIRED] not like this", "TLS_REQUIRED"),
  imap("AUTHENTICATE", "NO [CORRUPTION] the mailbox is broken", "SERVER_FAULT"),
  imap("AUTHENTICATE", "NO [OVERQUOTA] Account exceeded command or bandwidth limits.", "BANDWIDTH_QUOTA"),
  imap(
    "AUTHENTICATE",
    "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    "IMAP_DISABLED",
  ),
  imap(
    "AUTHENTICATE",
    "NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
    "IMAP_DISABLED_BY_ADMIN",
  ),
  imap(
    "AUTHENTICATE",
    ["* NO [WEBALERT https://accounts.google.com/x] Web login required.", "NO [ALERT] Login needed (Failure)"],
    "WEB_LOGIN_REQUIRED",
  ),
  imap(
    "AUTHENTICATE",
    "NO [ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
    "WEB_LOGIN_REQUIRED",
  ),
  imap("AUTHENTICATE", "NO [ALERT] Application-specific password required (Failure)", "PASSWORD_EXPECTED"),
  imap("AUTHENTICATE", "NO Unsupported authentication mechanism", "NO_OAUTH"),
  imap("AUTHENTICATE", "BAD Unknown command", "COMMAND_REFUSED"),
  imap("AUTHENTICATE", "NO [CLIENTBUG] that was no base64", "COMMAND_REFUSED"),
  imap("AUTHENTICATE", "* BYE Too many failures, come back later", "TEMPORARY"),
  imap("AUTHENTICATE", "* BYE Your IP address has been banned for an hour", "NETWORK_BLOCKED"),
  pop3("AUTH", "-ERR [AUTH] Username and password not accepted.", "TOKEN_REFUSED"),
  pop3("AUTH", "-ERR no", "TOKEN_REFUSED"),
  pop3("AUTH", "-ERR [IN-USE] locked", "TOO_MANY_CONNECTIONS"),
  pop3("AUTH", "-ERR [LOGIN-DELAY] too soon", "TOO_MANY_LOGINS"),
  pop3("AUTH", "-ERR [SYS/TEMP] try again", "TEMPORARY"),
  pop3("AUTH", "-ERR [SYS/PERM] mailbox corrupt", "SERVER_FAULT"),
  pop3("AUTH", "-ERR [SYS/PERM] Your account is not enabled for POP access.", "POP_DISABLED"),
  pop3(
    "AUTH",
    "-ERR [AUTH] Web login required: https://support.google.com/mail/accounts/answer/78754",
    "WEB_LOGIN_REQUIRED",
  ),
  smtp(
    "AUTH",
    [
      "535-5.7.8 Username and Password not accepted. For more information, go to",
      "535 5.7.8  https://support.google.com/mail/?p=BadCredentials",
    ],
    "TOKEN_REFUSED",
  ),
  smtp("AUTH", "535 5.7.8 Bad token. See https://x.example/policy-temporary.html", "TOKEN_REFUSED"),
  smtp("AUTH", "535 5.7.8 Bad token, as our privacy policy explains", "TOKEN_REFUSED"),
  smtp("AUTH", "535 Error: authentication failed", "TOKEN_REFUSED"),
  smtp("AUTH", "535 Incorrect authentication data", "TOKEN_REFUSED"), // Exim
  smtp("AUTH", "535 5.7.8 Bad credentials from 203.4.113.7", "TOKEN_REFUSED"),
  smtp("AUTH", "535 5.7.8 No, says version 4.2.113", "TOKEN_REFUSED"),
  smtp("AUTH", "535 5.7.8 This token is blacklisted", "TOKEN_REFUSED"),
  smtp("AUTH", "535 5.7.8 Authentication failed. Please try again.", "TOKEN_REFUSED"),
  smtp(
    "AUTH",
    [
      "534-5.7.14 <https://accounts.google.com/signin/continue>",
      "534 5.7.14 Please log in via your web browser and then try again.",
    ],
    "WEB_LOGIN_REQUIRED",
  ),
  smtp("AUTH", "534 5.7.9 Application-specific password required.", "PASSWORD_EXPECTED"),
  smtp(
    "AUTH",
    [
      "454-4.7.0 Too many login attempts, please try again later.",
      "454 4.7.0 https://support.google.com/mail/answer/7126229",
    ],
    "TOO_MANY_LOGINS",
  ),
  smtp("AUTH", ["454-Authentication service down", "454 come back"], "TEMPORARY"),
  smtp("AUTH", ["421-closing", "421 now"], "TEMPORARY"),
  smtp("AUTH", "435 Unable to authenticate at present", "TEMPORARY"), // Exim, identity provider down
  smtp("AUTH", "535 4.7.0 Authentication server has a problem", "TEMPORARY"),
  smtp("AUTH", "432 4.7.12 A password transition is needed", "TEMPORARY"),
  smtp("AUTH", "538 5.7.11 Encryption required for requested authentication mechanism", "TLS_REQUIRED"),
  smtp("AUTH", "538 no", "TLS_REQUIRED"),
  smtp("AUTH", "530 5.7.0 Must issue a STARTTLS command first", "TLS_REQUIRED"),
  smtp("AUTH", "504 5.7.4 Unrecognized Authentication Type", "NO_OAUTH"),
  smtp("AUTH", "504 no", "NO_OAUTH"),
  smtp("AUTH", "503 AUTH command used when not advertised", "COMMAND_REFUSED"),
  smtp("AUTH", "501 5.5.2 Cannot Decode response", "COMMAND_REFUSED"),
  smtp("AUTH", "535 5.7.13 User account disabled", "BLOCKED_BY_POLICY"),
  smtp("AUTH", "550 5.7.1 Your IP 203.0.113.7 is blocked after too many failures", "NETWORK_BLOCKED"),

  // The inbox, after a login that was taken.
  imap("EXAMINE", "NO [NONEXISTENT] Unknown Mailbox: INBOX", "INBOX_REFUSED"),
  imap("EXAMINE", "NO [NOPERM] Access denied", "INBOX_REFUSED"),
  imap("EXAMINE", "NO no", "INBOX_REFUSED"),
  imap("EXAMINE", "NO [UNAVAILABLE] backend away", "TEMPORARY"),
  imap("EXAMINE", "NO [CORRUPTION] index broken", "SERVER_FAULT"),
  imap("EXAMINE", "NO Mailbox is temporarily locked", "TEMPORARY"),
  imap("EXAMINE", "* BYE going down", "TEMPORARY"),
  pop3(
    "STAT",
    "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.",
    "POP_DISABLED",
  ),
  pop3("STAT", "-ERR [SYS/PERM] POP access is disabled for your domain.", "POP_DISABLED_BY_ADMIN"),
  pop3("STAT", "-ERR [SYS/TEMP] locked", "TEMPORARY"),
  pop3("STAT", "-ERR mailbox busy, try again later", "TEMPORARY"),
  pop3("STAT", "-ERR no such mailbox", "INBOX_REFUSED"),
];

/** The message of a round trip, after two good logins. */
export const MESSAGE_CASES: readonly ReplyCase[] = [
  smtp("MAIL", "550 5.7.60 SMTP; Client does not have permissions to send as this sender", "SEND_AS_DENIED"),
  smtp("MAIL", "553 5.7.1 Sender address rejected: not owned by user", "SEND_AS_DENIED"), // Postfix
  smtp(
    "MAIL",
    [
      "550-5.4.5 Daily user sending limit exceeded. For more information on Gmail",
      "550 5.4.5 sending limits go to https://support.google.com/a/answer/166852",
    ],
    "SENDING_LIMIT",
  ),
  smtp("MAIL", "452 4.3.1 Insufficient system storage", "TEMPORARY"),
  smtp("MAIL", "530 5.5.1 Authentication Required", "MESSAGE_REFUSED"),
  smtp("RCPT", "550 5.1.1 The email account that you tried to reach does not exist", "RECIPIENT_REFUSED"),
  smtp("RCPT", "550 No such user here", "RECIPIENT_REFUSED"),
  smtp("RCPT", "450 4.2.1 The user you are trying to contact is receiving mail too quickly", "TEMPORARY"),
  smtp("RCPT", "452 4.2.2 The recipient's inbox is out of storage space", "MAILBOX_FULL"),
  smtp("RCPT", "552 5.2.2 Mailbox is full", "MAILBOX_FULL"),
  smtp("RCPT", "550 5.7.1 Relaying denied", "MESSAGE_REFUSED"),
  smtp("RCPT", "550 5.7.1 Relaying denied to 192.5.1.1", "MESSAGE_REFUSED"),
  smtp("RCPT", "451 Greylisted, please come back later", "TEMPORARY"), // Exim
  smtp("RCPT", "451 4.7.1 Greylisting in action", "TEMPORARY"),
  smtp("DATA", "554 5.7.1 Message rejected as spam", "MESSAGE_REFUSED"),
  smtp("DATA", "552 5.3.4 Message too big", "MESSAGE_REFUSED"),
  smtp("DATA", "550 5.6.0 Lone CR or LF in body", "MESSAGE_REFUSED"),
];
