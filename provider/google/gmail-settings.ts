import { isJson, type Json, jsonOf, memberOf, textOf } from "../json.ts";
import type { Deadline } from "../network/deadline.ts";
import { byMethod } from "../network/effect.ts";
import type { Network } from "../network/network.ts";
import { askPatiently } from "../network/patient.ts";
import { apiFault } from "./api-fault.ts";

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

/** Where each setting stands in Gmail's two objects. */
const PLACES = {
  imap: { object: "imap", member: "enabled" },
  pop: { object: "pop", member: "accessWindow" },
  popDisposition: { object: "pop", member: "disposition" },
} as const;
const OBJECTS = ["imap", "pop"] as const;
type Objects = Readonly<Record<(typeof OBJECTS)[number], Json>>;

/** The settings as Gmail has them. */
export async function readGmailSettings(mailbox: Mailbox): Promise<GmailSettings> {
  return settingsOf(await readObjects(mailbox));
}

/** Reads, changes what differs from what is wanted then, and writes whole objects back, as the API wants it. */
export async function writeGmailSettings(
  mailbox: Mailbox,
  wantedOf: (live: GmailSettings) => GmailSettings,
): Promise<void> {
  const objects = await readObjects(mailbox);
  const wanted = wantedOf(settingsOf(objects));
  for (const object of OBJECTS) {
    const changes = Object.entries(PLACES).flatMap(([name, place]) => {
      const value: unknown = Reflect.get(wanted, name);
      const same = value === undefined || place.object !== object || objects[object][place.member] === value;
      return same ? [] : [[place.member, value] as const];
    });
    if (changes.length === 0) continue;
    await request(mailbox, "PUT", object, { ...objects[object], ...Object.fromEntries(changes) });
  }
}

async function readObjects(mailbox: Mailbox): Promise<Objects> {
  const [imap, pop] = await Promise.all([request(mailbox, "GET", "imap"), request(mailbox, "GET", "pop")]);
  return { imap, pop };
}

/** An `enabled` that is false is left out of Google's JSON. */
function settingsOf({ imap, pop }: Objects): GmailSettings {
  const window = (["fromNowOn", "allMail"] as const).find((known) => known === pop["accessWindow"]);
  const disposition = (["archive", "trash", "markRead"] as const).find((known) => known === pop["disposition"]);
  return {
    imap: imap["enabled"] === true,
    pop: window ?? "disabled",
    popDisposition: disposition ?? "leaveInInbox",
  };
}

async function request(
  { address, accessToken, network, deadline }: Mailbox,
  method: "GET" | "PUT",
  object: (typeof OBJECTS)[number],
  body?: Json,
): Promise<Json> {
  const answer = await askPatiently(
    network,
    {
      ...byMethod(method),
      url: `https://gmail.googleapis.com/gmail/v1/users/${encodeURIComponent(address)}/settings/${object}`,
      headers: { authorization: `Bearer ${accessToken}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    },
    deadline,
  );
  const json = jsonOf(answer.text);
  if (answer.status === 200 && json) return json;
  const what = `The ${object.toUpperCase()} settings of ${address} at Gmail`;
  throw apiFault(what, answer, "failed-precondition", hintOf(memberOf(json, "error")));
}

function hintOf(error: unknown): string {
  const page = activationPage(error);
  if (page) return `Enable the Gmail API in the project of the service account: ${page}`;
  if (/scope/i.test(textOf(error, "message"))) return `The delegation has to include ${SETTINGS_SCOPE}.`;
  return "A Workspace administrator may have switched it off for the organisational unit: https://admin.google.com/ac/apps/gmail/enduseraccess";
}

/** Google sends the page that enables an API along with the error. */
function activationPage(error: unknown): string | undefined {
  const details = memberOf(error, "details");
  const links = (Array.isArray(details) ? details : []).flatMap((detail) => {
    const inner = memberOf(detail, "links");
    return Array.isArray(inner) ? inner.filter(isJson) : [];
  });
  return links.map((link) => textOf(link, "url")).find((url) => url.startsWith("https://console."));
}
