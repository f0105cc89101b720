import type { Assumption } from "./assumption.ts";

const XOAUTH2 = "https://developers.google.com/workspace/gmail/imap/xoauth2-protocol";
const SESSIONS = "https://developers.google.com/workspace/gmail/imap/imap-smtp";
const EXTENSIONS = "https://developers.google.com/workspace/gmail/imap/imap-extensions";
const SMTP_ERRORS = "https://support.google.com/a/answer/3726730";
const POP_POLICY = "https://support.google.com/a/answer/105694";

export const GMAIL: readonly Assumption[] = [
  {
    id: "login-refusal-words",
    what: "The words with which a malformed or cancelled login, a spent quota and an outage are refused, and all refusals of POP3 but bad credentials.",
    why: "No document and no public capture has them. SMTP's page of errors lists some of the others.",
    page: SMTP_ERRORS,
    matters:
      "Which code a refused login gets: it goes by codes in brackets and by words. What fits none counts as a refused token, and is quoted.",
    see: "`openssl s_client -quiet -crlf -connect pop.gmail.com:995`, `AUTH XOAUTH2`, then `*` or `x`. Quota and outage cannot be brought about: keep the line when it happens.",
  },
  {
    id: "pop-forbidden-words",
    what: "POP3 that the administrator has switched off is refused in the words that IMAP has for it, at STAT.",
    why: "Only the refusal for POP that the user has switched off was captured, at STAT and at AUTH.",
    page: POP_POLICY,
    matters: "Whether the error of a POP3 mailbox sends to the user or to the administrator.",
    see: "Switch POP off for an organisational unit, log in to `pop.gmail.com:995` as a user of it, and send `STAT`.",
  },
  {
    id: "challenge-for-bad-credentials",
    what: "Only bad credentials are explained by a challenge in JSON; all other refusals come at once.",
    why: "The page shows the challenge for a refused token and says nothing of other refusals.",
    page: XOAUTH2,
    matters: "Nothing for gmailsync, which takes both. A mail client that waits for a challenge would hang.",
    see: "Switch IMAP off for the user, `AUTHENTICATE XOAUTH2` at `imap.gmail.com:993` with a good token, and look whether `+` or `NO` comes first.",
  },
  {
    id: "bearer-without-user",
    what: "An OAUTHBEARER response that leaves the user to the token (`n,,`) is refused as bad credentials.",
    why: "RFC 7628 lets a server take the user from the token; Google's page describes XOAUTH2, which always names one.",
    page: "https://www.rfc-editor.org/rfc/rfc7628#section-3.1",
    matters: "Mail clients that name no user. gmailsync always names the mailbox.",
    see: "`AUTHENTICATE OAUTHBEARER` at `imap.gmail.com:993` with `n,,^Ahost=imap.gmail.com^Aport=993^Aauth=Bearer …^A^A` in base64.",
  },
  {
    id: "connections-for-each-protocol",
    what: "POP3 and SMTP each allow 15 connections of an account, counted apart from IMAP's.",
    why: "The limit of 15 is told of IMAP only.",
    matters: "Whether a test at Dynamics can be refused because other clients of the user read mail.",
    see: "Open 15 IMAP connections of one account, then log in by SMTP; then open 16 by SMTP.",
  },
  {
    id: "fewer-capabilities",
    what: "What Gmail announces and the sandbox does not serve is left out: of IMAP `IDLE`, `COMPRESS=DEFLATE`, `CONDSTORE`, `ENABLE`, `UTF8=ACCEPT`, `ESEARCH`, `LIST-STATUS`, `QUOTA` and `X-GM-EXT-1`, of SMTP `CHUNKING`, of POP3 `EXPIRE 0` and `LOGIN-DELAY 300`, and mechanisms for tokens of another kind.",
    why: "Captures show Gmail's lists, of POP3 only old ones. A mail client uses what is announced, and fails where it is not served.",
    page: EXTENSIONS,
    matters: "Mail clients that cannot do without one of them. gmailsync only warns where POP3 does not list XOAUTH2.",
    see: "`openssl s_client -quiet -crlf -connect imap.gmail.com:993`, then `a CAPABILITY`, before and after a login; `CAPA` at `pop.gmail.com:995`; `EHLO x` at `smtp.gmail.com:465`.",
  },
  {
    id: "imap-figures",
    what: "UIDVALIDITY is the time at which the sandbox or its world began. Expunged messages are gone from their folder and nowhere else, and flags are kept with a message of a folder.",
    why: "Gmail's folders are labels of one message; what EXPUNGE does there is a setting of the user.",
    page: EXTENSIONS,
    matters: "Mail clients that look for a message in All Mail or Trash, which hold only what a client puts there.",
    see: "`a SELECT INBOX` after a login at `imap.gmail.com:993`, mark a message as deleted, `EXPUNGE`, and look for it in `[Gmail]/All Mail` and `[Gmail]/Trash`.",
  },
  {
    id: "sent-mail",
    what: "What is sent is in the sender's Sent Mail at once, as read, and in the inboxes of those whom the sandbox knows. Others get nothing, and nothing comes back.",
    why: "Gmail keeps what was sent by SMTP; that a message to oneself is also in the inbox is a setting of filters.",
    page: SESSIONS,
    matters: "The round trip of gmailsync, which looks for its message in the inbox.",
    see: "Send a message by `smtp.gmail.com:465`, and look at `[Gmail]/Sent Mail` by IMAP.",
  },
  {
    id: "pop-keeps",
    what: "RETR leaves the message where it is, and all of the inbox is there at each login, in its order.",
    why: "At Gmail the user sets what becomes of a fetched message, and whether it is shown again.",
    page: POP_POLICY,
    matters: "Nothing for gmailsync, which never fetches by POP3.",
    see: "Fetch a message at `pop.gmail.com:995` by `RETR 1`, `QUIT`, log in again, and `STAT`.",
  },
  {
    id: "farewell-words",
    what: "The words with which a server ends a connection that is idle, or whose line is too long.",
    why: "Google says that a session that is over is closed with a message, and not what it says.",
    page: SESSIONS,
    matters: "What the error of a broken login quotes; it is told as a lost connection either way.",
    see: "`openssl s_client -quiet -crlf -connect imap.gmail.com:993` (also `pop.gmail.com:995`, `smtp.gmail.com:465`), and wait, or send a line of 100,000 letters.",
  },
  {
    id: "smtp-error-words",
    what: "The words of SMTP for syntax, sequence, size and recipients that are refused.",
    why: "Google's page lists codes and texts and not which command gets which.",
    page: SMTP_ERRORS,
    matters: "What the error of a test message quotes. gmailsync goes by the code.",
    see: "`openssl s_client -quiet -crlf -connect smtp.gmail.com:465`, log in, and send `MAIL x`, `DATA` and `RCPT TO:<x>` out of turn.",
  },
  {
    id: "sending-limit-at-data",
    what: "An account over its daily limit logs in, and is refused at DATA with 550 5.4.5.",
    why: "Code and text are listed; at which command they come is not said.",
    page: SMTP_ERRORS,
    matters:
      "A login alone does not show the limit. Did it come at MAIL or at the login, a check without a test message would show it.",
    see: "It takes an account that has spent its limit: 2,000 messages a day in Workspace. Log in by SMTP, and send `MAIL`, `RCPT` and `DATA` by hand.",
  },
];
