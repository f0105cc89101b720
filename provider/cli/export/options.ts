import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { mailboxFilters, type Where } from "../../resources/mailbox/functions.ts";
import { shownPath } from "../../schema/shown-name.ts";
import { matches, validate } from "../../schema/validator.ts";
import type { Tree } from "../../values.ts";
import { givenName, readGiven } from "../read-given.ts";
import { stateIn } from "../stack-export.ts";
import { ANY_PROJECT, type Projects } from "./fleet.ts";
import { Holdings, holdingsIn } from "./held.ts";

/** What `gmailsync export` is asked for. */
export interface Options {
  readonly format: Format;
  readonly output: string;
  readonly importFile: string;
  readonly filters: Where;
  readonly projects: Projects;
  readonly fleet: string;
  readonly holdings: Holdings;
  readonly force: boolean;
  readonly json: boolean;
}

export const OPTIONS = {
  format: { type: "string", default: "fleet" },
  output: { type: "string" },
  "import-file": { type: "string" },
  profile: { type: "string" },
  domain: { type: "string" },
  kind: { type: "string" },
  status: { type: "string" },
  "signed-in": { type: "boolean" },
  "not-signed-in": { type: "boolean" },
  approved: { type: "boolean" },
  "not-approved": { type: "boolean" },
  project: { type: "string", multiple: true },
  "stack-export": { type: "string" },
  fleet: { type: "string", default: "fleet" },
  force: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
} as const;

type Format = "fleet" | "yaml";

/** Where code goes that nobody has named a file for. */
export const OUTPUTS: Readonly<Record<Format, string>> = { fleet: "mailboxes.yaml", yaml: "resources.yaml" };

/** Reads the command line. */
export async function optionsFrom(argv: string[]): Promise<Options> {
  const { values } = parseArgs({
    args: argv,
    options: OPTIONS,
  });
  const { format, fleet, force, json, project = [], profile, domain, kind, status } = values;
  if (!isFormat(format)) throw new TypeError("--format must be fleet or yaml");
  const output = values.output ?? OUTPUTS[format];
  if (json && output === "-") throw new TypeError("--json and --output - exclude each other");
  const filters = {
    profile,
    domain,
    kind,
    status,
    signedIn: eitherOr(values["signed-in"], values["not-signed-in"], "signed-in"),
    approved: eitherOr(values.approved, values["not-approved"], "approved"),
  };
  return {
    format,
    output,
    importFile: values["import-file"] ?? join(dirname(output), "import.json"),
    filters: filtersFrom(filters),
    projects: new Map(project.map(projectFrom)),
    fleet,
    holdings: await holdingsFrom(values["stack-export"]),
    force,
    json,
  };
}

function isFormat(text: string): text is Format {
  return Object.hasOwn(OUTPUTS, text);
}

function eitherOr(yes: boolean | undefined, no: boolean | undefined, name: string): boolean | undefined {
  if (yes && no) throw new TypeError(`--${name} and --not-${name} exclude each other`);
  return yes ? true : no ? false : undefined;
}

function filtersFrom(given: Readonly<Record<string, string | boolean | undefined>>): Where {
  const tree: Tree = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { failures, tree: filters } = validate(mailboxFilters, tree);
  const [first] = failures;
  if (first) throw new TypeError(`--${shownPath(first.path)} ${first.reason}`);
  if (matches(mailboxFilters, filters)) return filters;
  throw new TypeError("the filters are not as they should be");
}

function projectFrom(given: string): readonly [string, string] {
  const [, number, id] = /^(?:(\d+)=)?([a-z][a-z0-9-]{4,28}[a-z0-9])$/.exec(given) ?? [];
  if (id === undefined) throw new TypeError("--project must be a project's id, or NUMBER=ID");
  return [number ?? ANY_PROJECT, id];
}

async function holdingsFrom(file: string | undefined): Promise<Holdings> {
  if (file === undefined) return new Holdings();
  const holdings = holdingsIn(stateIn(await readGiven(file, "Give what `pulumi stack export` writes.")));
  if (holdings) return holdings;
  throw new TypeError(`${givenName(file)} is not what \`pulumi stack export\` writes`);
}
