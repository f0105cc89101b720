import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { established, LineConnection, LineError } from "./line-connection.ts";
import { imapLogin } from "./login-imap.ts";
import { pop3Login } from "./login-pop3.ts";
import { smtpLogin } from "./login-smtp.ts";
import { type LoginCode, LoginFailure } from "./login-talk.ts";

export interface LoginTarget {
  readonly protocol: "imap" | "pop3" | "smtp";
  /** The server's name, which its certificate must carry. */
  readonly host: string;
  /** SMTP is TLS from the first byte on 465 and must offer STARTTLS on any other port; IMAP and POP3 always start with TLS. */
  readonly port: number;
  /** Where the socket goes. */
  readonly connect: { readonly host: string; readonly port: number };
  /** PEM of the only authority that is trusted. */
  readonly ca: string;
  readonly user: string;
  readonly accessToken: string;
  /** For the whole login. */
  readonly timeoutMs: number;
}

export type LoginResult =
  | { readonly ok: true }
  /** `message` is what the server said, or what went wrong: one line of at most 512 characters, without the token. */
  | { readonly ok: false; readonly code: LoginCode; readonly message: string };

const LOGINS = { imap: imapLogin, pop3: pop3Login, smtp: smtpLogin };

/** Logs in to a mailbox with an access token by XOAUTH2, as server-side synchronization does, and out again. */
export async function mailLogin(target: LoginTarget): Promise<LoginResult> {
  const end = performance.now() + target.timeoutMs;
  const left = () => Math.max(0, end - performance.now());
  const payload = Buffer.from(`user=${target.user}\x01auth=Bearer ${target.accessToken}\x01\x01`).toString("base64");
  let connection: LineConnection | undefined;
  try {
    if (/\p{Cc}/u.test(target.user + target.accessToken)) {
      throw new LoginFailure("INPUT", "User and access token must not contain control characters");
    }
    const secure = (plain: Socket) => secured(plain, target, left());
    const implicitTls = target.protocol !== "smtp" || target.port === 465;
    const plain = await connected(target, left());
    const opened = new LineConnection(implicitTls ? await secure(plain) : plain, left);
    connection = opened;
    const startTls = () => opened.upgrade(secure);
    await LOGINS[target.protocol]({ connection: opened, payload, secure: implicitTls, startTls });
    return { ok: true };
  } catch (error) {
    connection?.destroy();
    const { code, message } = failureOf(error, target);
    return { ok: false, code, message: printable(message, [payload, target.accessToken]) };
  } finally {
    await connection?.close();
  }
}

async function connected({ connect }: LoginTarget, timeoutMs: number): Promise<Socket> {
  return established(connectTcp(connect), "connect", timeoutMs).catch((error: unknown) => {
    throw error instanceof LineError ? error : new LoginFailure("CONNECTION", messageOf(error));
  });
}

async function secured(plain: Socket, { host, ca }: LoginTarget, timeoutMs: number): Promise<Socket> {
  const socket = connectTls({ socket: plain, servername: host, ca });
  return established(socket, "secureConnect", timeoutMs).catch((error: unknown) => {
    throw error instanceof LineError ? error : new LoginFailure("TLS", messageOf(error));
  });
}

/** Everything that may happen on the way is a result. A defect of the sandbox is not: it is thrown on. */
function failureOf(error: unknown, { host, port, timeoutMs }: LoginTarget): { code: LoginCode; message: string } {
  if (error instanceof LoginFailure) return error;
  if (!(error instanceof LineError)) throw error;
  const peer = `${host}:${port}`;
  if (error.problem === "timeout") return { code: "TIMEOUT", message: `${peer} did not answer within ${timeoutMs} ms` };
  if (error.problem === "closed") return { code: "CONNECTION", message: `${peer} closed the connection` };
  return { code: "PROTOCOL", message: `${peer} broke the protocol: ${error.problem}` };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function printable(text: string, secrets: readonly string[]): string {
  const masked = secrets.reduce((masking, secret) => (secret ? masking.replaceAll(secret, "[masked]") : masking), text);
  return masked
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(0, 512);
}
