import { badRequest, notServed, shorten } from "./service-error.ts";

/** Most rows of one page, and as many as come when the client names no size. */
export const PAGE_LIMIT = 5000;

/** What a client prefers (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/compose-http-requests-handle-errors). */
export interface Preferences {
  readonly representation: boolean;
  readonly pageSize: number | undefined;
  /** As it was asked for; undefined for no annotations. */
  readonly annotations: string | undefined;
}

const PREFERENCE = /\s*([^\s=,;"]+)\s*(?:=\s*(?:("(?:[^"\\]|\\.)*"|[^\s,;"]+)\s*)?)?(?:;[^,]*)?(?:,|$)/y;

/**
 * The `Prefer` header (RFC 7240): the first of two equal names counts, and those that the service does not know are
 * passed over, as the RFC wants it. Assumption: preference-syntax.
 */
export function parsePreferences(header: string): Preferences {
  const values = new Map<string, string>();
  PREFERENCE.lastIndex = 0;
  for (const text = header.trim(); PREFERENCE.lastIndex < text.length; ) {
    const [, name, value = ""] = PREFERENCE.exec(text) ?? [];
    if (name === undefined) throw invalid(header);
    const key = name.toLowerCase();
    if (!values.has(key)) values.set(key, value.replace(/^"(.*)"$/, "$1"));
  }
  if (values.has("odata.track-changes")) throw notServed("The preference 'odata.track-changes'");
  return {
    representation: values.get("return") === "representation",
    pageSize: pageSizeOf(values.get("odata.maxpagesize")),
    annotations: annotationsOf(values.get("odata.include-annotations")),
  };
}

function pageSizeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text) || Number(text) === 0) throw invalid(`odata.maxpagesize=${text}`);
  return Math.min(PAGE_LIMIT, Number(text));
}

function annotationsOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\s*-?[\w.*]+(?:\s*,\s*-?[\w.*]+)*\s*$/.test(text)) return text;
  throw invalid(`odata.include-annotations="${text}"`);
}

function invalid(text: string): Error {
  return badRequest(`The value of the Prefer header is invalid: ${shorten(text)}`);
}

/**
 * Whether an annotation was asked for: by its name, by a beginning with `*`, or not when it stands with `-`. The longest
 * that fits decides (OData 4.0 protocol, section 8.2.8.4).
 */
export function annotationFilter({ annotations = "" }: Preferences): (annotation: string) => boolean {
  const patterns = annotations.split(",").map((part) => {
    const [, not, name = "", open] = /^\s*(-?)([\w.]*)(\*?)/.exec(part) ?? [];
    return {
      wanted: !not,
      fits: (annotation: string) => (open ? annotation.startsWith(name) : annotation === name),
      name,
    };
  });
  const sorted = patterns.toSorted((a, b) => b.name.length - a.name.length || Number(a.wanted) - Number(b.wanted));
  return (annotation) => sorted.find(({ fits }) => fits(annotation))?.wanted ?? false;
}

/** `Preference-Applied`: what of it the answer follows. */
export function preferenceApplied(
  { representation, pageSize, annotations }: Preferences,
  ...followed: readonly (keyof Preferences)[]
): Record<string, string> {
  const texts: Readonly<Record<keyof Preferences, string | undefined>> = {
    representation: representation ? "return=representation" : undefined,
    pageSize: pageSize === undefined ? undefined : `odata.maxpagesize=${pageSize}`,
    annotations: annotations === undefined ? undefined : `odata.include-annotations="${annotations}"`,
  };
  const applied = followed.flatMap((name) => texts[name] ?? []);
  return applied.length > 0 ? { "preference-applied": applied.join(", ") } : {};
}
