import { CODES, type Code, exitOf, hintOf, TABLES } from "../../provider/codes/codes.ts";
import { EXIT, EXITS } from "../../provider/codes/exit.ts";
import { KINDS } from "../../provider/codes/kinds.ts";
import { CLASSES, type CodeRow } from "../../provider/codes/row.ts";
import { STEPS } from "../../provider/codes/steps.ts";
import { HINTS } from "../../provider/dataverse/entra-refusal.ts";
import { BY_CODE } from "../../provider/dataverse/errors.ts";
import { code, MADE, table } from "./markdown.ts";

const TITLES: Readonly<Record<keyof typeof TABLES, string>> = {
  activation: "Profile, mailbox, and Dynamics' own test",
  google: "OAuth clients and tokens at Google",
  mail: "Mail servers",
  transport: "No answer",
  preflight: "Before the first deployment",
  fleet: "mailboxes.yaml",
};

const SEEN: Readonly<Record<CodeRow["seen"], string>> = {
  live: "by every look",
  test: "by a login or test",
  preflight: "by preflight",
  file: "in the file",
};

/** The page of all stable codes, exit codes, and the remote codes that hints are known for. */
export function codesPage(): string {
  refuseSharedHints();
  return `${[
    MADE,
    "# Codes",
    "Errors, steps and reports carry these; they stay the same when words change. A code of a step stands in `steps[].code` of a `MailboxActivation`, in `checks[].code` of a `GoogleOAuthClient` and in `--json` of `gmailsync doctor` and `preflight`; one of a fleet in `gmailsync check --json` and in SARIF.",
    ...Object.entries(TABLES).flatMap(([name, rows]) => [
      `## ${Object.entries(TITLES).find(([key]) => key === name)?.[1] ?? name}`,
      table(
        ["code", "what it says", "what to do", "class", "seen", "again helps", "exit code"],
        Object.entries<CodeRow>(rows).map(([key, row]) => codeRow(key, row)),
      ),
    ]),
    "## Classes",
    table(
      ["class", "what it is"],
      Object.entries(CLASSES).map(([name, { words }]) => [code(name), words]),
    ),
    "## Steps",
    table(
      ["step", "what is looked at"],
      Object.entries(STEPS).map(([id, label]) => [code(id), label]),
    ),
    "## Kinds of errors",
    table(
      ["kind", "what it says", "exit code"],
      Object.entries(KINDS).map(([kind, { words, exit }]) => [code(kind), words, String(EXIT[exit])]),
    ),
    "## Exit codes of the commands",
    table(["command", ...Object.values(EXIT).map(String)], Object.entries(EXITS).map(exitRow)),
    "`pulumi preview --expect-no-changes` is the gate of a pipeline: 0 nothing to do, 7 a change or drift, 1 an error.",
    "## Codes of Dataverse",
    table(
      ["code", "kind", "what to do"],
      Object.entries(BY_CODE).map(([key, { kind, hint = "Run it again." }]) => [code(key), code(kind), hint]),
    ),
    "## Codes of Microsoft Entra",
    table(
      ["code", "what to do"],
      Object.entries(HINTS).map(([key, hint]) => [code(key), hint]),
    ),
  ].join("\n\n")}\n`;
}

function codeRow(key: string, row: CodeRow): string[] {
  const known = Object.keys(CODES).find((one): one is Code => one === key);
  const exit = known ? EXIT[exitOf(known)] : "";
  const hint = known ? hintOf(known) : row.hint;
  return [code(key), row.words, hint, code(row.class), SEEN[row.seen], row.again ? "yes" : "no", String(exit)];
}

function exitRow([command, exits]: [string, object]): string[] {
  return [
    code(`gmailsync ${command}`),
    ...Object.keys(EXIT).map((exit) => {
      const when: unknown = Reflect.get(exits, exit);
      return typeof when === "string" ? when : "–";
    }),
  ];
}

/** A hint that two codes share says too little of either. */
function refuseSharedHints(): void {
  const owners = new Map<string, string>();
  for (const [key, { hint }] of Object.entries<CodeRow>(CODES)) {
    const other = owners.get(hint);
    if (other !== undefined) throw new Error(`${other} and ${key} have the same hint; each code needs one of its own`);
    owners.set(hint, key);
  }
}
