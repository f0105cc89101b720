import { expect, test } from "vitest";
import { rowOf } from "../../provider/codes/codes.ts";
import { checkMail, checkRoundTrip, type MailCheckOptions } from "../../provider/mail/check.ts";
import type { MailProblem } from "../../provider/mail/classification.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { describeOthers } from "./describe-live.ts";
import type { TokenKind } from "./introspection.ts";
import type { ServedPort } from "./other-servers.ts";

/** Too short for another attempt. */
const ONE_ATTEMPT_MS = 1900;
const PATIENT_MS = 20_000;

const IMAP = { host: "imap.gmail.com", port: 993 };
const SMTP = { host: "smtp.gmail.com", port: 587 };
const SMTPS = { host: "smtp.gmail.com", port: 465 };

interface Where {
  readonly served: Readonly<Partial<Record<string, ServedPort>>>;
  readonly servers: MailCheckOptions["servers"];
}

/** GreenMail with TLS from the start and without any, and Exim on each of its ports. */
const WHERE = {
  GreenMail: {
    served: {
      "imap.gmail.com:993": "greenmail imaps",
      "pop.gmail.com:995": "greenmail pop3s",
      "smtp.gmail.com:465": "greenmail smtps",
    },
    servers: { imap: IMAP, pop3: { host: "pop.gmail.com", port: 995 }, smtp: SMTPS },
  },
  "GreenMail in the clear": {
    served: {
      "imap.gmail.com:143": "greenmail imap",
      "pop.gmail.com:110": "greenmail pop3",
      "smtp.gmail.com:587": "greenmail smtp",
    },
    servers: { imap: { ...IMAP, port: 143 }, pop3: { host: "pop.gmail.com", port: 110 }, smtp: SMTP },
  },
  "GreenMail with TLS where STARTTLS is expected": {
    served: {
      "imap.gmail.com:143": "greenmail imaps",
      "pop.gmail.com:110": "greenmail pop3s",
      "smtp.gmail.com:587": "greenmail smtps",
    },
    servers: { imap: { ...IMAP, port: 143 }, pop3: { host: "pop.gmail.com", port: 110 }, smtp: SMTP },
  },
  "GreenMail in the clear where TLS is expected": {
    served: {
      "imap.gmail.com:993": "greenmail imap",
      "pop.gmail.com:995": "greenmail pop3",
      "smtp.gmail.com:465": "greenmail smtp",
    },
    servers: { imap: IMAP, pop3: { host: "pop.gmail.com", port: 995 }, smtp: SMTPS },
  },
  "Exim with STARTTLS": { served: { "smtp.gmail.com:587": "exim submission" }, servers: { smtp: SMTP } },
  "Exim with TLS from the start": { served: { "smtp.gmail.com:465": "exim submissions" }, servers: { smtp: SMTPS } },
  "Exim with a list of hosts": { served: { "smtp.gmail.com:587": "exim blocking" }, servers: { smtp: SMTP } },
  "Exim with a list of names": { served: { "smtp.gmail.com:587": "exim rejectingHelo" }, servers: { smtp: SMTP } },
  "Exim that greets late": { served: { "smtp.gmail.com:587": "exim slow" }, servers: { smtp: SMTP } },
  "Exim without STARTTLS": { served: { "smtp.gmail.com:587": "exim stripped" }, servers: { smtp: SMTP } },
} as const satisfies Readonly<Record<string, Where>>;

interface Case {
  readonly token: TokenKind;
  readonly at: keyof typeof WHERE;
  readonly provider: "up" | "down";
  /** Of every protocol that is served; `ok`, or class and code. */
  readonly verdict: string;
  readonly said?: RegExp;
}

const REFUSED = "authentication TOKEN_REFUSED";
const kinds = ["expired", "other-user", "wrong-scope"] as const;
const tokens = (at: Case["at"], said: RegExp): readonly Case[] => [
  { at, token: "good", provider: "up", verdict: "ok" },
  ...kinds.map((token) => ({ at, token, provider: "up" as const, verdict: REFUSED, said })),
];
const good = { token: "good", provider: "up" } as const;

