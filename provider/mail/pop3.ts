import type { Socket } from "node:net";
import type { Login } from "./login.ts";
import {
  CHALLENGE_ANSWERS,
  type Challenge,
  initialResponse,
  MailProtocolError,
  MailRefusal,
  mechanismOf,
  parseChallenge,
} from "./reply.ts";
import { closedEarly, openSocket, untilOpen, Watch } from "./socket.ts";

/** Longest line and longest list that are taken. */
const LINE_LIMIT = 64 * 1024;
const LIST_LIMIT = 200;

/**
 * Logs in by OAuth in two steps and asks for STAT, because a mailbox with POP switched off takes the login and refuses
 * only that. Never RETR, DELE or TOP: the account may be set to archive or delete what was fetched. (RFC 1939, RFC 5034)
 */
export async function checkPop3({ peer, address, accessToken, network, deadline }: Login): Promise<void> {
  // Refuses what cannot be sent before there is a connection.
  initialResponse("XOAUTH2", address, accessToken);
  const socket = openSocket(peer, true, "reads", network);
  const watch = new Watch(socket, deadline, `Logging in to ${peer.host}`);
  try {
    await untilOpen(socket, "secureConnect");
    const lines = new Lines(socket);
    await lines.ok("greeting");
    lines.send("CAPA");
    const capabilities = (await lines.next()).startsWith("+OK") ? await lines.list() : [];
    const mechanism = mechanismOf(
      capabilities
        .find((line) => /^SASL /i.test(line))
        ?.toUpperCase()
        .split(" ") ?? [],
    );
    lines.send(`AUTH ${mechanism}`);
    await lines.continuation();
    lines.send(initialResponse(mechanism, address, accessToken));
    let challenge: Challenge | undefined;
    let verdict = await lines.next();
    if (verdict.startsWith("+ ")) {
      challenge = parseChallenge(verdict.slice(2).trim());
      lines.send(CHALLENGE_ANSWERS[mechanism]);
      verdict = await lines.next();
    }
    requireOk(verdict, challenge);
    lines.send("STAT");
    await lines.ok("STAT");
    lines.send("QUIT");
  } catch (error) {
    throw watch.failure ?? error;
  } finally {
    watch.stop();
    socket.destroy();
  }
}

function requireOk(line: string, challenge?: Challenge): void {
  if (line.startsWith("+OK")) return;
  if (!line.startsWith("-ERR")) throw new MailProtocolError("the server's reply is none of POP3");
  throw new MailRefusal({ protocol: "pop3", status: "-ERR", text: line.slice(4).trim(), challenge });
}

/** A socket read line by line, bounded; the end of the connection is an error to whoever waits. */
class Lines {
  readonly #socket: Socket;
  readonly #ready: string[] = [];
  #rest = "";
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("error", (error) => this.#end(error));
    socket.on("close", () => this.#end(closedEarly()));
  }

  send(line: string): void {
    this.#socket.write(`${line}\r\n`);
  }

  async next(): Promise<string> {
    for (;;) {
      const line = this.#ready.shift();
      if (line !== undefined) return line;
      if (this.#failure) throw this.#failure;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async ok(what: string): Promise<void> {
    const line = await this.next();
    if (what === "greeting" && !/^(\+OK|-ERR)/.test(line))
      throw new MailProtocolError("the server's greeting is none of POP3");
    requireOk(line);
  }

  async continuation(): Promise<void> {
    const line = await this.next();
    if (!line.startsWith("+")) requireOk(line);
  }

  /** The lines up to a single full stop. */
  async list(): Promise<string[]> {
    const list: string[] = [];
    for (let line = await this.next(); line !== "."; line = await this.next()) {
      if (list.push(line) > LIST_LIMIT) throw new MailProtocolError("the server's list has no end");
    }
    return list;
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split(/\r?\n/);
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > LINE_LIMIT || lines.some((line) => line.length > LINE_LIMIT)) {
      this.#end(new MailProtocolError("a line of the server is longer than 64 KiB"));
      this.#socket.destroy();
      return;
    }
    this.#ready.push(...lines);
    this.#wake();
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#wake();
  }
}
