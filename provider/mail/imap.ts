import type { ImapFlow } from "imapflow";
import { memberOf, textOf } from "../json.ts";
import type { Login } from "./login.ts";
import { challengeOf, MailRefusal } from "./reply.ts";
import { type MailEffect, openSocket, tlsOptions, Watch } from "./socket.ts";

const LINE_LIMIT = 64 * 1024;

/** Logs in by OAuth and opens the inbox read-only: nothing is marked, nothing is fetched. Throws what went wrong. */
export async function checkImap(login: Login): Promise<void> {
  await withImap(login, "reads", async (client) => {
    await client.mailboxOpen("INBOX", { readOnly: true });
  });
}

/** A logged-in client for one piece of work; closed afterwards, whatever happens. */
export async function withImap<T>(
  login: Login,
  effect: MailEffect,
  work: (client: ImapFlow) => Promise<T>,
): Promise<T> {
  const { peer, address, accessToken, network, deadline } = login;
  const { ImapFlow } = await import("imapflow");
  const what = `Logging in to ${peer.host}`;
  // To the library a time of 0 means its own default of minutes.
  const time = Math.max(1, deadline.remaining);
  let watch: Watch | undefined;
  const client = new ImapFlow({
    ...peer,
    secure: true,
    auth: { user: address, accessToken },
    // The library logs to standard output by default, which belongs to the engine.
    logger: false,
    disableAutoIdle: true,
    disableCompression: true,
    disableAutoEnable: true,
    connectionTimeout: time,
    greetingTimeout: time,
    socketTimeout: time,
    maxLineLength: LINE_LIMIT,
    maxLiteralSize: LINE_LIMIT,
    maxResponseSize: 4 * LINE_LIMIT,
    clientInfo: {
      name: "gmailsync",
      version: "0",
      vendor: "gmailsync",
      "support-url": "https://github.com/gmailsync/pulumi-gmailsync",
    },
    tls: tlsOptions(peer.host, network),
    transport: {
      connect: (_, onConnect) => {
        const socket = openSocket(peer, true, effect, network);
        socket.once("secureConnect", onConnect);
        watch = new Watch(socket, deadline, what);
        return socket;
      },
      upgrade: () => {
        throw new Error("only implicit TLS is spoken");
      },
    },
  });
  // A late error of the socket would otherwise end the process.
  let late: unknown;
  client.on("error", (error) => {
    late = error;
  });
  try {
    // A library that does not notice the end of its socket must not hold the deadline up.
    await deadline.race(client.connect(), what);
    return await deadline.race(work(client), what);
  } catch (error) {
    throw watch?.failure ?? refusalOf(error) ?? late ?? error;
  } finally {
    await logout(client);
    watch?.stop();
  }
}

async function logout(client: ImapFlow): Promise<void> {
  try {
    if (client.usable)
      await Promise.race([client.logout(), new Promise((resolve) => setTimeout(resolve, 1000).unref())]);
  } catch {
    // The check is over; a server that does not say goodbye changes nothing.
  } finally {
    client.close();
  }
}

/** The library calls every tagged NO or BAD to AUTHENTICATE a failed authentication, so the server's words decide. */
function refusalOf(error: unknown): MailRefusal | undefined {
  const status = textOf(error, "responseStatus");
  if (!status) return undefined;
  const code = textOf(error, "serverResponseCode");
  return new MailRefusal({
    protocol: "imap",
    status,
    text: `${code ? `[${code}] ` : ""}${textOf(error, "responseText")}`,
    challenge: challengeOf(memberOf(error, "oauthError")),
  });
}
