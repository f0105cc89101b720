import { type AccountCondition, type GmailAccount, type GoogleState, MAIL_SCOPE } from "../google/state.ts";
import type { Presented } from "./sasl.ts";

export type Protocol = "imap" | "pop3" | "smtp";

/** Gmail's answers in its own words, without tag or `-ERR`. The refusal of a token comes after a challenge. */
export interface Refusal {
  readonly text: string;
  readonly challenged?: boolean;
  /** Comes before the answer: IMAP's untagged `NO`. */
  readonly untagged?: string;
  /** POP3: the login is accepted, and STAT refused. */
  readonly atStat?: boolean;
}

export interface Accepted {
  readonly account: GmailAccount;
}

export type Verdict = Accepted | Refusal;

type Texts = Readonly<Record<Protocol, Refusal | undefined>>;

const SETTINGS = "Please visit your Gmail settings page and enable your account for";

const TOKEN_REFUSED: Texts = {
  imap: { text: "[AUTHENTICATIONFAILED] Invalid credentials (Failure)", challenged: true },
  pop3: { text: "[AUTH] Username and password not accepted.", challenged: true },
  smtp: {
    text: "535-5.7.8 Username and Password not accepted. For more information, go to\r\n535 5.7.8  https://support.google.com/mail/?p=BadCredentials sandbox - gsmtp",
    challenged: true,
  },
};

const OFF_BY_USER: Texts = {
  imap: { text: `[ALERT] Your account is not enabled for IMAP use. ${SETTINGS} IMAP access. (Failure)` },
  pop3: { text: `[SYS/PERM] Your account is not enabled for POP access. ${SETTINGS} POP access.`, atStat: true },
  smtp: undefined,
};

const OFF_BY_ADMIN: Texts = {
  imap: {
    text: "[ALERT] IMAP access is disabled for your domain. Please contact your domain administrator for questions about this feature. (Failure)",
  },
  // Assumption: the same words for POP; only IMAP's are known.
  pop3: { text: "[SYS/PERM] POP access is disabled for your domain. Please contact your domain administrator." },
  smtp: undefined,
};

const CONDITIONS: Readonly<Record<Exclude<AccountCondition, "ok">, Texts>> = {
  "web-login-required": {
    imap: {
      text: "[ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)",
      untagged: "NO [WEBALERT https://accounts.google.com/signin/continue?sandbox] Web login required.",
    },
    // Assumption: what POP3 says in this case is not known.
    pop3: { text: "[AUTH] Web login required: https://support.google.com/mail/answer/78754" },
    smtp: {
      text: "534-5.7.14 <https://accounts.google.com/signin/continue?sandbox> Please log in via your web\r\n534-5.7.14 browser and then try again.\r\n534 5.7.14 Please log in via your web browser and then try again. sandbox - gsmtp",
    },
  },
  "too-many-connections": {
    imap: { text: "[ALERT] Too many simultaneous connections. (Failure)" },
    // Assumption: RFC 2449 response code; Gmail's words are not known.
    pop3: { text: "[IN-USE] Too many simultaneous connections." },
    smtp: {
      text: "454-4.7.0 Too many login attempts, please try again later. sandbox - gsmtp\r\n454 4.7.0 Too many login attempts, please try again later.",
    },
  },
  "over-quota": {
    imap: { text: "[OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)" },
    pop3: { text: "[SYS/TEMP] Account exceeded bandwidth limits." },
    smtp: undefined,
  },
  "sending-limit": { imap: undefined, pop3: undefined, smtp: undefined },
  unavailable: {
    imap: { text: "[UNAVAILABLE] Temporary System Error (Failure)" },
    pop3: { text: "[SYS/TEMP] Temporary system problem. Please try again later." },
    smtp: { text: "454 4.7.0 Cannot authenticate due to temporary system problem. Try again later. sandbox - gsmtp" },
  },
};

/** What Gmail would say to this login. Wrong token, scope and user are one and the same refusal. */
export function judge(state: GoogleState, protocol: Protocol, presented: Presented | undefined): Verdict {
  const user = presented?.user.toLowerCase();
  const account = state.accounts.find(({ address }) => address.toLowerCase() === user);
  const token = state.tokens.find((candidate) => candidate.token === presented?.token);
  const good =
    token &&
    token.expiresAt > Date.now() &&
    token.address.toLowerCase() === user &&
    token.scope.split(" ").includes(MAIL_SCOPE);
  if (!account || !good) return TOKEN_REFUSED[protocol] ?? { text: "refused" };
  const setting = protocol === "imap" ? account.imap : protocol === "pop3" ? account.pop : "on";
  const refusal =
    (setting === "off-by-user" ? OFF_BY_USER : setting === "off-by-admin" ? OFF_BY_ADMIN : undefined)?.[protocol] ??
    (account.condition === "ok" ? undefined : CONDITIONS[account.condition][protocol]);
  return refusal ?? { account };
}
