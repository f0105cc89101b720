import { type Json, textOf } from "../../json.ts";
import { nameIn } from "../../resource/urn.ts";
import { tokenOf } from "../../schema/define.ts";
import { isTree, type Tree } from "../../values.ts";
import { type ExportedResource, exportedResources } from "../stack-export.ts";

const NAMES = [
  "GoogleProject",
  "GoogleOAuthClient",
  "EmailServerProfile",
  "Mailbox",
  "MailboxActivation",
  "Fleet",
] as const;
type Name = (typeof NAMES)[number];

/** A resource that a stack has already. */
export interface Held {
  /** What it is called before: its name outside of any component, or its whole URN. */
  readonly alias: string;
  readonly inputs: Tree;
  readonly retainOnDelete: boolean;
  /** What the stack has, code can say. */
  readonly deviation?: never;
}

export interface HeldProject extends Held {
  readonly projectId: string;
}

/** What a stack has, by resource and id. */
export class Holdings {
  readonly #held = new Map<string, Held>();
  readonly #projects = new Map<string, HeldProject>();
  /** Its profiles: names by id. */
  readonly profiles = new Map<string, string>();

  constructor(resources: readonly ExportedResource[] = []) {
    // A component has no id; a program knows it by its name.
    for (const { name, id, urn, inputs: given, outputs, retainOnDelete } of resources) {
      const inputs = isTree(given) ? given : {};
      const held = { alias: aliasOf(urn), inputs, retainOnDelete };
      this.#held.set(keyOf(name, id || nameIn(urn)), held);
      if (name === "GoogleProject") this.#projects.set(textOf(outputs, "projectNumber"), { ...held, projectId: id });
      if (name === "EmailServerProfile") this.profiles.set(id.toLowerCase(), textOf(inputs, "name") || nameIn(urn));
    }
    this.mailboxes = new Map(
      resources.flatMap(({ name, id, address }) => (name === "Mailbox" ? [[id.toLowerCase(), address] as const] : [])),
    );
  }

  /** Its mailboxes: addresses by id. */
  readonly mailboxes: ReadonlyMap<string, string>;

  /** The project with a number, which client ids begin with. */
  project(number: string): HeldProject | undefined {
    return this.#projects.get(number);
  }

  of(name: Name, id: string): Held | undefined {
    return this.#held.get(keyOf(name, id));
  }
}

/** Undefined where it is no stack's export. */
export function holdingsIn(state: Json | undefined): Holdings | undefined {
  const resources = exportedResources(state, NAMES, (name) => [
    tokenOf(name),
    `pulumi-nodejs:dynamic/gmailsync:${name}`,
  ]);
  return resources && new Holdings(resources);
}

function keyOf(name: string, id: string): string {
  return `${name} ${id.toLowerCase()}`;
}

/** `urn:pulumi:stack::project::type::name`; types of parents stand before a `$`, and another package needs the whole. */
function aliasOf(urn: string): string {
  const [, , type = ""] = urn.split("::");
  return type.startsWith("gmailsync:index:") && !type.includes("$") ? nameIn(urn) : urn;
}
