import { randomUUID } from "node:crypto";
import { domainToASCII } from "node:url";
import { quoted } from "../fault.ts";
import { addressProblem } from "../schema/address.ts";
import { type Conversation, converse, type Login } from "./conversation.ts";
import type { MailPeer } from "./protocol.ts";
import { MailFailure } from "./reply.ts";

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
  const at = login.address.lastIndexOf("@");
  const address = `${login.address.slice(0, at)}@${domainToASCII(login.address.slice(at + 1))}`;
  const id = `<gmailsync-${randomUUID()}@${address.slice(at + 1)}>`;
  const started = performance.now();
  await converse("smtp", { ...login, peer: servers.smtp }, "writes", async (conversation) => {
    const wrong = addressProblem(login.address);
    if (wrong) throw new MailFailure("RECIPIENT_REFUSED", `the address ${quoted(login.address)} ${wrong}`);
    await send(conversation, address, id);
  });
  const { deadline } = login;
  return converse("imap", { ...login, peer: servers.imap }, "writes", async (conversation) => {
    for (let pause = FIRST_LOOK_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const found = await find(conversation, id);
      if (found.length > 0) {
        const elapsed = Math.round(performance.now() - started);
        await remove(conversation, found);
        return elapsed;
      }
      if (deadline.remaining < 2 * pause) throw new MailFailure("NOT_ARRIVED", `the message ${id} has not arrived`);
      await deadline.sleep(pause, `Looking for the message ${id} in the inbox of ${login.address}`);
    }
  });
}

/** RFC 5321 §3.3. Answers by machines are not wanted (RFC 3834 §5). */
async function send(conversation: Conversation, address: string, id: string): Promise<void> {
  const message = [
    `From: <${address}>`,
    `To: <${address}>`,
    "Subject: gmailsync round trip (removed at once)",
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${id}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "This message shows that mail can be sent and received. It may be deleted.",
    ".",
  ];
  await conversation.demand("mail", `MAIL FROM:<${address}>`);
  await conversation.demand("rcpt", `RCPT TO:<${address}>`);
  await conversation.demand("data", "DATA", "more");
  await conversation.goOn("message", message.join("\r\n"));
}

/** UIDs of the inbox's messages with the id. The inbox is opened anew, as servers may show new mail only then. */
async function find(conversation: Conversation, id: string): Promise<readonly string[]> {
  await conversation.demand("inbox", "SELECT INBOX");
  const { lines } = await conversation.demand("search", `UID SEARCH HEADER Message-ID ${JSON.stringify(id)}`);
  return lines.flatMap((line) => /^SEARCH((?: \d+)+)/i.exec(line)?.[1]?.trim().split(" ") ?? []);
}

/** Without UIDPLUS (RFC 4315) it is only marked: a plain EXPUNGE would remove what others have marked, too. */
async function remove(conversation: Conversation, uids: readonly string[]): Promise<void> {
  const set = uids.join(",");
  await conversation.demand("remove", `UID STORE ${set} +FLAGS.SILENT (\\Deleted)`);
  await conversation.askCapabilities();
  if (conversation.capabilities?.includes("UIDPLUS")) await conversation.demand("remove", `UID EXPUNGE ${set}`);
}
