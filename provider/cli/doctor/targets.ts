import { statSync } from "node:fs";
import { isCode } from "../../codes/codes.ts";
import { Fault, quoted } from "../../fault.ts";
import type { Room } from "../../fleet/rooms.ts";
import { memberOf, textOf } from "../../json.ts";
import type { ClientSpec } from "../../resources/fleet/spec.ts";
import { KINDS, type MailboxInputs, mailbox } from "../../resources/mailbox/definition.ts";
import { mailboxActivation } from "../../resources/mailbox-activation/definition.ts";
import type { Expected } from "../../resources/mailbox-activation/preconditions.ts";
import { accountOf, addressProblem } from "../../schema/address.ts";
import { guidOf } from "../../schema/guid.ts";
import { soundPart, validate } from "../../schema/validator.ts";
import { isTree, ownOf, toTree } from "../../values.ts";
import { givenName, readGiven } from "../read-given.ts";
import { type ExportedResource, exportedResources, stateIn } from "../stack-export.ts";
import { stackRooms } from "./stack-rooms.ts";
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
export async function givenBy(named: readonly string[]): Promise<Given> {
  const all = await Promise.all(named.map(givenByOne));
  return { targets: eachOnce(all.flatMap(({ targets }) => targets)), rooms: all.flatMap(({ rooms }) => rooms) };
}

/** What people have named. */
export interface Given {
  readonly targets: readonly Target[];
  /** Places in the projects of fleets and stacks, whose users Google counts. */
  readonly rooms: readonly Room[];
}

async function givenByOne(named: string): Promise<Given> {
  const mailboxId = guidOf(named);
  if (mailboxId) return only([{ ...plain(mailboxId), mailboxId }]);
  if (isPath(named)) return givenByFile(named);
  const problem = addressProblem(named);
  if (problem) throw refused(`${quoted(named)} is not a mail address: it ${problem}`);
  return only([plain(named)]);
}

function only(targets: readonly Target[]): Given {
  return { targets, rooms: [] };
}

function plain(address: string): Target {
  return { address, tolerate: [], activate: true };
}

async function givenByFile(file: string): Promise<Given> {
  if (/\.ya?ml$/i.test(file)) return givenByFleet(file);
  const name = givenName(file);
  const text = await readGiven(file, GIVE);
  const given = text.trimStart().startsWith("{") ? givenByStack(text, name) : only(targetsOfLines(text, name));
  if (given.targets.length === 0) throw refused(`${name} names no mailbox`);
  return given;
}

/** Stands for the client of mailboxes that have none yet: a plan would leave them out. */
const NO_CLIENT = "";

/** Also of a fleet in which something is wrong, as long as it can be read. */
async function givenByFleet(file: string): Promise<Given> {
  const [{ readFleet }, { assigned, filled }, { planOf }, { roomsIn }] = await Promise.all([
    import("../../fleet/read-fleet.ts"),
    import("../../fleet/assignment.ts"),
    import("../../fleet/plan.ts"),
    import("../../fleet/rooms.ts"),
  ]);
  const { spec, lock, problems } = await readFleet(file);
  const [first] = problems;
  if (!spec) throw refused(`${file}:${first?.place.line}:${first?.place.column}: ${first?.message}`);
  const { clients } = assigned(spec, lock);
  const mailboxes = spec.mailboxes.map((mailbox) => ({
    ...mailbox,
    client: clients.get(accountOf(mailbox.address)) ?? NO_CLIENT,
  }));
  const planned = planOf({ ...spec, mailboxes }, lock).mailboxes;
  const targets = planned.map(({ emailAddress, client, inputs, activation }) => ({
    address: emailAddress,
    kind: inputs.kind,
    mailboxId: inputs.mailboxId,
    tolerate: activation?.tolerate ?? [],
    activate: activation !== undefined,
    client: client === NO_CLIENT ? undefined : client,
    expected: expectedOf(ownOf(spec.clients, client)),
    declared: declaredBy(inputs),
  }));
  return { targets, rooms: roomsIn(spec, filled(spec, lock).places) };
}

function expectedOf(client: ClientSpec | undefined): Expected {
  return client?.clientId === undefined ? {} : { clientId: client.clientId };
}

/** With the defaults of the definition. */
function declaredBy(inputs: object): Partial<MailboxInputs> {
  return soundPart(mailbox.inputs, validate(mailbox.inputs, toTree(inputs)).tree);
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
function givenByStack(text: string, name: string): Given {
  const state = stateIn(text);
  const resources = exportedResources(state, ["Mailbox", "MailboxActivation"]);
  if (!resources) throw refused(`${name} is not what \`pulumi stack export\` writes`);
  return { targets: resources.map(targetOf).filter(({ address }) => address !== ""), rooms: stackRooms(state) };
}

function targetOf({ name, address, inputs, outputs }: ExportedResource): Target {
  const told = (property: string) => textOf(outputs, property) || textOf(inputs, property) || undefined;
  const tolerate: unknown = memberOf(inputs, "tolerate");
  const [kind, profileId, mailboxId] = [told("kind"), told("profileId"), guidOf(told("mailboxId") ?? "")];
  const isMailbox = name === "Mailbox";
  const { token, steps, testedOn } = soundPart(mailboxActivation.outputs, isTree(outputs) ? outputs : {});
  return {
    address: addressProblem(address) ? (mailboxId ?? "") : address,
    kind: KINDS.find((known) => known === kind),
    mailboxId,
    tolerate: Array.isArray(tolerate) ? tolerate.filter(isCode) : [],
    activate: !isMailbox,
    expected: { ...(profileId && { profileId }), ...(token && { token }) },
    ...(isMailbox && isTree(inputs) && { declared: soundPart(mailbox.inputs, inputs) }),
    stored: isMailbox ? { webUrl: told("webUrl") } : { steps, testedOn },
  };
}

const GIVE =
  "Give addresses, ids of mailboxes, a file with one address per line, a mailboxes.yaml, or the output of `pulumi stack export`.";

function refused(what: string): Fault {
  return new Fault({ kind: "invalid-input", what, hint: GIVE });
}
