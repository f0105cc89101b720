import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { again } from "./again.ts";
import { amount, mailboxes } from "./amount.ts";
import { commandLine } from "./command-line.ts";
import { table } from "./doctor/csv.ts";
import { gather } from "./doctor/gather.ts";
import type { Looks } from "./doctor/look.ts";
import type { Target } from "./doctor/target.ts";
import { givenBy } from "./doctor/targets.ts";
import { type AskedFor, formsIn, writeForms } from "./forms.ts";
import { looking } from "./looking.ts";
import { print, say } from "./output.ts";
import { literally } from "./page/markdown.ts";
import { objectParts, type Parts } from "./parts.ts";
import { PLACEHOLDERS, readTemplate, TEMPLATE, type Template, templateOf, writeMessages } from "./signin/messages.ts";
import { pageOf } from "./signin/page.ts";
import { isAsked, isUnable, type Person, personOf, STANDINGS, type Standing } from "./signin/person.ts";

const HELP = `gmailsync signin: who has yet to sign in to Gmail, as Dynamics knows it, and what to send them

Usage: gmailsync signin <address | id | file>… [--csv FILE] [--markdown FILE] [--json FILE] [--page FILE]
                        [--messages DIR [--template FILE]] [--watch] [--read-only]

Nobody but the user of a mailbox can consent at Google. Mailboxes are named as for \`gmailsync doctor\`: by the mailboxes.yaml of a
fleet, what \`pulumi stack export\` writes, or addresses; - is standard input. What is not to be activated is left out. Settings
come from the environment: GMAILSYNC_ENVIRONMENT_URL, AZURE_TENANT_ID, AZURE_CLIENT_ID, a secret in AZURE_CLIENT_SECRET or
another identity (docs/identities.md). Nobody is written to, and nothing is changed. FILE may be -, for standard output.

  --csv       address, name, page to sign in, for mail merges
  --markdown  a list to tick, for a ticket
  --json      one object, of all mailboxes
  --page      one file to publish: what to click in which order, and what people will see. It names those who are asked
  --messages  a message for each of them in a folder: a draft (.eml) and text (.txt); those of people who are asked no more go
  --template  another message: a line "Subject: …", an empty line, the text; with ${PLACEHOLDERS.join(", ")}
  --watch     looks again every 10 s and says who is in, until all are who can, or Ctrl-C
  --read-only what it always is: nothing is written to Microsoft or Google, and the way out refuses it

Examples:
  gmailsync signin mailboxes.yaml
  gmailsync signin mailboxes.yaml --messages messages --page signin.html
  gmailsync signin mailboxes.yaml --messages messages --template bitte-anmelden.txt
  gmailsync signin mailboxes.yaml --csv - | cut -d, -f1
  gmailsync signin mailboxes.yaml --watch

${exitCodes("signin")}`;

export const OPTIONS = {
  csv: { type: "string" },
  markdown: { type: "string" },
  json: { type: "string" },
  page: { type: "string" },
  messages: { type: "string" },
  template: { type: "string" },
  watch: { type: "boolean", default: false },
  "read-only": { type: "boolean" },
} as const;

const WATCH_MS = 10_000;
/** For one mailbox. */
const LIMIT_MS = 60_000;

/** What can be written, of all people. */
const FORMS = {
  csv: (people: readonly Person[]) =>
    table(
      ["address", "name", "standing", "client", "webUrl"],
      people
        .filter(isAsked)
        .map(({ address, name, standing, client, webUrl }) => [address, name, standing, client, webUrl]),
    ),
  markdown: (people: readonly Person[]) =>
    people
      .filter(isAsked)
      .map(({ address, name, webUrl }) => `- [ ] [${literally(address)}](<${webUrl}>) ${literally(name)}\n`),
  json: (people: readonly Person[]) => objectParts({ counts: countsOf(people) }, "people", people, (one) => one),
  page: pageOf,
} as const satisfies Readonly<Record<string, (people: readonly Person[]) => Parts>>;

const NAMES = ["csv", "markdown", "json", "page"] as const satisfies readonly (keyof typeof FORMS)[];

