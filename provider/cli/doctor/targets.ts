import { statSync } from "node:fs";
import { isCode } from "../../codes/codes.ts";
import { Fault, quoted } from "../../fault.ts";
import { jsonOf, memberOf, textOf } from "../../json.ts";
import { KINDS } from "../../resources/mailbox/definition.ts";
import { mailboxActivation } from "../../resources/mailbox-activation/definition.ts";
import { accountOf, addressProblem } from "../../schema/address.ts";
import { guidOf } from "../../schema/guid.ts";
import { soundPart } from "../../schema/validator.ts";
import { isTree } from "../../values.ts";
import { givenName, readGiven } from "../read-given.ts";
import { type ExportedResource, exportedResources } from "../stack-export.ts";
import { eachOnce, type Target } from "./target.ts";

/** Endings of files that name mailboxes; none of them is the ending of a domain. */
const FILE = /\.(ya?ml|json|txt|csv|lock)$/i;

/** A path may hold an `@`, and a folder may be called after an address. `./` makes a path of anything. */
function isPath(given: string): boolean {
  return !given.includes("@") || /[\\/]/.test(given) || FILE.test(given) || isFile(given);
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * Mailboxes from what people give: an address, an id or the page of Dynamics that has it, a file (`-`: standard input) with one address
 * per line, the `mailboxes.yaml` of a fleet, or a stack as `pulumi stack export` writes it. In order, each once.
 */
export async function targetsFrom(given: readonly string[]): Promise<Target[]> {
  const lists = await Promise.all(given.map(targetsOf));
  return eachOnce(lists.flat());
}

async function targetsOf(given: string): Promise<Target[]> {
  const mailboxId = guidOf(given);
  if (mailboxId) return [{ ...plain(mailboxId), mailboxId }];
  if (isPath(given)) return targetsIn(given);
  const problem = addressProblem(given);
  if (problem) throw refused(`${quoted(given)} is not a mail address: it ${problem}`);
  return [plain(given)];
}

function plain(address: string): Target {
  return { address, tolerate: [], activate: true };
}

async function targetsIn(file: string): Promise<Target[]> {
  if (/\.ya?ml$/i.test(file)) return targetsOfFleet(file);
  const name = givenName(file);
  const text = await readGiven(file, GIVE);
  const targets = text.trimStart().startsWith("{") ? targetsOfStack(text, name) : targetsOfLines(text, name);
  if (targets.length === 0) throw refused(`${name} names no mailbox`);
  return targets;
}

/** Stands for the client of mailboxes that have none yet: a plan would leave them out. */
const NO_CLIENT = "";

/** Also of a fleet in which something is wrong, as long as it can be read. */
async function targetsOfFleet(file: string): Promise<Target[]> {
  const [{ readFleet }, { assigned }, { planOf }] = await Promise.all([
    import("../../fleet/read-fleet.ts"),
    import("../../fleet/assignment.ts"),
    import("../../fleet/plan.ts"),
  ]);
  const { spec, lock, problems } = await readFleet(file);
  const [first] = problems;
  if (!spec) throw refused(`${file}:${first?.place.line}:${first?.place.column}: ${first?.message}`);
  const { clients } = assigned(spec, lock);
  const mailboxes = spec.mailboxes.map((mailbox) => ({
    ...mailbox,
    client: clients.get(accountOf(mailbox.address)) ?? NO_CLIENT,
  }));
  return planOf({ ...spec, mailboxes }, lock).mailboxes.map(({ emailAddress, client, inputs, activation }) => ({
    address: emailAddress,
    kind: inputs.kind,
    mailboxId: inputs.mailboxId,
    tolerate: activation?.tolerate ?? [],
    activate: activation !== undefined,
    client: client === NO_CLIENT ? undefined : client,
  }));
}

function targetsOfLines(text: string, name: string): Target[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const address = line.replace(/(^|\s)#.*/, "").trim();
    if (address === "") return [];
    const problem = addressProblem(address);
    // Not quoted: the file may be another.
    if (problem) throw refused(`${name}: line ${index + 1} is not a mail address: it ${problem}`);
    return [plain(address)];
  });
}

/** The mailboxes of a stack that can be found. One without an activation is not to be activated; an activation tells the address, too. */
function targetsOfStack(text: string, name: string): Target[] {
  const resources = exportedResources(jsonOf(text), ["Mailbox", "MailboxActivation"]);
  if (!resources) throw refused(`${name} is not what \`pulumi stack export\` writes`);
  return resources.map(targetOf).filter(({ address }) => address !== "");
}

function targetOf({ name, address, inputs, outputs }: ExportedResource): Target {
  const told = (property: string) => textOf(outputs, property) || textOf(inputs, property) || undefined;
  const tolerate: unknown = memberOf(inputs, "tolerate");
  const [kind, profileId, mailboxId] = [told("kind"), told("profileId"), guidOf(told("mailboxId") ?? "")];
  const { token } = soundPart(mailboxActivation.outputs, isTree(outputs) ? outputs : {});
  return {
    address: addressProblem(address) ? (mailboxId ?? "") : address,
    kind: KINDS.find((known) => known === kind),
    mailboxId,
    tolerate: Array.isArray(tolerate) ? tolerate.filter(isCode) : [],
    activate: name === "MailboxActivation",
    expected: { ...(profileId && { profileId }), ...(token && { token }) },
  };
}

const GIVE =
  "Give addresses, ids of mailboxes, a file with one address per line, a mailboxes.yaml, or the output of `pulumi stack export`.";

function refused(what: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint: GIVE });
}
