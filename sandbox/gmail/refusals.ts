import type { AccessSetting, AccountCondition } from "../google/state.ts";

export type Protocol = "imap" | "pop3" | "smtp";

/** Why a login fails; accounts come into some of these by themselves. */
export type LoginRefusal =
  | "bad-credentials"
  | "password-given"
  | "malformed"
  | "cancelled"
  | "imap-off-by-user"
  | "imap-off-by-admin"
  | Exclude<AccountCondition, "ok" | "sending-limit">;

/**
 * The lines of a reply without IMAP's tag, which goes before the last one, and without SMTP's ` <id> - gsmtp`, which goes
 * after it. Undefined: this protocol does not mind.
 */
type Replies = Readonly<Record<Protocol, readonly string[] | undefined>>;

const WEB_LOGIN = "https://support.google.com/mail/accounts/answer/78754";
const APP_PASSWORDS = "https://support.google.com/accounts/answer/185833";

// Nobody has published a capture of "malformed", "cancelled", "over-quota" and "unavailable", nor of POP3 but bad credentials.
// Assumption: login-refusal-words.
const REFUSALS: Readonly<Record<LoginRefusal, Replies>> = {
  "bad-credentials": {
    imap: ["NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)"],
    pop3: ["-ERR [AUTH] Username and password not accepted."],
    smtp: [
      "535-5.7.8 Username and Password not accepted. For more information, go to",
      "535 5.7.8  https://support.google.com/mail/?p=BadCredentials",
    ],
  },
  "password-given": {
    imap: [`NO [ALERT] Application-specific password required: ${APP_PASSWORDS} (Failure)`],
    pop3: [`-ERR [AUTH] Application-specific password required: ${APP_PASSWORDS}`],
    smtp: [
      "534-5.7.9 Application-specific password required. For more information, go to",
      "534 5.7.9  https://support.google.com/mail/?p=InvalidSecondFactor",
    ],
  },
  malformed: {
    imap: ["BAD Invalid SASL argument."],
    pop3: ["-ERR Malformed AUTH command."],
    smtp: ["501 5.5.2 Cannot Decode response"],
  },
  cancelled: {
    imap: ["BAD Authentication cancelled."],
    pop3: ["-ERR Authentication cancelled."],
    smtp: ["501 5.7.0 Authentication cancelled"],
  },
  "imap-off-by-user": {
    imap: [
      "NO [ALERT] Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    ],
    pop3: undefined,
    smtp: undefined,
  },
  "imap-off-by-admin": {
    imap: [
      "NO [ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
    ],
    pop3: undefined,
    smtp: undefined,
  },
  "web-login-required": {
    imap: [
      `* NO [WEBALERT ${WEB_LOGIN}] Web login required.`,
      `NO [ALERT] Please log in via your web browser: ${WEB_LOGIN} (Failure)`,
    ],
    pop3: [`-ERR [AUTH] Web login required: ${WEB_LOGIN}`],
    smtp: [
      "534-5.7.14 <https://accounts.google.com/signin/continue?sandbox>",
      "534 5.7.14 Please log in via your web browser and then try again.",
    ],
  },
  "too-many-connections": {
    imap: ["NO [ALERT] Too many simultaneous connections. (Failure)"],
    pop3: ["-ERR [IN-USE] Too many simultaneous connections."],
    smtp: [
      "454-4.7.0 Too many login attempts, please try again later. For more information, go to",
      "454 4.7.0  https://support.google.com/mail/answer/7126229",
    ],
  },
  "over-quota": {
    imap: ["NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)"],
    pop3: ["-ERR [SYS/TEMP] Account exceeded command or bandwidth limits."],
    smtp: undefined,
  },
  unavailable: {
    imap: ["NO [UNAVAILABLE] Temporary System Error (Failure)"],
    pop3: ["-ERR [SYS/TEMP] Temporary system problem. Please try again later."],
    smtp: ["454 4.7.0 Cannot authenticate due to temporary system problem"],
  },
};

export function refusalLines(refusal: LoginRefusal, protocol: Protocol): readonly string[] | undefined {
  return REFUSALS[refusal][protocol];
}

/** Gmail shows this only after an accepted login, in reply to STAT and its like. */
export const POP_REFUSALS: Readonly<Record<Exclude<AccessSetting, "on">, string>> = {
  "off-by-user":
    "-ERR [SYS/PERM] Your account is not enabled for POP access. Please visit your Gmail settings page and enable your account for POP access.",
  // Assumption: pop-forbidden-words.
  "off-by-admin":
    "-ERR [SYS/PERM] POP access is disabled for your domain. Please contact your domain administrator for questions about this feature.",
};
