import { quoted } from "../fault.ts";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import { type Answer, DIALECTS, type Dialect, foreign } from "./dialects.ts";
import { isTlsAtOnce, openSocket, reachable, secured } from "./peer.ts";
import type { MailCommand, MailPeer, MailProtocol } from "./protocol.ts";
import { ConversationFailure, MailFailure, MailRefusal, protocolFailure, type Reply } from "./reply.ts";
import { CHALLENGE_ANSWERS, initialResponse, mechanismOf, parseChallenge } from "./sasl.ts";
import { answerToTls } from "./tls-probe.ts";
import { Wire } from "./wire.ts";

/** Where a server is met, and how long that may take. */
export interface Meeting {
  readonly peer: MailPeer;
  readonly network: Network;
  readonly deadline: Deadline;
}

/** What a check logs in with: one token, once per protocol. */
export interface Login extends Meeting {
  readonly address: string;
  readonly accessToken: string;
}

/** What is done once the mailbox is logged in to: it is only looked at, or mail is sent or removed. */
export type MailEffect = "reads" | "writes";

/** How long a port that should speak first may be silent until it is tried whether it waits for TLS. */
const SILENCE_MS = 1000;
/** What OpenSSL finds in an answer that is no TLS. */
const NO_TLS =
  /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL|UNSUPPORTED_PROTOCOL)$/;

/**
 * Logs in by OAuth, with verified TLS before anything else, and does one piece of work; the connection is closed afterwards,
 * whatever happens. Throws a ConversationFailure; where `effect` must not be, a Fault before anything is done.
 */
export async function converse<T>(
  protocol: MailProtocol,
  login: Login,
  effect: MailEffect,
  work: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  const { address, accessToken } = login;
  login.network.permit(effect);
  // What cannot be sent is refused before there is a connection.
  const sendable = () => initialResponse("XOAUTH2", address, accessToken);
  return talk(protocol, login, sendable, async (conversation) => {
    await conversation.logIn(address, accessToken);
    return work(conversation);
  });
}

/** Meets the server up to verified TLS and its greeting, and goes again; nobody logs in. Throws a ConversationFailure. */
export async function greet(protocol: MailProtocol, meeting: Meeting): Promise<void> {
  meeting.network.permit("reads");
  await talk(
    protocol,
    meeting,
    () => {},
    (conversation) => conversation.meet(),
  );
}

async function talk<T>(
  protocol: MailProtocol,
  meeting: Meeting,
  before: () => unknown,
  work: (conversation: Conversation) => Promise<T>,
): Promise<T> {
  const { peer, deadline } = meeting;
  let conversation: Conversation | undefined;
  const over = () => conversation?.end(deadline.fault("The conversation"));
  deadline.signal.addEventListener("abort", over, { once: true });
  try {
    before();
    conversation = new Conversation(protocol, { ...meeting, peer: reachable(peer) });
    if (deadline.signal.aborted) over();
    const result = await work(conversation);
    conversation.close();
    return result;
  } catch (error) {
    const failure = new ConversationFailure(peer, conversation ?? NOWHERE, error);
    // Who has refused is left as politely as who has not: there are servers that count those who just go.
    if (error instanceof MailRefusal) conversation?.close();
    else conversation?.end(failure);
    throw failure;
  } finally {
    deadline.signal.removeEventListener("abort", over);
  }
}

const NOWHERE = { command: "connect", verb: "", connected: false } as const;

/** One talk with a mail server, command by command. */
export class Conversation {
  /** What was begun last, and what it is called in the protocol. */
  command: MailCommand = "connect";
  verb = "";
  /** Whether there is a connection at all. */
  connected = false;
  /** What the server said last that it can do, in upper case; undefined where it does not say. */
  capabilities: readonly string[] | undefined;
  readonly #protocol: MailProtocol;
  readonly #dialect: Dialect;
  readonly #meeting: Meeting;
  readonly #wire: Wire;
  #tag = 0;

  constructor(protocol: MailProtocol, meeting: Meeting) {
    this.#protocol = protocol;
    this.#dialect = DIALECTS[protocol];
    this.#meeting = meeting;
    this.#wire = new Wire(openSocket(meeting.peer, meeting.network));
  }

  /** Ends it at once, with an error for what is under way. */
  end(error: Error): void {
    this.#wire.end(error);
  }

  close(): void {
    this.#wire.close(this.#dialect.goodbye);
  }

  /** From the connection to the end of the login. */
  async logIn(address: string, accessToken: string): Promise<void> {
    await this.meet();
    await this.#authenticate(address, accessToken);
  }