const CASES: readonly Case[] = [
  ...tokens("GreenMail", /NO AUTHENTICATE failed|-ERR Authentication failed|535 5\.7\.8 Authentication cred/),
  { at: "GreenMail in the clear", ...good, verdict: "protocol TLS_NOT_OFFERED", said: /offers no (STARTTLS|STLS)$/ },
  { at: "GreenMail in the clear where TLS is expected", ...good, verdict: "protocol TLS_LATER" },
  { at: "GreenMail with TLS where STARTTLS is expected", ...good, verdict: "protocol TLS_AT_ONCE" },
  ...tokens("Exim with STARTTLS", /: 535 Incorrect authentication data$/),
  ...tokens("Exim with TLS from the start", /: 535 Incorrect authentication data$/),
  {
    at: "Exim with STARTTLS",
    token: "good",
    provider: "down",
    verdict: "transient TEMPORARY",
    said: /: 435 Unable to authenticate at present/,
  },
  {
    at: "Exim with a list of hosts",
    ...good,
    verdict: "policy NETWORK_BLOCKED",
    said: /before any login: 550 Your/,
  },
  { at: "Exim with a list of names", ...good, verdict: "policy NETWORK_BLOCKED", said: /to EHLO: 550 HELO rej/ },
  { at: "Exim that greets late", ...good, verdict: "ok" },
  { at: "Exim without STARTTLS", ...good, verdict: "protocol TLS_NOT_OFFERED", said: /offers no STARTTLS$/ },
];

/** Sent by one, found again at GreenMail. */
const ROUND_TRIPS = [
  { by: "GreenMail", smtp: SMTPS, served: "greenmail smtps", verdict: "ok" },
  { by: "Exim with STARTTLS", smtp: SMTP, served: "exim submission", verdict: "ok" },
  { by: "Exim with TLS from the start", smtp: SMTPS, served: "exim submissions", verdict: "ok" },
  {
    by: "Exim that puts off what it has not seen before",
    smtp: SMTP,
    served: "exim greylisting",
    verdict: "transient TEMPORARY",
  },
  { by: "Exim with a list of hosts", smtp: SMTP, served: "exim blocking", verdict: "policy NETWORK_BLOCKED" },
] as const;

const verdictOf = (problem: MailProblem | undefined) =>
  problem ? `${rowOf(problem.code).class} ${problem.code}` : "ok";

describeOthers("our checks against real GreenMail and Exim", (lab) => {
  /** With what the servers are called at Gmail, and a deadline. */
  async function at<T>(
    served: Where["served"],
    milliseconds: number,
    work: (options: Pick<MailCheckOptions, "address" | "network" | "deadline">) => Promise<T>,
  ): Promise<T> {
    const { address, caFile } = lab();
    const network = new Network({ connectTo: lab().connectTo(served), caFile }, {});
    const deadline = Deadline.after(milliseconds);
    try {
      return await work({ address, network, deadline });
    } finally {
      deadline[Symbol.dispose]();
      await network.close();
    }
  }

  test.each(CASES)("show the $token token at $at, identity provider $provider, as $verdict", async (its) => {
    const { served, servers } = WHERE[its.at];
    const accessToken = lab().token(its.token);
    // What waits for TLS shows it after a second of silence.
    const limit = its.verdict === "transient TEMPORARY" ? ONE_ATTEMPT_MS : PATIENT_MS;
    lab().setIdentityProvider(its.provider);
    const checks = await at(served, limit, (options) => checkMail({ ...options, accessToken, servers }));
    expect(checks.map(({ protocol }) => protocol)).toEqual(Object.keys(servers));
    for (const { problem } of checks) {
      expect(verdictOf(problem), problem?.said).toBe(its.verdict);
      if (its.said) expect(problem?.said).toMatch(its.said);
    }
    expect(JSON.stringify(checks)).not.toContain(accessToken);
  });

  test.each(ROUND_TRIPS)("show a message sent by $by and found at GreenMail as $verdict", async (its) => {
    const served = {
      "imap.gmail.com:993": "greenmail imaps",
      [`smtp.gmail.com:${its.smtp.port}`]: its.served,
    } as const;
    lab().setIdentityProvider("up");
    const { problem } = await at(served, PATIENT_MS, (options) =>
      checkRoundTrip({ ...options, accessToken: lab().token("good") }, { imap: IMAP, smtp: its.smtp }),
    );
    expect(verdictOf(problem), problem?.said).toBe(its.verdict);
  });
});
