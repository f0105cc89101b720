import { nameOf } from "../../fleet/names.ts";
import { googleOAuthClient } from "../../resources/google-oauth-client/definition.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import { properties, tokenOf } from "../../schema/define.ts";
import { pick, type Tree } from "../../values.ts";
import { type Projects, projectOf, screenFor } from "./fleet.ts";
import type { Found, FoundMailbox } from "./found.ts";
import type { Holdings } from "./held.ts";
import { activationName, namesOf } from "./program.ts";

/** One resource as `pulumi import --file` takes it. `name` is for others of the file to refer to. */
interface Imported {
  readonly type: string;
  readonly name: string;
  readonly logicalName?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly component?: true;
  /** What no read gives back. */
  readonly inputs?: Tree;
}

/** What Check fills in, which an import does not while the secret is missing. */
const DEFAULT_SCREEN = pick(
  Object.fromEntries(
    Object.entries(properties(googleOAuthClient.inputs)).map(([name, property]) => [name, property.default ?? null]),
  ),
  (_, value) => value !== null,
);

interface InFleet {
  /** Name of the Fleet in the program. */
  readonly fleet: string;
  readonly projects: Projects;
  readonly holdings: Holdings;
}

/** What a Fleet of such a file will have, under it. What the stack has already is left out: its aliases bring it along. */
export function importsOfFleet(found: Found, { fleet, projects, holdings }: InFleet): readonly Imported[] {
  const { profiles, mailboxes } = found;
  const children = [
    ...profiles.flatMap((profile): Imported[] => {
      const logicalName = `${fleet}-${profile.name}`;
      const screen = screenFor(profile, mailboxes);
      const inputs = { projectId: projectOf(profile, projects).id, ...DEFAULT_SCREEN, ...screen };
      return [
        ...unless(profile.former.client, { ...one("GoogleOAuthClient", logicalName, profile.clientId), inputs }),
        ...unless(profile.former.profile, one("EmailServerProfile", logicalName, profile.profileId)),
      ];
    }),
    ...mailboxes.flatMap((mailbox): Imported[] => {
      const { mailboxId, emailAddress, activation, former } = mailbox;
      const said = saidOf(mailbox);
      const name = nameOf(emailAddress, said.inputs?.kind);
      return [
        ...unless(former.mailbox, { ...one("Mailbox", name, mailboxId), ...said }),
        ...("inputs" in activation ? unless(former.activation, one("MailboxActivation", name, mailboxId)) : []),
      ];
    }),
  ];
  // As its children are registered: whoever makes it, it is a component of its own process, and knows its name.
  const component = { type: tokenOf("Fleet"), name: fleet, component: true, inputs: { name: fleet } } as const;
  // The engine passes over what it has already.
  const isThere = children.length === 0 && holdings.of("Fleet", fleet) !== undefined;
  return isThere ? [] : [component, ...children.map((child) => ({ ...child, parent: fleet }))];
}

/** The same for a program of single resources. */
export function importsOfProgram(found: Found): readonly Imported[] {
  const names = namesOf(found);
  const name = (id: string) => names.get(id) ?? "";
  return [
    ...found.profiles.flatMap(({ profileId, former }) =>
      unless(former.profile, { type: tokenOf("EmailServerProfile"), name: name(profileId), id: profileId }),
    ),
    ...found.mailboxes.flatMap((mailbox) => {
      const { mailboxId: id, activation, former } = mailbox;
      return [
        ...unless(former.mailbox, { type: tokenOf("Mailbox"), name: name(id), id, ...saidOf(mailbox) }),
        ...("inputs" in activation
          ? unless(former.activation, { type: tokenOf("MailboxActivation"), name: activationName(name(id)), id })
          : []),
      ];
    }),
  ];
}

/** Whose mailbox the code says that it is. */
function saidOf({ kind, inputs }: FoundMailbox): { readonly inputs?: { readonly kind: MailboxKind } } {
  return "kind" in inputs ? { inputs: { kind } } : {};
}

export function importText(resources: readonly Imported[]): string {
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}

function unless(former: string | undefined, resource: Imported): Imported[] {
  return former === undefined ? [resource] : [];
}

function one(type: string, logicalName: string, id: string): Imported {
  return { type: tokenOf(type), name: `${type} ${logicalName}`, logicalName, id };
}
