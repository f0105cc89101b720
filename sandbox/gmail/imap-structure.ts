import libmime from "libmime";
import addressparser from "nodemailer/lib/addressparser";
import { nstring } from "./imap-arguments.ts";
import { fieldOf, type HeaderField, type MimePart } from "./mime.ts";

/** ENVELOPE (RFC 3501 §7.4.2): what a list of messages shows of one. */
export function envelope(fields: readonly HeaderField[]): string {
  const text = (name: string) => nstring(fieldOf(fields, name));
  const from = fieldOf(fields, "from");
  const people = (name: string) => addresses(fieldOf(fields, name));
  // A missing Sender or Reply-To is that of From.
  const orFrom = (name: string) => addresses(fieldOf(fields, name) || from);
  return list(
    text("date"),
    text("subject"),
    people("from"),
    orFrom("sender"),
    orFrom("reply-to"),
    people("to"),
    people("cc"),
    people("bcc"),
    text("in-reply-to"),
    text("message-id"),
  );
}

function addresses(value: string | undefined): string {
  const parsed = addressparser(value, { flatten: true }).filter(({ address }) => address !== "");
  const shown = parsed.map(({ name, address }) => {
    const at = address.lastIndexOf("@");
    const [local, host] = at < 0 ? [address, ""] : [address.slice(0, at), address.slice(at + 1)];
    return list(nstring(name || undefined), "NIL", nstring(local), nstring(host));
  });
  return shown.length === 0 ? "NIL" : `(${shown.join("")})`;
}

/** BODY or, with the extension data, BODYSTRUCTURE (RFC 3501 §7.4.2). */
export function bodyStructure(part: MimePart, extended: boolean): string {
  const extension = extended ? [disposition(part.fields), language(part.fields), field(part, "content-location")] : [];
  const parameters = pairs(part.parameters);
  if (part.parts.length > 0) {
    const parts = part.parts.map((child) => bodyStructure(child, extended)).join("");
    return list(parts, nstring(part.subtype), ...(extended ? [parameters, ...extension] : []));
  }
  const lines = String(part.body.split("\n").length - 1);
  const { message } = part;
  const more =
    message === undefined
      ? part.type === "text"
        ? [lines]
        : []
      : [envelope(message.fields), bodyStructure(message, extended), lines];
  return list(
    nstring(part.type),
    nstring(part.subtype),
    parameters,
    field(part, "content-id"),
    field(part, "content-description"),
    nstring(fieldOf(part.fields, "content-transfer-encoding") ?? "7bit"),
    String(part.body.length),
    ...more,
    ...(extended ? [field(part, "content-md5"), ...extension] : []),
  );
}

function field(part: MimePart, name: string): string {
  return nstring(fieldOf(part.fields, name));
}

function disposition(fields: readonly HeaderField[]): string {
  const given = fieldOf(fields, "content-disposition");
  if (!given) return "NIL";
  const { value, params } = libmime.parseHeaderValue(given, { stripComments: true });
  return list(nstring(value), pairs(params));
}

function language(fields: readonly HeaderField[]): string {
  return nstring(fieldOf(fields, "content-language"));
}

function pairs(parameters: Readonly<Record<string, string>>): string {
  const all = Object.entries(parameters).flatMap(([name, value]) => [nstring(name), nstring(value)]);
  return all.length === 0 ? "NIL" : list(...all);
}

function list(...items: readonly string[]): string {
  return `(${items.join(" ")})`;
}
