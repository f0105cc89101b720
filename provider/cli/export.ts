import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { Fault } from "../fault.ts";
import { lockFileOf } from "../fleet/read-fleet.ts";
import { jsonOf } from "../json.ts";
import { Deadline } from "../network/deadline.ts";
import { mailboxFilters, type Where } from "../resources/mailbox/functions.ts";
import { shownPath } from "../schema/shown-name.ts";
import { matches, validate } from "../schema/validator.ts";
import type { Tree } from "../values.ts";
import { commandLine, telling } from "./command-line.ts";
import { ANY_PROJECT, fleetText, lockOf, type Projects, projectOf, secretOf } from "./export/fleet.ts";
import type { Found } from "./export/found.ts";
import { Holdings, holdingsIn } from "./export/held.ts";
import { importsOfFleet, importsOfProgram, importText } from "./export/import-file.ts";
import { look } from "./export/look.ts";
import { programText } from "./export/program.ts";
import { print, say } from "./output.ts";
import { givenName, readGiven } from "./read-given.ts";
import { settings } from "./settings.ts";
import { writeMasked } from "./write-masked.ts";

const HELP = `gmailsync export: makes code of what is there, with the file that imports it

Usage: gmailsync export [--format fleet|yaml] [--output FILE | -] [--import-file FILE] [--profile NAME] [--domain DOMAIN]
                        [--kind user|queue|forward] [--status success|failure|notRun] [--signed-in | --not-signed-in]
                        [--approved | --not-approved] [--project [NUMBER=]ID]… [--stack-export FILE] [--fleet NAME] [--force] [--json]

Gmail profiles of the environment and their mailboxes become a fleet: mailboxes.yaml, its lock, and import.json for
\`pulumi import --file\`, which takes all of it into the stack as it is. The next preview then shows nothing but the client secrets, which
nobody can read: the command that sets each is printed. Nothing is changed, neither here nor by the import, and no test is
scheduled. Profiles that were there before stay when the stack is destroyed.

A mailbox that is well is tested as part of a deployment from now on; any other one gets \`activate: false\`, with the reason behind it.
Mailboxes with settings that code cannot say are left out and listed.

Settings come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, and a secret in
AZURE_CLIENT_SECRET or another identity (docs/identities.md).

  --format        fleet (default), or yaml: single resources, a part of Pulumi.yaml
  --output        the file (default mailboxes.yaml, or resources.yaml); - prints it, and makes neither lock nor import file
  --import-file   the file for \`pulumi import\` (default import.json beside it)
  --profile       only this profile; the other filters choose among mailboxes
  --project       id of the Google project, which Dynamics does not know; NUMBER=ID for each where there are several
  --stack-export  what \`pulumi stack export\` writes (- is standard input): what that stack has comes along by its former name
                  and with its settings, from single resources, from another fleet, or from dynamic resources
  --fleet         name of the Fleet in the program (default fleet)
  --force         overwrites files
  --json          one object

Examples:
  gmailsync export --project northwind-mail
  gmailsync export --domain northwind.example --signed-in --output sales/mailboxes.yaml
  gmailsync export --format yaml --profile Gmail --output - | less
  pulumi stack export | gmailsync export --stack-export - --project northwind-mail

${exitCodes("export")}`;

/** For all of it, in milliseconds. */
const LOOKING_MS = 600_000;

