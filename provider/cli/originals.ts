import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import { isReadOnly } from "../host/configuration.ts";
import { isJson, type Json } from "../json.ts";
import { readOnlyFault } from "../network/effect.ts";
import { Settings } from "../resources/mailbox/definition.ts";
import { properties } from "../schema/define.ts";
import { shownPath } from "../schema/shown-name.ts";
import { validate } from "../schema/validator.ts";
import { ownOf, type Tree, toTree, type Value } from "../values.ts";
import { commandLine } from "./command-line.ts";
import { recover } from "./cut-off.ts";
import { print } from "./output.ts";
import { isOnlyPending, recoverOriginals, settingsText, tellDropped } from "./recover-originals.ts";
import { exportedResources } from "./stack-export.ts";
import { exportState, importState, refused, UNWRITTEN, WRITTEN } from "./stack-state.ts";

const HELP = `gmailsync originals: how mailboxes were before this stack adopted them, as its state holds it

Usage: gmailsync originals list [--stack NAME] [--json]
       gmailsync originals show <address> [--stack NAME] [--json]
       gmailsync originals set <address> <setting=value>… [--stack NAME] [--yes]
       gmailsync originals recover [--stack NAME] [--yes] [--json]
       each with [--read-only]

Destroying a Mailbox puts back what is in its original, where it still is as this stack has set it. Where the original is not known the
mailbox stays as it is. \`set\` mends that before a destroy: it exports the stack's state, changes the one field and imports it
again; without --yes it only shows what it would change. Run it in the project's folder; it uses the \`pulumi\` on PATH.

\`recover\` is for a job that was killed together with its machine. The engine writes what it is about to create into the state first, and
with a mailbox how it was: such mailboxes are taken into the state, so that the next \`pulumi up\` goes on with them, also on another
machine, and a destroy puts them back. Before it run \`pulumi cancel\`, if the stack is locked, and neither \`pulumi stack import\` nor
\`pulumi refresh --clear-pending-creates\`, which drop what is pending. On the same machine nothing has to be recovered.

Settings: ${Object.keys(properties(Settings))
  .filter((name) => name !== "gmail")
  .join(", ")}.
An empty profileId says that there was no profile. Numbers are those of Dataverse's columns: delivery 0 none, 1 forward or
Exchange router, 2 server-side synchronization; approval 0 empty, 1 approved, 2 pending, 3 rejected.

  --stack      the stack (default: the selected one)
  --json       one object
  --yes        writes the state
  --read-only  refuses --yes, as does GMAILSYNC_READ_ONLY=true in the environment; without --yes nothing is written anyway

Examples:
  gmailsync originals list
  gmailsync originals show anna@northwind.example
  gmailsync originals set anna@northwind.example profileId= incomingEmailDeliveryMethod=0 outgoingEmailDeliveryMethod=0 --yes
  gmailsync originals recover --stack acme/prod
  gmailsync originals recover --stack acme/prod --yes

${exitCodes("originals")}`;

export const OPTIONS = {
  stack: { type: "string" },
  json: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
  "read-only": { type: "boolean", default: false },
} as const;

export const WORDS = ["list", "show", "set", "recover"] as const;

interface Options {
  readonly verb: (typeof WORDS)[number];
  readonly address: string;
  readonly values: Tree;
  readonly stack: string | undefined;
  readonly json: boolean;
  readonly yes: boolean;
}

