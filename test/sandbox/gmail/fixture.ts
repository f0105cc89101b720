import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type GmailServers, startGmail } from "../../../sandbox/gmail/servers.ts";
import {
  type AccessToken,
  type GmailAccount,
  type GoogleState,
  MAIL_SCOPE,
  SEED_CLIENT_ID,
} from "../../../sandbox/google/state.ts";
import { seedWorld } from "../../../sandbox/world/seed.ts";
import { Authority } from "../../provider/network/tls.ts";

export const ANNA = "anna@northwind.example";
export const TOKEN = "ya29.sandbox-token-of-anna";

/** Gmail's servers with a world in which anna has a good token. */
export class GmailFixture implements AsyncDisposable {
  readonly ca: string;
  readonly servers: GmailServers;
  state: GoogleState;
  readonly #authority: Authority;

  private constructor(authority: Authority, servers: GmailServers, state: GoogleState) {
    this.#authority = authority;
    this.ca = authority.pem;
    this.servers = servers;
    this.state = state;
  }

  static async start(): Promise<GmailFixture> {
    const authority = await Authority.make();
    const leaf = await authority.leaf(["imap.gmail.com", "pop.gmail.com", "smtp.gmail.com"]);
    const servers = await startGmail({ state: () => fixture.state, tls: () => leaf, meet: (_, work) => work() });
    const fixture = new GmailFixture(authority, servers, freshWorld());
    return fixture;
  }

  /** A world as if nothing had happened. */
  reset(): void {
    this.state = freshWorld();
  }

  get anna(): GmailAccount {
    const account = this.state.accounts.find(({ address }) => address === ANNA);
    if (account === undefined) throw new Error("The seed has no anna.");
    return account;
  }

  /** Adds a token that would be good but for the changes, and gives its text. */
  addToken(changes: Partial<AccessToken>): string {
    const token = { ...goodToken(), ...changes };
    this.state.tokens.push(token);
    return token.token;
  }

  address(service: string): { host: string; port: number } {
    const [host = "", port] = this.servers.connectTo[service]?.split(":") ?? [];
    return { host, port: Number(port) };
  }

  /** A connection to one of the services, for example `imap.gmail.com:993`, that has not read the greeting yet. */
  async open(service: string): Promise<RawClient> {
    const plain = connectTcp(this.address(service));
    await once(plain, "connect");
    const client = new RawClient(plain);
    if (!service.endsWith(":587")) await client.startTls(service.split(":")[0] ?? "", this.ca);
    return client;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.servers.close();
    await this.#authority[Symbol.asyncDispose]();
  }
}

function freshWorld(): GoogleState {
  const seed = seedWorld(0).google;
  return { ...seed, tokens: [goodToken()] };
}

function goodToken(): AccessToken {
  const expiresAt = Date.now() + 3_600_000;
  return { token: TOKEN, address: ANNA, scope: MAIL_SCOPE, clientId: SEED_CLIENT_ID, expiresAt };
}

/** A client without manners: it sends what it is told and keeps what it gets. */
export class RawClient implements Disposable {
  socket: Socket;
  received = "";
  #read = 0;

  constructor(socket: Socket) {
    this.socket = socket;
    this.#listen();
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Sends a line and gives what comes back, up to and with the line that matches. */
  async ask(line: string, last: RegExp): Promise<string> {
    this.send(`${line}\r\n`);
    return this.until(last);
  }

  /** What has come since the last call, up to and with the line that matches. Fails when the server closes before. */
  async until(last: RegExp): Promise<string> {
    for (;;) {
      const text = this.received.slice(this.#read);
      const line = text.split(/(?<=\n)/).find((candidate) => candidate.endsWith("\n") && last.test(candidate));
      if (line !== undefined) {
        const end = text.indexOf(line) + line.length;
        this.#read += end;
        return text.slice(0, end);
      }
      if (this.socket.destroyed) throw new Error(`closed before ${last}, after: ${text}`);
      await this.#news();
    }
  }

  /** Waits until the server has closed, and gives all it ever said. */
  async closed(): Promise<string> {
    while (!this.socket.destroyed) await this.#news();
    return this.received;
  }

  async startTls(servername: string, ca: string): Promise<void> {
    this.socket.removeAllListeners("data");
    this.socket = connectTls({ socket: this.socket, servername, ca });
    this.#listen();
    await once(this.socket, "secureConnect");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
  }

  #wake: () => void = () => {};

  #listen(): void {
    const { socket } = this;
    socket.on("error", () => {});
    socket.on("close", () => this.#wake());
    socket.setEncoding("latin1").on("data", (text: string) => {
      this.received += text;
      this.#wake();
    });
  }

  async #news(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }
}

export function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

export function xoauth2(user: string = ANNA, token: string = TOKEN): string {
  return base64(`user=${user}\x01auth=Bearer ${token}\x01\x01`);
}

export function oauthBearer(user: string = ANNA, token: string = TOKEN): string {
  return base64(`n,a=${user},\x01host=imap.gmail.com\x01port=993\x01auth=Bearer ${token}\x01\x01`);
}

/** What Gmail asks before it refuses a token. */
export const CHALLENGE = base64('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}');