interface Options {
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

type Format = "fleet" | "yaml";

const OUTPUTS: Readonly<Record<Format, string>> = { fleet: "mailboxes.yaml", yaml: "resources.yaml" };

/** A file that is written, with its text. */
interface Written {
  readonly file: string;
  readonly text: string;
}

/** `gmailsync export …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("export", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const services = settings("export");
  if (typeof services === "number") return services;
  const deadline = Deadline.after(LOOKING_MS);
  try {
    return await telling("export", async () => {
      const { filters, holdings, format } = options;
      const found = await look({ services, deadline, filters, holdings, profilesMayShare: format === "yaml" });
      const files = filesOf(found, options);
      refuseExisting(files, options);
      return tell(found, files, options);
    });
  } finally {
    deadline[Symbol.dispose]();
    await services.network.close();
  }
}

async function parse(argv: string[]): Promise<Options> {
  const { values } = parseArgs({
    args: argv,
    options: {
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
      project: { type: "string", multiple: true, default: [] },
      "stack-export": { type: "string" },
      fleet: { type: "string", default: "fleet" },
      force: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const { format, fleet, force, json, project, profile, domain, kind, status } = values;
  if (!isFormat(format)) throw new TypeError("--format must be fleet or yaml");
  const output = values.output ?? OUTPUTS[format];
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
  const holdings = holdingsIn(jsonOf(await readGiven(file, "Give what `pulumi stack export` writes.")));
  if (holdings) return holdings;
  throw new TypeError(`${givenName(file)} is not what \`pulumi stack export\` writes`);
}

function filesOf(found: Found, { format, output, importFile, fleet, projects }: Options): readonly Written[] {
  const imports = format === "fleet" ? importsOfFleet(found, fleet, projects) : importsOfProgram(found);
  const code =
    format === "fleet"
      ? [
          { file: output, text: fleetText(found, projects) },
          { file: lockFileOf(output), text: lockOf(found, projects) },
        ]
      : [{ file: output, text: programText(found) }];
  return imports.length === 0 ? code : [...code, { file: importFile, text: importText(imports) }];
}

function refuseExisting(files: readonly Written[], { output, force }: Options): void {
  const there = output === "-" || force ? [] : files.filter(({ file }) => existsSync(file));
  if (there.length === 0) return;
  throw new Fault({
    kind: "already-exists",
    what: `${there.map(({ file }) => file).join(" and ")} ${there.length > 1 ? "are" : "is"} there already`,
    hint: "Name another file by --output, or overwrite by --force.",
  });
}

/** Writes the files, or prints the first, and says what to do next. */
function tell(found: Found, files: readonly Written[], options: Options): number {
  const { output, json } = options;
  const isPrinted = output === "-";
  if (isPrinted) print((files[0]?.text ?? "").trimEnd());
  else for (const { file, text } of files) writeMasked(file, text);
  const written = isPrinted ? [] : files.map(({ file }) => file);
  const tellLine = isPrinted ? say : print;
  if (json && !isPrinted) print(JSON.stringify(inJson(found, written, options)));
  else for (const line of summary(found, written, options)) tellLine(line);
  return found.left.length > 0 ? EXIT.failed : EXIT.ok;
}

function inJson({ profiles, mailboxes, deviations, left }: Found, files: readonly string[], options: Options): object {
  return {
    files,
    clients: profiles.map((profile) => ({
      name: profile.name,
      profile: profile.shown,
      clientId: profile.clientId,
      secret: secretOf(profile),
      ...projectInJson(projectOf(profile, options.projects)),
    })),
    mailboxes: mailboxes.map(({ emailAddress, profile, activation }) => ({
      address: emailAddress,
      client: profile.name,
      ...("not" in activation ? { activate: false, because: activation.not } : { activate: true }),
    })),
    deviations,
    left,
    commands: commandsOf({ profiles }, files, options),
  };
}

function counted(count: number, one: string, several: string): string {
  return `${count} ${count === 1 ? one : several}`;
}

function projectInJson({ id, isGuess }: ReturnType<typeof projectOf>): object {
  return { projectId: id, projectIsKnown: !isGuess };
}

function summary(found: Found, files: readonly string[], options: Options): readonly string[] {
  const { profiles, mailboxes, deviations, left } = found;
  const tested = mailboxes.filter(({ activation }) => "inputs" in activation).length;
  const guessed = options.format === "fleet" ? profiles.filter((one) => projectOf(one, options.projects).isGuess) : [];
  return [
    `${counted(profiles.length, "profile", "profiles")}, ${counted(mailboxes.length, "mailbox", "mailboxes")}, ${tested} of them well`,
    ...guessed.map(
      ({ name, shown }) =>
        `client ${name} (${shown}): its project's id is not known; put it in, or give it by --project`,
    ),
    ...deviations.map(({ of, what }) => `will be changed by the code: ${of}: ${what}`),
    ...left.map(({ of, what }) => `left out: ${of}: ${what}`),
    ...(files.length > 0 ? [`written: ${files.join(", ")}`] : []),
    ...(options.format === "fleet" ? ["", ...PROGRAM(options)] : []),
    "",
    "Then:",
    ...commandsOf(found, files, options).map((command) => `  ${command}`),
  ];
}

/** What stands in the program, for a fleet. */
const PROGRAM = ({ fleet, output }: Options): readonly string[] => [
  "In Pulumi.yaml:",
  "  resources:",
  `    ${fleet}:`,
  "      type: gmailsync:Fleet",
  "      properties:",
  `        file: ${output === "-" ? OUTPUTS.fleet : output}`,
];

function commandsOf({ profiles }: Pick<Found, "profiles">, files: readonly string[], { importFile }: Options) {
  const imports = files.includes(importFile);
  return [
    ...profiles.map((profile) => `pulumi config set --secret ${secretOf(profile)}`),
    ...(imports ? [`pulumi import --file ${importFile} --protect=false --generate-code=false --yes`] : []),
    "pulumi preview",
  ];
}
