import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { wholeProgram } from "../../scripts/whole-program.ts";
import { ROOT } from "./package.ts";
import { changeRow, gmailProfile } from "./sandbox.ts";

/** The project of a TestStack: another one would have no stack. */
const PREVIEWED = "test";
const PLUGINS = { providers: [{ name: "gmailsync", path: join(ROOT, "bin") }] };

/** Values of a stack's configuration that matter; all others are any text. */
const CONFIGURATION: Readonly<Record<string, string>> = {
  googleClientId: SEED_CLIENT_ID,
  googleClientSecret: SEED_CLIENT_SECRET,
};

/** A program of a document as it is previewed: with this clone's plugin, and a value for each setting. */
export function programToPreview(text: string): string {
  const { config, ...program } = wholeProgram(text);
  const settings = Object.keys(config).map((name) => [
    name,
    { type: "string", default: CONFIGURATION[name] ?? `GOCSPX-any-${name}` },
  ]);
  const whole = { plugins: PLUGINS, ...program, name: PREVIEWED, config: Object.fromEntries(settings) };
  return stringify(whole).replaceAll("/path/to/clone", ROOT);
}

/** As examples call a second client, beside that of every world. */
const OTHER_CLIENT_ID = "123456789012-abc.apps.googleusercontent.com";

const client = (clientId: string) => ({
  projectId: "northwind-mail",
  clientId,
  clientSecret: { config: "googleClientSecret" },
  audience: "internal",
});
/** As documents call the clients of a fleet. */
const CLIENTS = { north: client(SEED_CLIENT_ID), south: client(OTHER_CLIENT_ID) };

/** A `mailboxes.yaml` of a document, with the clients that it names and does not repeat. */
export function wholeFleet(text: string): string {
  if ("clients" in Object(parse(text, { merge: true }))) return text;
  return `${text}\n${stringify({ clients: CLIENTS })}`;
}

/** What is there already by the names that examples use: a client at Google, and a profile in Dynamics. */
export function asExamplesHaveIt(sandbox: Sandbox): void {
  const { clients } = sandbox.world.google;
  const [client] = clients;
  if (!client) throw new Error("the world has no client");
  clients.push({ ...client, clientId: OTHER_CLIENT_ID });
  changeRow(sandbox, gmailProfile(sandbox), { name: "Gmail" });
}

/** Writes what programs of fleets read. */
export function writeFleet(folder: string): void {
  const clientOf = { anna: "north", bert: "south" };
  const mailboxes = Object.entries(clientOf).map(([name, client]) => ({
    address: `${name}@northwind.example`,
    client,
  }));
  writeFileSync(join(folder, "mailboxes.yaml"), stringify({ clients: CLIENTS, mailboxes }));
  const lock = mailboxes.map(({ address, client }) => `${address} ${client}\n`);
  writeFileSync(join(folder, "mailboxes.lock"), lock.join(""));
}

/** Writes the texts to files of a folder, `block-1.ts` and so on; their names. */
export function writeBlocks(folder: string, texts: readonly string[], ending: string): readonly string[] {
  return texts.map((text, index) => {
    const name = `block-${index + 1}.${ending}`;
    writeFileSync(join(folder, name), `${text}\n`);
    return name;
  });
}
