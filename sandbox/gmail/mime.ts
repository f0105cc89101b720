import libmime from "libmime";

/** A field of a header (RFC 5322 §2.2). */
export interface HeaderField {
  /** In lower case. */
  readonly name: string;
  /** As it stands in the message, with all its line ends. */
  readonly source: string;
  /** Unfolded. */
  readonly value: string;
}

/** A message, or a part of one (RFC 2045, RFC 2046). Text is Latin-1, one character per octet. */
export interface MimePart {
  /** With the empty line that ends it. */
  readonly header: string;
  readonly fields: readonly HeaderField[];
  readonly body: string;
  /** In lower case, for example `text` and `plain`. */
  readonly type: string;
  readonly subtype: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of a multipart. */
  readonly parts: readonly MimePart[];
  /** Of a message within the message. */
  readonly message: MimePart | undefined;
}

const DEPTH_LIMIT = 20;
const PART_LIMIT = 1_000;

function parseMime(content: string, depth = 0): MimePart {
  const header = headerOf(content);
  const body = content.slice(header.length);
  const fields = parseFields(header);
  const { value, params } = libmime.parseHeaderValue(fieldOf(fields, "content-type") ?? "", { stripComments: true });
  const [, type = "text", subtype = "plain"] = /^([\w.+-]+)\/([\w.+-]+)$/.exec(value.trim().toLowerCase()) ?? [];
  const boundary = params["boundary"]?.trimEnd();
  const deeper = depth < DEPTH_LIMIT;
  const parts = type === "multipart" && boundary && deeper ? split(body, boundary) : [];
  const whole = { header, fields, body, parts: parts.map((part) => parseMime(part, depth + 1)) };
  // A multipart that has no parts cannot be described as one (RFC 3501 section 9, "body").
  if (type === "multipart" && parts.length === 0) {
    return { ...whole, type: "text", subtype: "plain", parameters: {}, message: undefined };
  }
  const message = type === "message" && subtype === "rfc822" && deeper ? parseMime(body, depth + 1) : undefined;
  return { ...whole, type, subtype, parameters: params, message };
}

/** Parsed when it is asked for first. */
export function parsedOnce(content: string): () => MimePart {
  let parsed: MimePart | undefined;
  return () => {
    parsed ??= parseMime(content);
    return parsed;
  };
}

/** With the empty line that ends it; a message without one is all header. */
export function headerOf(content: string): string {
  if (content.startsWith("\r\n")) return "\r\n";
  const end = content.indexOf("\r\n\r\n");
  return end < 0 ? content : content.slice(0, end + 4);
}

export function fieldOf(fields: readonly HeaderField[], name: string): string | undefined {
  return fields.find((field) => field.name === name)?.value;
}

function parseFields(header: string): HeaderField[] {
  return header
    .split(/(?<=\n)(?![ \t])/)
    .map((source) => ({ source, colon: source.indexOf(":") }))
    .filter(({ colon }) => colon > 0)
    .map(({ source, colon }) => ({
      name: source.slice(0, colon).trim().toLowerCase(),
      source,
      value: source
        .slice(colon + 1)
        .replace(/\r?\n/g, "")
        .trim(),
    }));
}

/** What stands between the delimiters (RFC 2046 §5.1.1); the line end before a delimiter belongs to it. */
function split(body: string, boundary: string): string[] {
  const delimiter = `\r\n--${boundary}`;
  const text = `\r\n${body}`;
  const parts: string[] = [];
  let begin: number | undefined;
  for (let at = text.indexOf(delimiter); at >= 0; at = text.indexOf(delimiter, at + delimiter.length)) {
    const lineEnd = text.indexOf("\r\n", at + delimiter.length);
    const rest = text.slice(at + delimiter.length, lineEnd < 0 ? text.length : lineEnd).trimEnd();
    if (rest !== "" && rest !== "--") continue;
    if (begin !== undefined) parts.push(text.slice(begin, Math.max(begin, at)));
    if (rest === "--" || lineEnd < 0 || parts.length >= PART_LIMIT) return parts;
    begin = lineEnd + 2;
  }
  if (begin !== undefined) parts.push(text.slice(begin));
  return parts;
}