interface Options {
  readonly targets: readonly Target[];
  readonly files: readonly AskedFor<keyof typeof FORMS>[];
  readonly messages: string | undefined;
  readonly template: Template;
  readonly watch: boolean;
}

/** `gmailsync signin …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("signin", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  return looking("signin", async (services, signal) => {
    const looks = { targets: options.targets, timeoutMs: LIMIT_MS, services, signal };
    const people = await gather(looks, personOf);
    const isPrinted = await write(options, people);
    if (options.watch) return watch(looks, people, isPrinted ? say : print);
    return exitOf(people);
  });
}

async function parse(argv: string[]): Promise<Options> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const { messages, template, watch } = values;
  if (positionals.length === 0) throw new TypeError("an address or a file is needed");
  if (template !== undefined && messages === undefined) throw new TypeError("--template is for --messages");
  const files = formsIn(NAMES, values);
  const { targets } = await givenBy(positionals);
  return {
    targets: targets.filter(({ activate }) => activate),
    files,
    messages,
    template: template === undefined ? templateOf(TEMPLATE, "the template") : await readTemplate(template),
    watch,
  };
}

/** Whether standard output is a form's own. */
async function write({ files, messages, template }: Options, people: readonly Person[]): Promise<boolean> {
  const isPrinted = writeForms(files, (form) => FORMS[form](people));
  if (messages !== undefined) await writeMessages(messages, people, template);
  if (isPrinted) return true;
  for (const person of people) if (person.standing !== "signedIn") print(lineOf(person));
  print(summaryOf(people));
  if (messages !== undefined)
    print(
      `${messages}: ${amount(people.filter(isAsked).length, "message", "messages")} to send, as drafts (.eml) and text`,
    );
  return false;
}

function lineOf({ address, standing, webUrl, why }: Person): string {
  const { mark, words } = STANDINGS[standing];
  return [`${mark} ${address}  ${words}`, webUrl, why].filter(Boolean).join("  ");
}

function countsOf(people: readonly Person[]): Readonly<Record<string, number>> {
  const standings = Object.keys(STANDINGS).map((standing) => [
    standing,
    people.filter((one) => one.standing === standing).length,
  ]);
  return { all: people.length, ...Object.fromEntries(standings) };
}

/** `250 mailboxes: 245 signed in, 4 have yet to sign in, 1 cannot`. */
function summaryOf(people: readonly Person[]): string {
  const count = (of: (standing: Standing) => boolean) => people.filter(({ standing }) => of(standing)).length;
  const done = count((standing) => standing === "signedIn");
  const asked = people.filter(isAsked).length;
  const unable = people.length - done - asked;
  const all = mailboxes(people.length);
  return `${all}: ${done} signed in, ${asked} yet to sign in${unable > 0 ? `, ${unable} that cannot yet` : ""}`;
}

/** Says who is in, until nobody is missing but those who cannot sign in; names these at the end. */
async function watch(looks: Looks, people: readonly Person[], tell: typeof print): Promise<number> {
  const left = new Set(looks.targets.filter((_, index) => isAwaited(people[index])));
  const unable = people.filter(isUnable);
  const look = async () => {
    const targets = [...left];
    for (const [index, person] of (await gather({ ...looks, targets }, personOf)).entries()) {
      const target = targets[index];
      if (target === undefined || isAwaited(person)) continue;
      left.delete(target);
      if (isUnable(person)) unable.push(person);
      else tell(`${lineOf({ ...person, webUrl: "" })}${left.size > 0 ? `, ${left.size} left` : ""}`);
    }
    return left.size === 0;
  };
  if (left.size > 0) await again("signin", WATCH_MS, looks.signal, look);
  if (left.size > 0) return EXIT.failed;
  for (const person of unable) tell(lineOf(person));
  tell(unable.length > 0 ? "All who can have signed in." : "All have signed in.");
  return exitOf(unable);
}

function isAwaited(person: Person | undefined): boolean {
  return person !== undefined && person.standing !== "signedIn" && !isUnable(person);
}

function exitOf(people: readonly Person[]): number {
  return people.some(({ standing }) => standing === "notFound") ? EXIT.failed : EXIT.ok;
}
