import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { promisify } from "node:util";
import { OnLoopback } from "./on-loopback.ts";

export interface Leaf {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority for one test file, made with OpenSSL in a folder that goes with it. */
export class Authority implements AsyncDisposable {
  readonly pem: string;
  readonly #folder: string;

  private constructor(folder: string, pem: string) {
    this.#folder = folder;
    this.pem = pem;
  }

  static async make(): Promise<Authority> {
    const folder = await mkdtemp(join(tmpdir(), "gmailsync-authority-"));
    const subject = ["-subj", "/CN=Test authority", "-days", "2", "-keyout", "ca.key", "-out", "ca.pem"];
    await openssl(folder, ["req", "-x509", ...NEW_KEY, ...subject]);
    return new Authority(folder, await readFile(join(folder, "ca.pem"), "utf8"));
  }

  /** The file that holds `pem`. */
  get file(): string {
    return join(this.#folder, "ca.pem");
  }

  /** A server's certificate; with negative days one that has expired. */
  async leaf(hosts: readonly string[], days = 1): Promise<Leaf> {
    const names = hosts.map((host) => `DNS:${host}`).join(",");
    await writeFile(join(this.#folder, "names"), `subjectAltName=${names}`);
    await openssl(this.#folder, [
      "req",
      ...NEW_KEY,
      "-subj",
      `/CN=${hosts[0]}`,
      "-keyout",
      "leaf.key",
      "-out",
      "leaf.csr",
    ]);
    const signed = ["-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "names", "-out", "leaf.pem"];
    await openssl(this.#folder, ["x509", "-req", "-in", "leaf.csr", "-days", String(days), ...signed]);
    return leafIn(this.#folder);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

async function leafIn(folder: string): Promise<Leaf> {
  const [cert = "", key = ""] = await Promise.all(
    ["leaf.pem", "leaf.key"].map((file) => readFile(join(folder, file), "utf8")),
  );
  return { cert, key };
}

/** A server's certificate that nobody but itself has signed. */
export async function selfSigned(host: string, ...extensions: readonly string[]): Promise<Leaf> {
  const folder = await mkdtemp(join(tmpdir(), "gmailsync-self-signed-"));
  try {
    const added = ["basicConstraints=CA:FALSE", `subjectAltName=DNS:${host}`, ...extensions].flatMap((extension) => [
      "-addext",
      extension,
    ]);
    const files = ["-keyout", "leaf.key", "-out", "leaf.pem"];
    await openssl(folder, ["req", "-x509", ...NEW_KEY, "-subj", `/CN=${host}`, "-days", "2", ...files, ...added]);
    return await leafIn(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

/** Runs OpenSSL in a folder. */
export async function openssl(folder: string, args: readonly string[]): Promise<void> {
  await promisify(execFile)("openssl", args, { cwd: folder, timeout: 20_000 });
}

export interface Received {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Objects are sent as JSON, pieces as the other side takes them. */
  readonly body?: string | object | Readable;
}

/** `cut` breaks the connection instead of answering; `silent` never answers; `raw` is all that is sent before it ends. */
type Outcome = Reply | { readonly raw: string } | "cut" | "silent";
export type Handler = (request: Received) => Outcome | Promise<Outcome>;

export class HttpsServer extends OnLoopback {
  readonly requests: Received[] = [];
  /** Connections ever accepted. */
  connections = 0;
  handler: Handler;

  private constructor(leaf: Leaf, handler: Handler) {
    const server = createServer({ ...leaf, keepAlive: true });
    super(server);
    this.handler = handler;
    server.on("request", async (request, response) => {
      let body = "";
      for await (const part of request.setEncoding("utf8")) body += part;
      const url = new URL(request.url ?? "/", `https://${request.headers.host}`);
      const received = { method: request.method ?? "", url, headers: request.headers, body };
      this.requests.push(received);
      const reply = await this.handler(received);
      if (reply === "silent") return;
      if (reply === "cut") {
        request.socket.destroy();
        return;
      }
      if ("raw" in reply) {
        request.socket.end(reply.raw);
        return;
      }
      const { status, headers, body: said = "" } = reply;
      response.writeHead(status, headers);
      if (typeof said === "string") response.end(said);
      else if (said instanceof Readable) said.pipe(response);
      else response.end(JSON.stringify(said));
    });
    server.on("connection", () => this.connections++);
    server.on("tlsClientError", () => {});
  }

  static start(leaf: Leaf, handler: Handler): Promise<HttpsServer> {
    return new HttpsServer(leaf, handler).listening();
  }
}
