import { onOneLine } from "../../fault.ts";
import type { MailboxKind } from "../../resources/mailbox/definition.ts";
import type { Tree } from "../../values.ts";

/** A Gmail profile of the environment, with its client. */
export interface FoundProfile {
  readonly profileId: string;
  /** What it is called in code. */
  readonly name: string;
  /** Its own name. */
  readonly shown: string;
  readonly clientId: string;
  /** Inputs that are not the defaults, without client and secret. */
  readonly inputs: Tree;
  /** Where the stack has it and its client already, if it does. */
  readonly former: { readonly profile?: string; readonly client?: string; readonly project?: string };
  /** Inputs of the client that the stack has, or what is known of it. */
  readonly client: Tree;
  /** Inputs of the project that the stack has, at the first of its clients. */
  readonly project?: Tree;
  /** Whether the profile stays when the stack is destroyed: as the stack says; it was there before where the stack has none. */
  readonly retained: boolean;
}

/** A mailbox that code can say. */
export interface FoundMailbox {
  readonly mailboxId: string;
  readonly emailAddress: string;
  readonly kind: MailboxKind;
  readonly profile: FoundProfile;
  /** Inputs that are not the defaults, without address and profile; with `kind` where the address alone does not tell which one is meant. */
  readonly inputs: Tree;
  /** Inputs of its activation that are not the defaults; why it is not to be activated otherwise. */
  readonly activation: { readonly inputs: Tree } | { readonly not: string };
  readonly former: { readonly mailbox?: string; readonly activation?: string };
}

/** What code cannot say, and what that means. */
export interface Deviation {
  readonly of: string;
  readonly what: string;
}

/** What there is, as code can have it. */
export interface Found {
  readonly environmentUrl: string;
  readonly profiles: readonly FoundProfile[];
  readonly mailboxes: readonly FoundMailbox[];
  /** What is in the code, and will be changed by it. */
  readonly deviations: readonly Deviation[];
  /** What is not in the code. */
  readonly left: readonly Deviation[];
}

/** What people can do about it. */
export const TAKEN_IN =
  "What is left out stays as it is. An entry of its own takes a mailbox in; the next `pulumi up` then changes what is said of it.";

/** What a file says at its end of what code cannot say; nothing where there is nothing. */
export function remarksOn({ deviations, left }: Found): string | undefined {
  const parts = [
    { heading: "Would be changed, as code cannot say how they are:", all: deviations },
    { heading: "Left out, as code cannot say how they are:", all: left },
  ].filter(({ all }) => all.length > 0);
  const lines = parts.flatMap(({ heading, all }) => [
    ` ${heading}`,
    ...all.map(({ of, what }) => `   ${onOneLine(of)}: ${onOneLine(what)}`),
    ...(all === left ? [` ${TAKEN_IN}`] : []),
  ]);
  return lines.length > 0 ? lines.join("\n") : undefined;
}
