import { randomUUID } from "node:crypto";
import { withImap } from "./imap.ts";
import type { Login } from "./login.ts";
import { NotArrived } from "./reply.ts";
import { withSmtp } from "./smtp.ts";
import type { MailPeer } from "./socket.ts";

const FIRST_LOOK_MS = 250;
const LONGEST_PAUSE_MS = 5000;

/**
 * **Sends mail**: one message of the mailbox to itself by SMTP, found again by IMAP by its unique id, and removed. Returns
 * the milliseconds from sending to finding. What cannot be found within the deadline is an error; it may arrive later, and
 * its subject says what it is.
 */
export async function roundTrip(
  login: Omit<Login, "peer">,
  servers: { readonly imap: MailPeer; readonly smtp: MailPeer },
): Promise<number> {
  const { address, deadline } = login;
  const messageId = `<gmailsync-${randomUUID()}@${address.slice(address.indexOf("@") + 1)}>`;
  const started = performance.now();
  await withSmtp({ ...login, peer: servers.smtp }, "writes", (transport) =>
    transport.sendMail({
      from: address,
      to: address,
      subject: "gmailsync round trip (removed at once)",
      text: "This message shows that mail can be sent and received. It may be deleted.",
      messageId,
      disableFileAccess: true,
      disableUrlAccess: true,
    }),
  );
  return withImap({ ...login, peer: servers.imap }, "writes", async (client) => {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      await client.mailboxOpen("INBOX");
      const found = await client.search({ header: { "message-id": messageId } }, { uid: true });
      if (found && found.length > 0) {
        const elapsed = Math.round(performance.now() - started);
        await client.messageDelete(found, { uid: true });
        return elapsed;
      }
      if (deadline.remaining < 2 * pause) throw new NotArrived(`the message ${messageId} has not arrived`);
      await deadline.sleep(pause, `Looking for the message ${messageId} in the inbox of ${login.address}`);
    }
  });
}
