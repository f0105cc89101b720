import { activation } from "./activation.ts";
import { fleet } from "./fleet.ts";
import { google } from "./google.ts";
import { mail } from "./mail.ts";
import { preflight } from "./preflight.ts";
import { CLASSES, type CodeRow, FACTS } from "./row.ts";
import { transport } from "./transport.ts";

/** The table of all stable codes, by what they are about. */
export const TABLES = { activation, google, mail, transport, preflight, fleet } as const;

/** Every stable code with its row. What is not in it is no code. */
export const CODES = { ...activation, ...google, ...mail, ...transport, ...preflight, ...fleet } as const;

export type Code = keyof typeof CODES;

/** What a mailbox can be blocked by, and a program may tolerate. */
export type Tolerable = {
  readonly [C in Code]: (typeof CODES)[C] extends { readonly class: "file" | "told" } | { readonly seen: "preflight" }
    ? never
    : C;
}[Code];

export const TOLERABLE: readonly Tolerable[] = Object.keys(CODES).filter(isTolerable);

function isTolerable(text: string): text is Tolerable {
  if (!isCode(text)) return false;
  const { class: its, seen } = rowOf(text);
  return its !== "file" && its !== "told" && seen !== "preflight";
}

/** Facts of an object that hints name, as far as they are known. */
export type Facts = Partial<Readonly<Record<keyof typeof FACTS, string>>>;

export function rowOf(code: Code): CodeRow {
  return CODES[code];
}

/** Whether a text, such as one from a state of another version, is a code of this one. */
export function isCode(text: string | undefined): text is Code {
  return text !== undefined && Object.hasOwn(CODES, text);
}

/** What to do next, with the facts of the object. */
export function hintOf(code: Code, facts: Facts = {}): string {
  return rowOf(code).hint.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const known = { ...FACTS, ...facts };
    return Object.entries(known).find(([fact]) => fact === name)?.[1] ?? name;
  });
}

/** How commands end with what a code stands for. */
export function exitOf(code: Code): "ok" | "failed" | "unknown" {
  const { exit, class: its } = rowOf(code);
  return exit ?? CLASSES[its].exit;
}
