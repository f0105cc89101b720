import { isJson, objectIn } from "../json.ts";
import { Redactor } from "./redactor.ts";

/** Of this process: what one operation has learned, another one may be told by a server. */
const redactor = new Redactor();

/** Members of Google's files that are secret; the others name an account or a client, as hints do. */
const OF_FILES = ["private_key", "client_secret", "refresh_token"];
/** Members of credentials that name somebody. */
const NAMES: ReadonlySet<string> = new Set(["clientId", "serviceAccountEmail"]);

/** What stands between the marks of a private key (RFC 7468), with real, literal or no line ends. */
const PRIVATE_KEY = /PRIVATE KEY-----((?:[A-Za-z0-9+/=\s]|\\+[nr])+)/g;

/**
 * Remembers a secret that was given, or all values of an object; of a file of Google's only what is secret, of a private key what stands
 * between its marks.
 */
export function learn(value: unknown): void {
  if (typeof value === "string") learnText(value);
  if (typeof value !== "object" || value === null) return;
  const ofFile = OF_FILES.flatMap((name) => (isJson(value) && value[name] !== undefined ? [value[name]] : []));
  const others = Object.entries(value).flatMap(([name, inner]) => (NAMES.has(name) ? [] : [inner]));
  for (const inner of ofFile.length > 0 ? ofFile : others) learn(inner);
}

/** A client id is a name, also where it is given as a secret: the end that all have would be taken out of every other one. */
const CLIENT_ID = /^[0-9]+-[0-9a-z]+\.apps\.googleusercontent\.com$/;

function learnText(text: string): void {
  if (CLIENT_ID.test(text)) return;
  const file = text.length > 40 ? objectIn(text) : undefined;
  const keys = [...text.matchAll(PRIVATE_KEY)].map(([, body = ""]) => body.split(/(?:\s|(?<!\\)\\+[nr])+/));
  if (file) learn(file);
  else if (keys.length === 0) redactor.learn(text);
  else for (const lines of keys) for (const one of [lines.join(""), ...lines]) redactor.learn(one);
}

/** Remembers what was made in this run: an access token, an assertion, a code. Returns it. */
export function minted(secret: string): string {
  redactor.learnMinted(secret);
  return secret;
}

declare const SAFE: unique symbol;

/**
 * Text that shows no secret which this process knows, and holds no character that drives a terminal or turns the direction of what
 * follows, but for colours and line ends, and no half of one, which no message of gRPC can hold. Nothing else can become a message, and only
 * `mask` and `maskData` make it.
 */
export type SafeText = string & { readonly [SAFE]: true };

const ESCAPE = String.fromCharCode(0x1b);
/** Controls but for tabs, line ends and the escape of a colour; embeddings, overrides and isolates of direction. */
const DRIVES = new RegExp(`(?!${ESCAPE}\\[[0-9;]{0,20}m)[^\\P{Cc}\\t\\n\\r]|[\\u202A-\\u202E\\u2066-\\u2069]`, "gu");

/** The text without any secret that this process knows, in whatever way it is written, and without what drives a terminal. */
export function mask(text: string): SafeText {
  return safe(redactor.mask(text));
}

/**
 * No coincidence: shorter secrets are names of people, hosts and companies as often, and so may be parts of longer ones. Keys and
 * tokens that are given out have 35 characters and more.
 */
const NO_COINCIDENCE = 20;

/**
 * The same of a text that programs read: the state, code, the record. That has to be the same whatever secrets a run happens to know, so
 * only what is no coincidence is taken out: 20 characters of a secret that stand together. In messages a word too many does no harm.
 */
export function maskData(text: string): SafeText {
  return safe(redactor.mask(text, NO_COINCIDENCE));
}

function safe(text: string): SafeText {
  const masked = text.toWellFormed().replace(DRIVES, " ");
  isMasked(masked);
  return masked;
}

/** Says to the compiler what `mask` has done. */
function isMasked(_: string): asserts _ is SafeText {}
