import { Document } from "yaml";
import { isTree, type Tree } from "../../values.ts";
import { secretOf } from "./fleet.ts";
import { type Found, type FoundMailbox, remarksOn } from "./found.ts";
import { camel, Names } from "./names.ts";

/** What resources are called in a program of single ones, by the ids of profiles and mailboxes. */
export function namesOf({ profiles, mailboxes }: Found): ReadonlyMap<string, string> {
  const names = new Names((name) => [camel(name), activationName(camel(name))]);
  return new Map([
    ...profiles.map(({ profileId, name }) => [profileId, camel(names.next(name))] as const),
    ...mailboxes.map(({ mailboxId, emailAddress }) => [mailboxId, camel(names.next(localPart(emailAddress)))] as const),
  ]);
}

export function activationName(name: string): string {
  return `${name}Activation`;
}

function localPart(address: string): string {
  return address.slice(0, address.lastIndexOf("@"));
}

/** A part of `Pulumi.yaml` with single resources. */
export function programText(found: Found): string {
  const { profiles, mailboxes } = found;
  const names = namesOf(found);
  const resources = [
    ...profiles.map((profile) => [
      names.get(profile.profileId) ?? "",
      {
        type: "gmailsync:EmailServerProfile",
        properties: {
          ...literal(profile.inputs),
          oauthClientId: profile.clientId,
          oauthClientSecret: `\${${secretOf(profile)}}`,
        },
        options: { ...aliased(profile.former.profile), ...(profile.retained && { retainOnDelete: true }) },
      },
    ]),
    ...mailboxes.flatMap((mailbox) => mailboxResources(mailbox, names)),
  ];
  const document = new Document({
    config: Object.fromEntries(profiles.map((profile) => [secretOf(profile), { type: "string", secret: true }])),
    resources: Object.fromEntries(resources),
  });
  document.commentBefore = " Written by `gmailsync export` from what is there: a part of Pulumi.yaml.";
  document.comment = remarksOn(found) ?? null;
  return document.toString({ lineWidth: 0 });
}

function mailboxResources(mailbox: FoundMailbox, names: ReadonlyMap<string, string>) {
  const { mailboxId, emailAddress, profile, inputs, activation, former } = mailbox;
  const name = names.get(mailboxId) ?? "";
  return [
    [
      name,
      {
        type: "gmailsync:Mailbox",
        properties: { emailAddress, ...literal(inputs), profileId: `\${${names.get(profile.profileId)}.profileId}` },
        ...(former.mailbox && { options: aliased(former.mailbox) }),
      },
    ] as const,
    ...("inputs" in activation
      ? [
          [
            activationName(name),
            {
              type: "gmailsync:MailboxActivation",
              properties: {
                ...literal(activation.inputs),
                mailboxId: `\${${name}.mailboxId}`,
                profileId: `\${${name}.profileId}`,
              },
              ...(former.activation && { options: aliased(former.activation) }),
            },
          ] as const,
        ]
      : []),
  ];
}

/** What begins an expression in Pulumi YAML is only text here. */
function literal(inputs: Tree): Tree {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, value]) => [
      name,
      typeof value === "string" ? value.replaceAll("${", () => "$${") : isTree(value) ? literal(value) : value,
    ]),
  );
}

function aliased(former: string | undefined): object {
  if (former === undefined) return {};
  return { aliases: [former.startsWith("urn:") ? former : { name: former }] };
}
