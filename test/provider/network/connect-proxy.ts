import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { portOf } from "./tls.ts";

/** A proxy that knows CONNECT only (RFC 9110 §9.3.6), and leads everything to one port on this machine. */
export class ConnectProxy implements AsyncDisposable {
  /** What was asked for, as `host:port`. */
  readonly targets: string[] = [];
  /** What it answers with in place of a connection, to what it was sent. */
  refusal: ((sent: string) => string) | undefined;
  /** Who has asked it last. */
  authorization = "";
  readonly #server: Server = createServer();
  readonly #sockets = new Set<Duplex>();

  static async start(port: number): Promise<ConnectProxy> {
    const proxy = new ConnectProxy();
    proxy.#server.on("connect", (request, socket) => {
      proxy.targets.push(request.url ?? "");
      proxy.authorization = request.headers["proxy-authorization"] ?? "";
      if (proxy.refusal) {
        socket.end(proxy.refusal(request.rawHeaders.join(" ")));
        return;
      }
      const target = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(target).pipe(socket);
      });
      for (const end of [socket, target]) {
        proxy.#sockets.add(end);
        end.on("error", () => {});
      }
    });
    proxy.#server.on("connection", (socket) => proxy.#sockets.add(socket));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get port(): number {
    return portOf(this.#server.address());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
