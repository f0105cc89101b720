import type { Transporter } from "nodemailer";
import { memberOf } from "../json.ts";
import type { Login } from "./login.ts";
import { CHALLENGE_ANSWERS, initialResponse, MailRefusal, mechanismOf, parseChallenge } from "./reply.ts";
import { type MailEffect, openSocket, tlsOptions, untilOpen, Watch } from "./socket.ts";

/** Port of TLS from the start (RFC 8314 §3.3); on any other STARTTLS is required, and never done without. */
const IMPLICIT_TLS_PORT = 465;

/** Logs in by OAuth and stops there: nothing is sent. Throws what went wrong. */
export async function checkSmtp(login: Login): Promise<void> {
  await withSmtp(login, "reads", async (transport) => {
    await transport.verify();
  });
}

/** A transport for one piece of work, on a connection of ours; closed afterwards, whatever happens. */
export async function withSmtp<T>(
  login: Login,
  effect: MailEffect,
  work: (transport: Transporter) => Promise<T>,
): Promise<T> {
  const { peer, address, accessToken, network, deadline } = login;
  // Refuses what cannot be sent before there is a connection.
  initialResponse("XOAUTH2", address, accessToken);
  const { createTransport } = await import("nodemailer");
  const socket = openSocket(peer, false, effect, network);
  const what = `Logging in to ${peer.host}`;
  const watch = new Watch(socket, deadline, what);
  const time = Math.max(1, deadline.remaining);
  let refusal: MailRefusal | undefined;
  const secure = peer.port === IMPLICIT_TLS_PORT;
  const transport = createTransport({
    ...peer,
    secure,
    requireTLS: !secure,
    // Without it a server that offers no AUTH at all would pass.
    forceAuth: true,
    auth: { type: "OAuth2", user: address, accessToken },
    customAuth: {
      // The library itself would try the token twice and drop the challenge. It knows one mechanism by this name only.
      XOAUTH2: async ({ sendCommand, authMethods }: AuthContext) => {
        const mechanism = mechanismOf(authMethods.includes("XOAUTH2") ? authMethods : ["OAUTHBEARER"]);
        const first = await sendCommand(`AUTH ${mechanism} ${initialResponse(mechanism, address, accessToken)}`);
        const challenged = first.status === 334;
        const last = challenged ? await sendCommand(CHALLENGE_ANSWERS[mechanism]) : first;
        if (last.status === 235) return;
        refusal = new MailRefusal({
          protocol: "smtp",
          status: String(last.status),
          text: last.response.replace(/^\d{3}[ -]/gm, ""),
          challenge: challenged ? parseChallenge(first.text.trim()) : undefined,
        });
        throw refusal;
      },
    },
    name: "gmailsync.localhost",
    logger: false,
    tls: tlsOptions(peer.host, network),
    getSocket: (_, callback) => {
      untilOpen(socket, "connect").then(
        () => callback(null, { connection: socket }),
        (error: Error) => callback(error),
      );
    },
    connectionTimeout: time,
    greetingTimeout: time,
    socketTimeout: time,
  });
  try {
    return await deadline.race(work(transport), what);
  } catch (error) {
    throw watch.failure ?? refusal ?? refusalOf(error) ?? error;
  } finally {
    transport.close();
    watch.stop();
    socket.destroy();
  }
}

interface AuthContext {
  /** Of the server's offer those that the library knows; OAUTHBEARER is not among them. */
  readonly authMethods: readonly string[];
  sendCommand(command: string): Promise<{ status: number; text: string; response: string }>;
}

/** A refusal outside of AUTH: the greeting, EHLO, STARTTLS, or a message. */
function refusalOf(error: unknown): MailRefusal | undefined {
  const status = memberOf(error, "responseCode");
  const response = memberOf(error, "response");
  if (typeof status !== "number" || typeof response !== "string") return undefined;
  return new MailRefusal({ protocol: "smtp", status: String(status), text: response.replace(/^\d{3}[ -]/gm, "") });
}
