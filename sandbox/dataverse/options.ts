import { badRequest, shorten } from "./service-error.ts";

export type Option = "$select" | "$filter" | "$orderby" | "$top" | "$count" | "$skiptoken";

/** The query options of one request: known to its operation, and given once. */
export interface Options {
  get(option: Option): string | undefined;
  /** Parameter aliases with their `@`, for `$filter` and `$orderby`, or for the function in the path. */
  readonly aliases: ReadonlyMap<string, string>;
}

/**
 * Reads the query options of an operation that takes those that are named. Any other is refused, with or without `$`:
 * what the service would do with it (`$expand`, `$apply`, `fetchXml`, `sql`) is not done here, and a misspelt one never is.
 * Names are case-sensitive (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/query/overview).
 */
export function parseOptions(query: URLSearchParams, known: readonly Option[], inPath = ""): Options {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    const alias = /^@\w+$/.test(name) && (known.includes("$filter") || inPath !== "");
    if (!alias && !known.some((option) => option === name)) {
      throw badRequest(`The query parameter ${shorten(name)} is not supported`);
    }
    if (values.has(name)) {
      throw badRequest(
        `Query option '${shorten(name)}' was specified more than once, but it must be specified at most once.`,
      );
    }
    values.set(name, value);
  }
  const aliases = new Map([...values].filter(([name]) => name.startsWith("@")));
  const users = `${inPath} ${values.get("$filter") ?? ""} ${values.get("$orderby") ?? ""}`;
  const used = new Set<string>(users.match(/@\w+/g));
  const unused = [...aliases.keys()].find((alias) => !used.has(alias));
  if (unused) throw badRequest(`The parameter alias ${shorten(unused)} is not used.`);
  return { get: (option) => values.get(option), aliases };
}
