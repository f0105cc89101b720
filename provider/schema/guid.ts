/** The form of an id of Dataverse or Entra, as words of JSON Schema. `guid`: other usual spellings are taken, too. */
export const GUID = {
  pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
  form: "a GUID",
  guid: true,
} as const;

const WHOLE = new RegExp(GUID.pattern);
/** In braces or parentheses, with or without hyphens. */
const SPELLED = /^[{(]?([0-9a-f]{8})(-?)([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{4})\2([0-9a-f]{12})[)}]?$/i;

export function isGuid(text: string): boolean {
  return WHOLE.test(text);
}

/**
 * The GUID that a text is, in small letters: as .NET, PowerShell and registries spell it, or as the `id` of a page of Dynamics
 * (`…/main.aspx?etn=mailbox&id=%7b…%7d`). Undefined where it is none.
 */
export function guidOf(text: string): string | undefined {
  const [, first, , ...others] = SPELLED.exec(idOfPage(text.trim())) ?? [];
  return first && [first, ...others].join("-").toLowerCase();
}

function idOfPage(text: string): string {
  const url = text.startsWith("https://") && URL.canParse(text) ? new URL(text) : undefined;
  return url?.searchParams.get("id") ?? text;
}