/** `gmailsync originals …`; returns the exit code. */
export async function run(argv: string[]): Promise<number> {
  const options = await commandLine("originals", HELP, argv, () => parse(argv));
  if (typeof options === "number") return options;
  const state = await exportState(options.stack);
  if (options.verb === "recover") return recoverOriginals(options, state);
  const mailboxes = mailboxesOf(state);
  if (options.verb === "list") {
    const told = mailboxes.map((mailbox) => ({ address: mailbox.address, known: mailbox.original !== undefined }));
    print(
      options.json
        ? JSON.stringify({ mailboxes: told })
        : told.map(({ address, known }) => `${address}: ${known ? "known" : "not known"}`).join("\n"),
    );
    return told.every(({ known }) => known) ? EXIT.ok : EXIT.failed;
  }
  const mailbox = mailboxes.find(({ address }) => address.toLowerCase() === options.address.toLowerCase());
  if (!mailbox) throw refused(`The state has no mailbox ${options.address}`, "`gmailsync originals list` shows all.");
  if (options.verb === "show") {
    const { address, original } = mailbox;
    print(options.json ? JSON.stringify({ address, original }) : text(address, original));
    return original === undefined ? EXIT.failed : EXIT.ok;
  }
  return set(options, state, mailbox);
}

async function set({ address, values, stack, yes }: Options, state: Json, mailbox: Held): Promise<number> {
  const after = { ...mailbox.original, ...values };
  const { mailboxes, others } = recover(state);
  print(`before\n${text(address, mailbox.original)}\nafter\n${text(address, after)}`);
  tellDropped([...others, ...mailboxes.flatMap(({ address, fate }) => (fate === "unknown" ? [address] : []))]);
  if (mailboxes.some(isOnlyPending))
    throw refused(
      "The state holds how mailboxes were whose creation was cut off, and importing it would drop that",
      "Run `gmailsync originals recover` first. What that shows and cannot take, note down; then `pulumi refresh --clear-pending-creates` drops it.",
    );
  if (!yes) {
    print(UNWRITTEN);
    return EXIT.ok;
  }
  Reflect.set(mailbox.outputs, "original", after);
  await importState(stack, state);
  print(WRITTEN);
  return EXIT.ok;
}

function parse(argv: string[]): Options {
  const { values: flags, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: OPTIONS,
  });
  const [word, address, ...pairs] = positionals;
  const verb = WORDS.find((one) => one === word);
  if (verb === undefined) throw new TypeError("say list, show, set or recover");
  const ofAll = verb === "list" || verb === "recover";
  if (!ofAll && address === undefined) throw new TypeError(`${verb} needs the address of a mailbox`);
  if (ofAll && address !== undefined) throw new TypeError(`${verb} takes no address`);
  if (verb === "set" && flags.json) throw new TypeError("set takes no --json");
  if (verb === "show" && pairs.length > 0) throw new TypeError("show takes one address");
  if (flags.yes && (flags["read-only"] || isReadOnly(process.env))) throw readOnlyFault();
  if (verb === "set" && pairs.length === 0) throw new TypeError("set needs at least one setting=value");
  return { verb, address: address ?? "", values: valuesOf(pairs), ...flags, stack: flags.stack };
}

/** `name=value` by the definition: numbers and truth values are taken as such. */
function valuesOf(pairs: readonly string[]): Tree {
  const entries = pairs.map((pair): [string, Value] => {
    const [, name = "", value = ""] = /^(\w+)=(.*)$/s.exec(pair) ?? [];
    if (!name) throw new TypeError(`"${pair.slice(0, 80)}" is not of the form setting=value`);
    const { type } = ownOf(properties(Settings), name) ?? {};
    return [name, type === "boolean" && /^(true|false)$/.test(value) ? value === "true" : value];
  });
  const { failures, tree } = validate(Settings, Object.fromEntries(entries));
  const [first] = failures;
  if (first) throw new TypeError(`${shownPath(first.path)} ${first.reason}`);
  return tree;
}

interface Held {
  readonly address: string;
  readonly original: Tree | undefined;
  readonly outputs: object;
}

function mailboxesOf(state: Json): readonly Held[] {
  return (exportedResources(state, ["Mailbox"]) ?? []).flatMap(({ address, outputs }): Held[] => {
    if (!isJson(outputs)) return [];
    const { original } = outputs;
    return [{ address, original: isJson(original) ? toTree(original) : undefined, outputs }];
  });
}

function text(address: string, original: Tree | undefined): string {
  if (original === undefined) return `  ${address}: it is not known how it was; destroying it leaves it as it is`;
  return settingsText(original);
}
