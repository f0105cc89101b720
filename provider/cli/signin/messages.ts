import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import MailComposer from "nodemailer/lib/mail-composer";
import { Fault, messageOf } from "../../fault.ts";
import { readText } from "../../read-text.ts";
import { ownOf } from "../../values.ts";
import { writeData } from "../write-masked.ts";
import { isAsked, type Person } from "./person.ts";

/** What a template may name, and what stands there. */
const VALUES: Readonly<Record<string, (person: Person) => string>> = {
  name: ({ name }: Person) => name,
  address: ({ address }: Person) => address,
  page: ({ webUrl }: Person) => webUrl,
  environment: ({ webUrl }: Person) => (webUrl === "" ? "" : new URL(webUrl).host),
};

export const PLACEHOLDERS = Object.keys(VALUES).map((name) => `{${name}}`);

/** Largest template, in bytes. */
const TEMPLATE_LIMIT = 100_000;

/** The message in English. */
export const TEMPLATE = `Subject: Please sign in to Gmail for Dynamics 365, once

Hello {name},

Dynamics 365 ({environment}) is going to send and receive the mail of {address}. It needs your consent at Google, once:

1. Open the page of your mailbox in Dynamics 365:
   {page}
2. Choose "Sign in to Gmail".
3. In Google's window choose this account, and no other: {address}
4. Google lists what Dynamics 365 wants to do with the mail of the account. Choose "Continue".
5. The page says that you are signed in to Gmail. That is all; close it.

Nobody will ask you for your password by mail. If Google refuses, or shows another account than {address}, answer this message.
`;

export interface Template {
  readonly subject: string;
  readonly text: string;
}

/** A template: a line \`Subject: …\`, an empty line, and the text. Refuses placeholders that there are not. */
export function templateOf(source: string, name: string): Template {
  const [, subject, text] = /^Subject:([^\r\n]+)\r?\n\r?\n(.+)$/s.exec(source) ?? [];
  if (subject === undefined || text === undefined)
    throw refused(`${name} does not begin with a line "Subject: …", an empty line, and the text`);
  const unknown = [...source.matchAll(/\{(\w{1,40})\}/g)].find(([, named = ""]) => !Object.hasOwn(VALUES, named));
  if (unknown) throw refused(`${name} names ${unknown[0]}, which is no placeholder`);
  return { subject: subject.trim(), text };
}

/** The template in a file. */
export async function readTemplate(file: string): Promise<Template> {
  const text = await readText(file, TEMPLATE_LIMIT);
  if (typeof text !== "string") throw refused(`${file} ${text.refusal}`);
  return templateOf(text, file);
}

function refused(what: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint: `Placeholders are ${PLACEHOLDERS.join(", ")}.` });
}

/** Names, without endings, of the messages that a folder has from here, each in a line. */
const LIST = ".gmailsync-messages";
/** Largest list, in bytes. */
const LIST_LIMIT = 10_000_000;

/**
 * Writes a message for each who has to sign in, as a draft for mail programs and as text, and takes those away that earlier runs have
 * written for people who are not asked any more. Files of others stay.
 */
export async function writeMessages(directory: string, people: readonly Person[], template: Template): Promise<void> {
  make(directory);
  const asked = people.filter(isAsked);
  const names = new Set(asked.map(fileNameOf));
  const list = join(directory, LIST);
  for (const name of await listed(list))
    if (!names.has(name))
      for (const ending of ["eml", "txt"]) rmSync(join(directory, `${name}.${ending}`), { force: true });
  writeData(list, [...names].map((name) => `${name}\n`).join(""));
  for (const person of asked) {
    const file = join(directory, fileNameOf(person));
    const subject = filled(template.subject, person);
    const text = filled(template.text, person);
    writeData(`${file}.eml`, await draft(person, subject, text));
    writeData(`${file}.txt`, `To: ${person.address}\nSubject: ${subject}\n\n${text}`);
  }
}

/** What a list names; no name leads out of its folder. */
async function listed(list: string): Promise<readonly string[]> {
  const text = await readText(list, LIST_LIMIT);
  if (typeof text === "string") return text.split("\n").filter((name) => /^[^./\\][^/\\]*$/.test(name));
  if (text.isMissing) return [];
  throw new Fault({ kind: "failed-precondition", what: `${list} ${text.refusal}` });
}

/** Mail programs open it as one that is not sent yet: \`X-Unsent\` is what Outlook asks for; who sends it is filled in there. */
async function draft({ name, address }: Person, subject: string, text: string): Promise<string> {
  const mail = {
    to: { name, address },
    subject,
    text,
    headers: { "X-Unsent": "1" },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return (await new MailComposer(mail).compile().build()).toString();
}

function filled(text: string, person: Person): string {
  return text.replace(/\{(\w{1,40})\}/g, (_, name: string) => ownOf(VALUES, name)?.(person) ?? "");
}

/** No address leads out of the folder; a user and a queue may have the same one. */
function fileNameOf({ address, kind }: Person): string {
  const plain = encodeURIComponent(address).replaceAll("%40", "@").replace(/^\.+/, "");
  return kind === "queue" ? `${plain}.queue` : plain;
}

function make(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw new Fault({
      kind: "failed-precondition",
      what: `${directory} cannot be made: ${messageOf(error)}`,
      cause: error,
    });
  }
}
