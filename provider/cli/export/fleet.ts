import { isDeepStrictEqual } from "node:util";
import { Document, isScalar } from "yaml";
import { onOneLine } from "../../fault.ts";
import { type Lock, lockText } from "../../fleet/lock.ts";
import { USER_CAP } from "../../google/consent-screen.ts";
import { projectNumberOf } from "../../google/console.ts";
import { TOLERATED } from "../../resources/fleet/spec.ts";
import { accountOf, isPersonal } from "../../schema/address.ts";
import { pick, type Tree } from "../../values.ts";
import { type Found, type FoundMailbox, type FoundProfile, remarksOn } from "./found.ts";
import { camel } from "./names.ts";

/** Ids of projects, which Dynamics does not know: by their number, or one for all. */
export type Projects = ReadonlyMap<string, string>;

/** Under this name stands what holds for every project. */
export const ANY_PROJECT = "";

/** Name of a client's secret in the stack's configuration. */
export function secretOf({ name }: FoundProfile): string {
  return `${camel(name)}ClientSecret`;
}

export interface KnownProject {
  readonly id: string;
  /** Whether it only stands for a number. */
  readonly isGuess: boolean;
}

/** The id of a client's project, or what stands for it. */
export function projectOf({ clientId, client }: FoundProfile, projects: Projects): KnownProject {
  const number = projectNumberOf(clientId);
  const held = client["projectId"];
  const known = projects.get(number) ?? projects.get(ANY_PROJECT) ?? (typeof held === "string" ? held : undefined);
  return known === undefined ? { id: `project-${number}`, isGuess: true } : { id: known, isGuess: false };
}

/** What Google must have been told of a client that such mailboxes use. Nobody can read it. */
export function screenFor(profile: FoundProfile, mailboxes: readonly FoundMailbox[]): Tree {
  const users = mailboxes.filter((mailbox) => mailbox.profile === profile);
  if (!users.some(({ emailAddress }) => isPersonal(emailAddress))) return {};
  return { audience: "external", ...(users.length > USER_CAP && { verified: true }) };
}

/** The text of `mailboxes.yaml`. */
export function fleetText(found: Found, projects: Projects): string {
  const { environmentUrl, profiles, mailboxes } = found;
  const tree = {
    environmentUrl,
    clients: Object.fromEntries(profiles.map((profile) => [profile.name, clientTree(profile, mailboxes, projects)])),
    mailboxes: mailboxes.map(mailboxTree),
  };
  const document = new Document(tree);
  document.commentBefore =
    " yaml-language-server: $schema=node_modules/pulumi-gmailsync/schema/mailboxes.schema.json\n Written by `gmailsync export` from what is there.";
  for (const profile of profiles) {
    if (!projectOf(profile, projects).isGuess) continue;
    explain(
      document.getIn(["clients", profile.name, "projectId"], true),
      "stands for the project's id, which Dynamics does not know",
    );
  }
  for (const [index, { activation }] of mailboxes.entries()) {
    if ("not" in activation) explain(document.getIn(["mailboxes", index, "activate"], true), activation.not);
  }
  document.comment = remarksOn(found) ?? null;
  return document.toString({ lineWidth: 0 });
}

function explain(node: unknown, words: string): void {
  if (isScalar(node)) node.comment = ` ${onOneLine(words)}`;
}

function clientTree(profile: FoundProfile, mailboxes: readonly FoundMailbox[], projects: Projects): object {
  const { clientId, inputs, client, project, former, retained } = profile;
  return {
    ...client,
    projectId: projectOf(profile, projects).id,
    clientId,
    clientSecret: { config: secretOf(profile) },
    ...screenFor(profile, mailboxes),
    ...(project && { project }),
    ...(retained && { retainProfile: true }),
    profile: inputs,
    ...(Object.keys(former).length > 0 && { aliases: former }),
  };
}

function mailboxTree({ emailAddress, inputs, activation, former }: FoundMailbox): object {
  return {
    address: emailAddress,
    ...inputs,
    ...activationTree(activation),
    ...(Object.keys(former).length > 0 && { aliases: former }),
  };
}

function activationTree(activation: FoundMailbox["activation"]): object {
  if ("not" in activation) return { activate: false };
  const inputs = pick(activation.inputs, (name, value) => name !== "tolerate" || !isDeepStrictEqual(value, TOLERATED));
  return Object.keys(inputs).length > 0 ? { activation: inputs } : {};
}

/** The text of `mailboxes.lock`: every mailbox stays with its client. A place in a project that is only guessed is its client's. */
export function lockOf({ mailboxes }: Found, projects: Projects): string {
  const lines = new Map<string, Lock["lines"][number]>();
  for (const { emailAddress, profile } of mailboxes) {
    const account = accountOf(emailAddress);
    if (lines.has(account)) continue;
    const { id, isGuess } = projectOf(profile, projects);
    const project = isGuess ? undefined : id;
    lines.set(account, { address: emailAddress.toLowerCase(), client: profile.name, project, was: [] });
  }
  return lockText({ lines: [...lines.values()], retired: [] });
}