  /** From the connection to what the server says, over TLS, that it can do. */
  async meet(): Promise<void> {
    await this.#wire.opened("connect");
    this.connected = true;
    const atOnce = isTlsAtOnce(this.#protocol, this.#meeting.peer);
    if (atOnce) await this.#beginTls();
    const greeting = this.#accept(await this.#greeting(atOnce));
    if (greeting.status === "PREAUTH") throw new MailFailure("PREAUTHENTICATED", "its greeting is PREAUTH");
    await this.askCapabilities();
    if (!atOnce) {
      await this.#startTls();
      await this.askCapabilities();
    }
  }

  async askCapabilities(): Promise<void> {
    const answer = await this.#ask("capability", this.#dialect.asksCapabilities, true);
    this.capabilities = this.#dialect.capabilities(answer);
    if (this.capabilities) this.#accept(answer);
  }

  /** Sends a command, and gives the reply that it has to have; throws the server's refusal. */
  async demand(command: MailCommand, line: string, verdict: "yes" | "more" = "yes"): Promise<Answer> {
    return this.#accept(await this.#ask(command, line), verdict);
  }

  /** Sends what the command before still needs. */
  async goOn(command: MailCommand, line: string): Promise<Answer> {
    return this.#accept(await this.#send(command, line));
  }

  #ask(command: MailCommand, line: string, list = false): Promise<Answer> {
    this.verb = /^(UID )?\S+/.exec(line)?.[0] ?? "";
    this.#tag++;
    return this.#send(command, this.#dialect.tagged ? `${this.#tag} ${line}` : line, list);
  }

  #send(command: MailCommand, line: string, list = false): Promise<Answer> {
    this.command = command;
    this.#wire.send(line);
    return this.#dialect.read(this.#wire, String(this.#tag), list);
  }

  #accept(answer: Answer, verdict: Answer["verdict"] = "yes", challenge?: Reply["challenge"]): Answer {
    const { status, text } = answer;
    const { command, verb } = this;
    if (answer.verdict === "no")
      throw new MailRefusal({ protocol: this.#protocol, command, verb, status, text, challenge });
    if (answer.verdict !== verdict) throw this.#unfitting(status);
    return answer;
  }

  /** TLS may be waited for where a greeting should come, which shows only when somebody begins with it. */
  async #greeting(secured: boolean): Promise<Answer> {
    this.command = "greeting";
    const greeting = this.#dialect.read(this.#wire, "*", false);
    if (secured) return greeting;
    const probe = new AbortController();
    return new Promise((resolve, reject) => {
      const silence = setTimeout(() => this.#whatSilenceMeans(probe.signal).catch(reject), SILENCE_MS);
      greeting.then(resolve, reject).finally(() => {
        clearTimeout(silence);
        probe.abort();
      });
    });
  }

  /** Throws what it means; a slow server is not told from one that is waited for in vain. */
  async #whatSilenceMeans(signal: AbortSignal): Promise<void> {
    const { peer, network } = this.#meeting;
    const said = await answerToTls(peer, network, signal);
    if (said === "tls") throw new MailFailure("TLS_AT_ONCE", "it says nothing in the clear, and answers TLS");
    if (said !== undefined && !this.#dialect.greeting.test(said)) throw foreign(this.#protocol, said);
  }

  async #startTls(): Promise<void> {
    const { startTls } = this.#dialect;
    if (this.capabilities?.includes(startTls) === false) {
      throw new MailFailure("TLS_NOT_OFFERED", `the server offers no ${startTls}`);
    }
    await this.demand("starttls", startTls);
    await this.#beginTls();
  }

  async #beginTls(): Promise<void> {
    const { peer, network } = this.#meeting;
    this.#wire.over((plain) => secured(plain, peer, network));
    try {
      await this.#wire.opened("secureConnect");
    } catch (error) {
      if (this.command !== "connect" || !(error instanceof Error) || !("code" in error)) throw error;
      throw NO_TLS.test(String(error.code)) ? new MailFailure("TLS_LATER", "it answers TLS in the clear") : error;
    }
  }

  /** One try: a token that was refused is refused for good. (RFC 7628 §3.2.3 for what follows a challenge) */
  async #authenticate(address: string, accessToken: string): Promise<void> {
    const dialect = this.#dialect;
    const offered = this.capabilities && dialect.mechanisms(this.capabilities);
    const mechanism = mechanismOf(offered ?? ["XOAUTH2"]);
    if (!mechanism) {
      throw new MailFailure(
        "NO_OAUTH",
        `it offers ${offered?.map((name) => quoted(name)).join(", ") || "no login at all"}`,
      );
    }
    const command = `${dialect.authenticates} ${mechanism}`;
    const token = initialResponse(mechanism, address, accessToken);
    const line = `${command} ${token}`;
    const atOnce = dialect.sendsTokenAtOnce(this.capabilities ?? [], line);
    if (!atOnce) await this.demand("auth", command, "more");
    const verdict = atOnce ? await this.#ask("token", line) : await this.#send("token", token);
    const more = verdict.verdict === "more";
    const challenge = more ? parseChallenge(verdict.text) : undefined;
    const last = more ? await this.#send("token", CHALLENGE_ANSWERS[mechanism]) : verdict;
    const { status } = this.#accept(last, "yes", challenge);
    if (status !== dialect.loggedIn) throw this.#unfitting(status);
  }

  /** An answer, but not one to what was asked. */
  #unfitting(status: string): MailFailure {
    return protocolFailure(`the server answers ${this.verb || "at once"} with ${status}`);
  }
}
