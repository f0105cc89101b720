import { Fault } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { classify, isRetried, type MailProblem } from "./classification.ts";
import { type Conversation, converse } from "./conversation.ts";
import type { MailPeer, MailProtocol } from "./protocol.ts";
import { roundTrip } from "./round-trip.ts";

/** What one protocol's login showed. A failure is a result, not an error. */
export interface MailCheck {
  readonly protocol: MailProtocol;
  readonly problem: MailProblem | undefined;
  /** Milliseconds of the last attempt. */
  readonly ms: number;
  readonly attempts: number;
}

export interface MailCheckOptions {
  readonly address: string;
  readonly accessToken: string;
  readonly servers: Partial<Readonly<Record<MailProtocol, MailPeer>>>;
  readonly network: Network;
  readonly deadline: Deadline;
}

/**
 * What shows that a login is worth something: the inbox is opened to be looked at only, as Gmail takes the login of an account whose POP
 * is switched off and refuses STAT. Nothing is fetched: an account may be set to archive or delete what was.
 */
const PROOFS: Readonly<Record<MailProtocol, (conversation: Conversation) => Promise<unknown>>> = {
  imap: (conversation) => conversation.demand("inbox", "EXAMINE INBOX"),
  pop3: (conversation) => conversation.demand("inbox", "STAT"),
  smtp: async () => {},
};

/** Longest time one attempt may take, in milliseconds. */
const ATTEMPT_LIMIT_MS = 25_000;
const ATTEMPTS = 3;
const FIRST_PAUSE_MS = 1000;
/** Longest time for a message to come back. */
const ROUND_TRIP_LIMIT_MS = 60_000;

/**
 * Logs in to each server with the mailbox's own token, side by side, within one deadline. A refused token is tried once;
 * only problems that pass by themselves are tried again. Cancellation is thrown, everything else is a result.
 */
export async function checkMail(options: MailCheckOptions): Promise<readonly MailCheck[]> {
  const protocols = (["imap", "pop3", "smtp"] as const).filter((protocol) => options.servers[protocol] !== undefined);
  return Promise.all(
    protocols.flatMap((protocol) => {
      const peer = options.servers[protocol];
      return peer ? [checkOne(protocol, peer, options)] : [];
    }),
  );
}

async function checkOne(protocol: MailProtocol, peer: MailPeer, options: MailCheckOptions): Promise<MailCheck> {
  const { address, accessToken, network, deadline } = options;
  for (let attempts = 1; ; attempts++) {
    const soon = deadline.sooner(ATTEMPT_LIMIT_MS);
    const started = performance.now();
    let problem: MailProblem | undefined;
    try {
      await converse(protocol, { peer, address, accessToken, network, deadline: soon }, "reads", PROOFS[protocol]);
    } catch (error) {
      if (deadline.cancelled) throw deadline.fault(`Checking ${address}`);
      problem = classify(error);
    } finally {
      soon[Symbol.dispose]();
    }
    const ms = Math.round(performance.now() - started);
    const pause = FIRST_PAUSE_MS * 2 ** (attempts - 1);
    const again = problem && isRetried(problem) && attempts < ATTEMPTS && deadline.remaining > 2 * pause;
    if (!again) return { protocol, problem, ms, attempts };
    await rest(deadline, pause, `Checking ${address} at ${peer.host}:${peer.port} again`);
  }
}

/**
 * One message of the mailbox to itself, found again and removed: see `roundTrip`. **Sends mail.** Tried once; a refused or
 * lost message is a result, that nothing may be written an error.
 */
export async function checkRoundTrip(
  options: Omit<MailCheckOptions, "servers">,
  servers: { readonly imap: MailPeer; readonly smtp: MailPeer },
): Promise<{ readonly problem: MailProblem | undefined; readonly ms: number }> {
  const { address, network, deadline } = options;
  network.permit("writes");
  network.journal?.note({ organization: servers.smtp.host, row: address, test: "round trip" });
  const soon = deadline.sooner(ROUND_TRIP_LIMIT_MS);
  const started = performance.now();
  try {
    return { problem: undefined, ms: await roundTrip({ ...options, deadline: soon }, servers) };
  } catch (error) {
    if (deadline.cancelled) throw deadline.fault(`Checking ${address}`);
    const problem = classify(error);
    return { problem, ms: Math.round(performance.now() - started) };
  } finally {
    soon[Symbol.dispose]();
  }
}

async function rest(deadline: Deadline, pause: number, what: string): Promise<void> {
  try {
    await deadline.sleep(pause, what);
  } catch (error) {
    if (!(error instanceof Fault) || deadline.cancelled) throw error;
  }
}
