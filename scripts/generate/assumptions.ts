import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AssumedService, Assumption } from "../../sandbox/assumptions/assumption.ts";
import { code, MADE } from "./markdown.ts";

/** Where an assumption can be referred to. */
const ROOTS = ["sandbox", "provider"];
/** Its own texts are no places. */
const TABLE = "sandbox/assumptions/";

const COMMENT = /(?:\/\/|^\s*\/?\*).*/;
/** `Assumption: order-of-equal-rows.`, or the word without an id. */
const REFERENCE = /\bAssumption: (?<id>[a-z0-9]+(?:-[a-z0-9]+)*)\.(?= |$)|\b[Aa]ssumptions?\b/g;

interface Reference {
  readonly file: string;
  readonly line: number;
  /** Undefined where the comment names none. */
  readonly id: string | undefined;
}

/** The page of everything that the sandbox does and no document says, with the files that do it. Throws for what does not fit. */
export function assumptionsPage(services: readonly AssumedService[], directory: string): string {
  const references = referencesIn(directory);
  const assumptions = services.flatMap((service) => service.assumptions);
  const problems = [...badReferences(references, assumptions), ...badRows(references, assumptions)];
  if (problems.length > 0) throw new Error(`Assumptions do not fit the comments:\n${problems.join("\n")}`);
  return `${[
    MADE,
    "# Assumptions",
    "What the sandbox does and no document says. Code that runs against the sandbox has been tried with these, and not against a real environment; each tells how to find out. Look on a trial environment: some steps change or delete something.",
    "`gmailsync preflight --assumptions` looks at those that show by reads alone, and names nobody; [real-environment.md](real-environment.md) leads there.",
    "Requests to Dataverse are relative to `https://<org>.crm.dynamics.com/api/data/v9.2/`, with a token of `az account get-access-token --resource https://<org>.crm.dynamics.com`. What turns out otherwise is a change of the sandbox: please open an issue with the id and the answer.",
    ...services.flatMap(({ service, assumptions }) => [
      `## ${service}`,
      ...assumptions.map((assumption) => section(assumption, references)),
    ]),
  ].join("\n\n")}\n`;
}

function section({ id, what, why, page, matters, see }: Assumption, references: readonly Reference[]): string {
  const files = new Set(references.filter((reference) => reference.id === id).map(({ file }) => file));
  const places = [...files].map((file) => `[${code(file)}](../${file})`).join(", ");
  return [
    `### ${id}\n\n${what}\n`,
    `- **Why it is assumed:** ${why}${page ? ` <${page}>` : ""}`,
    `- **Where it matters:** ${matters}`,
    `- **How to see it:** ${see}`,
    `- **In the code:** ${places}`,
  ].join("\n");
}

function badReferences(references: readonly Reference[], assumptions: readonly Assumption[]): string[] {
  const known = new Set(assumptions.map(({ id }) => id));
  return references.flatMap(({ file, line, id }) => {
    if (id === undefined) return `${file}:${line} speaks of an assumption and names none: write \`Assumption: <id>.\``;
    return known.has(id) ? [] : `${file}:${line} names the assumption ${id}, which is not in the table (${TABLE})`;
  });
}

function badRows(references: readonly Reference[], assumptions: readonly Assumption[]): string[] {
  const named = new Set(references.map(({ id }) => id));
  const rows = Map.groupBy(assumptions, ({ id }) => id);
  return [...rows].flatMap(([id, { length }]) => [
    ...(length > 1
      ? [`The assumption ${id} is in the table ${length} times: give each row an id of its own (${TABLE})`]
      : []),
    ...(named.has(id)
      ? []
      : [`No comment names the assumption ${id}: write one where it applies, or take it out of the table (${TABLE})`]),
  ]);
}

/** Files in the order of their names, so that the page is the same everywhere. */
function referencesIn(directory: string): Reference[] {
  const files = ROOTS.flatMap((root) =>
    readdirSync(join(directory, root), { recursive: true, encoding: "utf8" }).map((name) => join(root, name)),
  );
  return files
    .filter((file) => file.endsWith(".ts") && !file.startsWith(TABLE))
    .sort()
    .flatMap((file) =>
      readFileSync(join(directory, file), "utf8")
        .split("\n")
        .flatMap((text, index) =>
          [...(COMMENT.exec(text)?.[0] ?? "").matchAll(REFERENCE)].map(({ groups }) => ({
            file,
            line: index + 1,
            id: groups?.["id"],
          })),
        ),
    );
}
