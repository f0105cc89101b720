import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Lab } from "./lab.ts";

const replyLimit = 15_000;
const lineLimit = 64 * 1024;

/** A conversation in lines with one server, so that tests see what is really on the wire. */
export interface Dialogue {
  readLine(): Promise<string>;
  send(line: string): void;
  /** Goes on over TLS in the same connection (STARTTLS). */
  secure(): Promise<void>;
  close(): void;
}

/** Connects to Gmail's "host:port" as the laboratory maps it; TLS from the start on every port but 587. */
export async function openDialogue(lab: Lab, endpoint: string): Promise<Dialogue> {
  const target = lab.connectTo[endpoint];
  if (target === undefined) throw new Error(`the laboratory has no ${endpoint}`);
  const [host = "", port] = target.split(":");
  const servername = endpoint.split(":")[0] ?? "";

  let socket: Socket = connect({ host, port: Number(port) });
  let buffered = "";
  let failure: Error | undefined;
  let wake = () => {};
  const onData = (chunk: string) => {
    buffered += chunk;
    wake();
  };
  const fail = (error: Error) => {
    failure ??= error;
    wake();
  };
  const onClose = () => fail(new Error("connection closed"));
  const adopt = (next: Socket) => {
    socket = next;
    socket.setEncoding("latin1").on("data", onData).on("error", fail).on("close", onClose);
  };

  async function secure(): Promise<void> {
    socket.off("data", onData).off("close", onClose);
    const secured = connectTls({ socket, servername, ca: lab.ca });
    await once(secured, "secureConnect", { signal: AbortSignal.timeout(replyLimit) });
    adopt(secured);
  }

  async function readLine(): Promise<string> {
    const end = performance.now() + replyLimit;
    for (;;) {
      const length = buffered.indexOf("\r\n");
      if (length >= 0) {
        const line = buffered.slice(0, length);
        buffered = buffered.slice(length + 2);
        return line;
      }
      if (failure) throw failure;
      if (buffered.length > lineLimit) throw new Error(`${endpoint} sent a line of more than ${lineLimit} octets`);
      const left = end - performance.now();
      if (left <= 0) throw new Error(`${endpoint} sent no line within ${replyLimit} ms`);
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, left);
      wake = resolve;
      await promise;
      clearTimeout(timer);
    }
  }

  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(replyLimit) });
    if (endpoint.endsWith(":587")) adopt(socket);
    else await secure();
  } catch (error) {
    socket.destroy();
    throw error;
  }
  return { readLine, send: (line) => void socket.write(`${line}\r\n`), secure, close: () => void socket.destroy() };
}
