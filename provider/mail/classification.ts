import { type Code, rowOf } from "../codes/codes.ts";
import { Fault, messageOf, remoteText } from "../fault.ts";
import { transportReason } from "../network/transport-fault.ts";
import { rowOfReply } from "./replies.ts";
import { ConversationFailure, MailFailure, MailRefusal, type Reply } from "./reply.ts";

/** What a failed check found; the table of codes says what it means and what to do. */
export interface MailProblem {
  readonly code: Code;
  /** What was seen, with the server's own words. */
  readonly said: string;
}

/** Whether a check tries it again by itself: it may pass within seconds. */
export function isRetried({ code }: MailProblem): boolean {
  return rowOf(code).passes === true;
}

/** What went wrong, for anything that a check threw. */
export function classify(error: unknown): MailProblem {
  if (!(error instanceof ConversationFailure)) return { code: "UNEXPECTED", said: remoteText(messageOf(error)) };
  const { peer, cause } = error;
  const { code, said } = problemOf(error, cause);
  return { code, said: `${remoteText(peer.host)}:${peer.port}: ${said}` };
}

function problemOf(at: ConversationFailure, cause: unknown): MailProblem {
  if (cause instanceof MailRefusal) return { code: rowOfReply(cause.reply).code, said: saidBy(cause.reply) };
  if (cause instanceof MailFailure) return { code: cause.code, said: remoteText(cause.message) };
  const late = cause instanceof Fault && cause.kind === "deadline-exceeded";
  const reason = late ? LATE : transportReason(cause);
  if (!reason) return { code: "UNEXPECTED", said: remoteText(messageOf(cause)) };
  return interruption(at, late && at.connected ? SILENT : reason, codeIn(cause));
}

/** In words that are ours, with Node's or OpenSSL's code to search for. */
function interruption({ command, verb }: ConversationFailure, { code, said }: Reason, seen: string): MailProblem {
  const where = `${verb ? ` after ${verb}` : ""}${seen}`;
  if (command !== "message") return { code, said: `${said}${where}` };
  return { code: "MESSAGE_UNCERTAIN", said: `${said}${where}, with the message on its way` };
}

interface Reason {
  readonly code: Code;
  readonly said: string;
}

const LATE: Reason = { code: "TIMEOUT", said: "there was no connection in time" };
const SILENT: Reason = { code: "SERVER_SILENT", said: "the server was silent" };

function codeIn(cause: unknown): string {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  return typeof code === "string" && /^[A-Z][A-Z0-9_]+$/.test(code) && code !== "CLOSED" ? ` (${code})` : "";
}

function saidBy({ command, verb, status, text, challenge }: Reply): string {
  const { status: seen, scope } = challenge ?? {};
  const detail = seen ? `; its challenge said status ${seen}${scope ? `, scope ${scope}` : ""}` : "";
  // A refused login is what people expect; of anything else they have to know what was refused.
  const asked = command === "greeting" ? " before any login" : command === "token" ? "" : ` to ${verb}`;
  return `the server said${asked}: ${remoteText(`${status} ${text}`)}${detail}`;
}
