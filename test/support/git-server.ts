import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { join } from "node:path";
import { promisify } from "node:util";
import { ConnectProxy } from "../provider/network/connect-proxy.ts";
import { portOf } from "../provider/network/on-loopback.ts";
import { Authority } from "../provider/network/tls.ts";
import { ROOT } from "./package.ts";
import { atEnd, temporaryDirectory } from "./sandbox.ts";

const run = promisify(execFile);

/**
 * Serves the files of this clone as the repository at that URL, as git does (`git http-backend`), on loopback; the environment that leads
 * programs in Go there.
 */
export async function gitServer(url: string): Promise<NodeJS.ProcessEnv> {
  const { hostname, pathname } = new URL(url);
  const root = temporaryDirectory();
  await commitTo(join(root, `${pathname}.git`));
  const authority = await Authority.make();
  const server = createServer(await authority.leaf([hostname]), (request, response) => serve(root, request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await ConnectProxy.start(portOf(server.address()));
  atEnd(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
    await authority[Symbol.asyncDispose]();
  });
  return { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, SSL_CERT_FILE: authority.file };
}

/** What is there, committed or not, but nothing that git ignores. */
async function commitTo(repository: string): Promise<void> {
  await run("git", ["init", "--bare", "--quiet", "--initial-branch=main", repository]);
  const git = (...args: readonly string[]) =>
    run("git", ["--git-dir", repository, "--work-tree", ROOT, ...args], { cwd: ROOT });
  await git("add", "--all");
  await git("-c", "user.name=test", "-c", "user.email=test@northwind.example", "commit", "--quiet", "--message=test");
}

/** RFC 3875, as far as git needs it. */
function serve(root: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? "/", "https://localhost");
  const backend = spawn("git", ["http-backend"], {
    env: {
      PATH: process.env["PATH"],
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers["content-type"],
      HTTP_CONTENT_ENCODING: request.headers["content-encoding"],
      GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
    },
  });
  request.pipe(backend.stdin);
  const parts: Buffer[] = [];
  backend.stdout.on("data", (part) => parts.push(part));
  backend.on("close", () => {
    const answer = Buffer.concat(parts);
    const end = answer.indexOf("\r\n\r\n");
    const headers = answer.subarray(0, end).toString().split("\r\n");
    for (const line of headers) {
      const [name = "", value = ""] = line.split(": ");
      if (name === "Status") response.statusCode = Number.parseInt(value, 10);
      else response.setHeader(name, value);
    }
    response.end(answer.subarray(end + 4));
  });
}
