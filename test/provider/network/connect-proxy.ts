import { createServer } from "node:http";
import { connect } from "node:net";
import { OnLoopback } from "./on-loopback.ts";

/** A proxy that knows CONNECT only (RFC 9110 §9.3.6), and leads everything to one port on this machine. */
export class ConnectProxy extends OnLoopback {
  /** What was asked for, as `host:port`. */
  readonly targets: string[] = [];
  /** What it answers with in place of a connection, to what it was sent. */
  refusal: ((sent: string) => string) | undefined;
  /** Who has asked it last. */
  authorization = "";

  private constructor(port: number) {
    const server = createServer();
    super(server);
    server.on("connect", (request, socket) => {
      this.targets.push(request.url ?? "");
      this.authorization = request.headers["proxy-authorization"] ?? "";
      if (this.refusal) {
        socket.end(this.refusal(request.rawHeaders.join(" ")));
        return;
      }
      const target = connect(port, "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        socket.pipe(target).pipe(socket);
      });
      for (const end of [socket, target]) this.follow(end);
    });
  }

  static start(port: number): Promise<ConnectProxy> {
    return new ConnectProxy(port).listening();
  }
}
