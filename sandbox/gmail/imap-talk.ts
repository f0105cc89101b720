import type { Login } from "./gmail.ts";
import { flagList } from "./imap-flags.ts";
import type { Placed } from "./imap-sequence.ts";
import type { StoredMessage } from "./mail-store.ts";

/** What is known about one client after its login. */
export interface ImapTalk {
  readonly login: Login;
  opened: OpenFolder | undefined;
}

/** The open folder as the client knows it: sequence numbers change only when it is told (RFC 3501 §7.4.1). */
export interface OpenFolder {
  readonly name: string;
  readonly readOnly: boolean;
  known: readonly StoredMessage[];
}

export function placedIn({ known }: OpenFolder): readonly Placed[] {
  return known.map((message, index) => ({ number: index + 1, message }));
}

/** Puts a changed message in the place of what the client knows of it. */
export function replace(folder: OpenFolder, changed: StoredMessage): void {
  folder.known = folder.known.map((message) => (message.uid === changed.uid ? changed : message));
}

/** Removes messages for good, and tells the client. */
export function expunge({ login }: ImapTalk, folder: OpenFolder, gone: readonly StoredMessage[]): string[] {
  login.mail.remove(gone);
  const uids = new Set(gone.map(({ uid }) => uid));
  return forget(folder, ({ uid }) => uids.has(uid));
}

/** What has happened in the open folder since the client was told last: messages gone, flags changed, messages come. */
export function news({ login, opened }: ImapTalk): string[] {
  if (opened === undefined) return [];
  const there = new Map(login.mail.folder(opened.name).map((message) => [message.uid, message]));
  // The world may be another one by now, with the same UIDs.
  const gone = forget(opened, ({ uid, content }) => there.get(uid)?.content !== content);
  const flagged = placedIn(opened).flatMap(({ number, message }) => {
    const flags = there.get(message.uid)?.flags ?? message.flags;
    return flags === message.flags ? [] : [`* ${number} FETCH (UID ${message.uid} FLAGS ${flagList(flags)})`];
  });
  const come = there.size > opened.known.length ? [`* ${there.size} EXISTS`] : [];
  opened.known = [...there.values()];
  return [...gone, ...flagged, ...come];
}

/** The last goes first, so that the numbers of the others stay. */
function forget(folder: OpenFolder, isGone: (message: StoredMessage) => boolean): string[] {
  const lines = placedIn(folder)
    .filter(({ message }) => isGone(message))
    .map(({ number }) => `* ${number} EXPUNGE`)
    .reverse();
  folder.known = folder.known.filter((message) => !isGone(message));
  return lines;
}
