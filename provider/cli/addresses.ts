import { createReadStream } from "node:fs";
import { Fault, messageOf } from "../fault.ts";
import { jsonOf } from "../json.ts";
import { EXPORT_LIMIT, exportedResources } from "./stack-export.ts";

const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/**
 * Addresses from what people give: an address, a file (`-`: standard input) with one address per line, the `mailboxes.yaml`
 * of a fleet, or a stack as `pulumi stack export` writes it. In order, each once.
 */
export async function addressesFrom(given: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(given.map(async (one) => (one.includes("@") ? [one] : addressesIn(one))));
  const byName = new Map(lists.flat().map((address) => [address.toLowerCase(), address]));
  return [...byName.values()];
}

async function addressesIn(file: string): Promise<string[]> {
  if (/\.ya?ml$/.test(file)) return addressesOfFleet(file);
  const name = file === "-" ? "standard input" : file;
  const text = await read(file, name);
  const addresses = text.trimStart().startsWith("{") ? addressesOfStack(text, name) : addressesOfLines(text, name);
  if (addresses.length === 0) throw refused(`${name} names no mailbox`);
  return addresses;
}

async function read(file: string, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of file === "-" ? process.stdin : createReadStream(file)) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      if (size > EXPORT_LIMIT) break;
      chunks.push(bytes);
    }
  } catch (error) {
    throw refused(`${name} cannot be read: ${messageOf(error)}`);
  }
  if (size > EXPORT_LIMIT) throw refused(`${name} is larger than ${EXPORT_LIMIT / 1024 / 1024} MiB`);
  return Buffer.concat(chunks).toString("utf8");
}

/** Also of a fleet in which something is wrong, as long as it can be read. */
async function addressesOfFleet(file: string): Promise<string[]> {
  const { readFleet } = await import("../fleet/read-fleet.ts");
  const { spec, problems } = await readFleet(file);
  const [first] = problems;
  if (spec) return spec.mailboxes.map(({ address }) => address);
  throw refused(`${file}:${first?.place.line}:${first?.place.column}: ${first?.message}`);
}

function addressesOfLines(text: string, name: string): string[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const address = line.replace(/#.*/, "").trim();
    if (address === "") return [];
    if (!ADDRESS.test(address))
      throw refused(`${name}, line ${index + 1}: ${address.slice(0, 80)} is not a mail address`);
    return [address];
  });
}

/** The mailboxes of a stack; an activation tells the address, too. */
function addressesOfStack(text: string, name: string): string[] {
  const resources = exportedResources(jsonOf(text), ["Mailbox", "MailboxActivation"]);
  if (!resources) throw refused(`${name} is not what \`pulumi stack export\` writes`);
  return resources.map(({ address }) => address).filter((address) => ADDRESS.test(address));
}

function refused(what: string): Fault {
  return new Fault({
    kind: "invalid-input",
    what,
    hint: "Give addresses, a file with one address per line, a mailboxes.yaml, or the output of `pulumi stack export`.",
  });
}
