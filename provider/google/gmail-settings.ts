import type { gmail_v1 } from "@googleapis/gmail";
import { type Json, jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import type { HttpRequest, Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";
import { activationPage, apiFault, isApiBusy } from "./api-fault.ts";
import { askGmail } from "./gmail-api.ts";

/** The one scope that may change them (Gmail API, `users.settings.updateImap`, `updatePop`). */
export const SETTINGS_SCOPE = "https://www.googleapis.com/auth/gmail.settings.basic";

/** Gmail's settings, those that matter here; what is left out is left alone. */
interface GmailSettings {
  readonly imap?: boolean;
  readonly pop?: "disabled" | "fromNowOn" | "allMail";
  readonly popDisposition?: "leaveInInbox" | "archive" | "trash" | "markRead";
}

interface Mailbox {
  readonly address: string;
  readonly accessToken: string;
  readonly network: Network;
  readonly deadline: Deadline;
}

/** The settings as Gmail has them. */
export async function readGmailSettings(mailbox: Mailbox): Promise<GmailSettings> {
  return settingsOf(...(await readObjects(mailbox)));
}

/** Reads, changes what differs from what is wanted then, and writes whole objects back, as the API wants it. */
export async function writeGmailSettings(
  mailbox: Mailbox,
  wantedOf: (live: GmailSettings) => GmailSettings,
): Promise<void> {
  const [imap, pop] = await readObjects(mailbox);
  const { imap: enabled, pop: accessWindow, popDisposition: disposition } = wantedOf(settingsOf(imap, pop));
  const userId = mailbox.address;
  const newImap = withChanges(imap, { enabled });
  if (newImap !== imap) await ask(mailbox, "IMAP", (to) => to.updateImap({ userId, requestBody: newImap }));
  const newPop = withChanges(pop, { accessWindow, disposition });
  if (newPop !== pop) await ask(mailbox, "POP", (to) => to.updatePop({ userId, requestBody: newPop }));
}

/** The object with what is wanted of it; the same one where it is so already. */
function withChanges<T extends object>(object: T, wanted: Json): T {
  const changes = Object.entries(wanted).filter(
    ([name, value]) => value !== undefined && Reflect.get(object, name) !== value,
  );
  return changes.length === 0 ? object : { ...object, ...Object.fromEntries(changes) };
}

function readObjects(mailbox: Mailbox) {
  const user = { userId: mailbox.address };
  return Promise.all([
    ask(mailbox, "IMAP", (from) => from.getImap(user)),
    ask(mailbox, "POP", (from) => from.getPop(user)),
  ]);
}

/** An `enabled` that is false is left out of Google's JSON. */
function settingsOf(imap: gmail_v1.Schema$ImapSettings, pop: gmail_v1.Schema$PopSettings): GmailSettings {
  const window = (["fromNowOn", "allMail"] as const).find((known) => known === pop.accessWindow);
  const disposition = (["archive", "trash", "markRead"] as const).find((known) => known === pop.disposition);
  return {
    imap: imap.enabled === true,
    pop: window ?? "disabled",
    popDisposition: disposition ?? "leaveInInbox",
  };
}

function ask<T>(
  { address, accessToken, network, deadline }: Mailbox,
  object: "IMAP" | "POP",
  call: (settings: gmail_v1.Resource$Users$Settings) => Promise<{ readonly data: T }>,
): Promise<T> {
  const send = async (request: HttpRequest) => {
    const answer = await askPatiently(network, request, deadline, isApiBusy);
    const json = jsonOf(answer.text);
    if (answer.status === 200 && json) return answer;
    const what = `The ${object} settings of ${address} at Gmail`;
    throw apiFault(what, answer, "failed-precondition", hintOf(json));
  };
  return askGmail(accessToken, send, ({ settings }) => call(settings));
}

function hintOf(answer: Json | undefined): string {
  const page = activationPage(answer);
  if (page) return `Enable the Gmail API in the project of the service account: ${page}`;
  if (/scope/i.test(textOf(memberOf(answer, "error"), "message")))
    return `The delegation has to include ${SETTINGS_SCOPE}.`;
  return "A Workspace administrator may have switched it off for the organisational unit: https://admin.google.com/ac/apps/gmail/enduseraccess";
}
