import { EXIT } from "../../codes/exit.ts";
import { amount, mailboxes as numberOf } from "../amount.ts";
import { print, printData, say } from "../output.ts";
import { writeData } from "../write-masked.ts";
import type { Written } from "./files.ts";
import { projectOf, secretOf } from "./fleet.ts";
import { type Found, TAKEN_IN } from "./found.ts";
import { type Options, OUTPUTS } from "./options.ts";

/** Writes the files, or prints the first, and says what to do next. */
export function tell(found: Found, files: readonly Written[], options: Options): number {
  const { output, json } = options;
  const isPrinted = output === "-";
  if (isPrinted) printData((files[0]?.text ?? "").trimEnd());
  else for (const { file, text } of files) writeData(file, text);
  const written = isPrinted ? [] : files.map(({ file }) => file);
  const tellLine = isPrinted ? say : print;
  if (json) print(JSON.stringify(inJson(found, written, options)));
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

function projectInJson({ id, isGuess }: ReturnType<typeof projectOf>): object {
  return { projectId: id, projectIsKnown: !isGuess };
}

function summary(found: Found, files: readonly string[], options: Options): readonly string[] {
  const { profiles, mailboxes, deviations, left } = found;
  const tested = mailboxes.filter(({ activation }) => "inputs" in activation).length;
  const guessed = options.format === "fleet" ? profiles.filter((one) => projectOf(one, options.projects).isGuess) : [];
  return [
    `${amount(profiles.length, "profile", "profiles")}, ${numberOf(mailboxes.length)}, ${tested} of them well`,
    ...guessed.map(
      ({ name, shown }) =>
        `client ${name} (${shown}): its project's id is not known; put it in, or give it by --project`,
    ),
    ...deviations.map(({ of, what }) => `will be changed by the code: ${of}: ${what}`),
    ...left.map(({ of, what }) => `left out: ${of}: ${what}`),
    ...(left.length > 0 ? [TAKEN_IN] : []),
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
