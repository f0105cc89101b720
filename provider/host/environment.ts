import { Fault } from "../fault.ts";
import { guidOf } from "../schema/guid.ts";
import type { Tree, Value } from "../values.ts";

/**
 * Where a stack's objects are. It is kept beside them (with the provider's inputs, or with each dynamic resource), as a
 * variable, a configuration or a name's address may lead elsewhere tomorrow. Its id is the organization's, which no
 * other environment has and which stays when the URL changes.
 */
export interface Environment {
  readonly environmentUrl: string;
  readonly organizationId?: string;
}

/** Names of an Environment among stored inputs; `organizationId` is nobody's to give. */
export function storedEnvironment(tree: Tree): Environment | undefined {
  const environmentUrl = originOf(tree["environmentUrl"]);
  const { organizationId } = tree;
  if (environmentUrl === undefined) return undefined;
  return { environmentUrl, ...(typeof organizationId === "string" && { organizationId }) };
}

export function isKnown(environment: Environment): environment is Required<Environment> {
  return environment.organizationId !== undefined;
}

/** Whether both are one organization; where an id is not known, as before 0.2, the host decides. */
export function isSame(one: Environment, other: Environment): boolean {
  if (isKnown(one) && isKnown(other)) return one.organizationId === other.organizationId;
  return one.environmentUrl === other.environmentUrl;
}

/**
 * New inputs of a provider that lead to another organization than the old ones; refused unless somebody has allowed that
 * very move, as far as its goal is known.
 */
export function moveOf(olds: Tree, news: Tree): { readonly refused: Fault | undefined } | undefined {
  const [there, here] = [storedEnvironment(olds), storedEnvironment(news)];
  if (!there || !here || isSame(there, here)) return undefined;
  const { allowMove } = news;
  const allowed = typeof allowMove === "string" && guidOf(allowMove) === here.organizationId;
  return { refused: allowed || !isKnown(here) ? undefined : elsewhere(there, here, wayOf(here)) };
}

function wayOf({ organizationId }: Required<Environment>): string {
  return `To move, \`pulumi config set gmailsync:allowMove ${organizationId}\`: the next \`pulumi up\` puts the old environment back as it was and sets up the new one. The identity has to be allowed in both; if it is not, run \`pulumi destroy\` in the old one first.`;
}

/** What is set up is not where the configuration leads to. `way`: how to move on purpose, as a sentence. */
export function elsewhere(there: Environment, here: Required<Environment>, way = ""): Fault {
  const renamed = there.environmentUrl !== here.environmentUrl;
  return new Fault({
    kind: "failed-precondition",
    what: `What this stack has set up is in ${named(there)}, and environmentUrl leads to ${named(here)} now`,
    hint: renamed
      ? `Nothing was changed. If that is a mistake, correct gmailsync:environmentUrl or GMAILSYNC_ENVIRONMENT_URL. ${way}`
      : "Nothing was changed. Somebody else answers to that name: look at DNS, proxies and GMAILSYNC_CONNECT_TO. If the organization of before is gone for good, nothing in it can be put back: `pulumi state delete --all` empties the stack, and the next `pulumi up` begins anew.",
  });
}

/** The way into the environment of a stack is closed. */
export function closed({ environmentUrl }: Environment, fault: Fault): Fault {
  return new Fault({
    kind: fault.kind,
    what: `${environmentUrl}, where this stack's objects are, cannot be entered: ${fault.account}`,
    hint: [
      fault.hint,
      "Reading uses the configuration that the stack has stored: where it has changed (another URL, another secret), `pulumi up --refresh --run-program` takes the new one. Before a move to another environment run `pulumi destroy`, with an identity that may enter this one.",
    ]
      .filter(Boolean)
      .join(" "),
    cause: fault,
  });
}

function named({ environmentUrl, organizationId }: Environment): string {
  return organizationId === undefined ? environmentUrl : `${environmentUrl} (organization ${organizationId})`;
}

function originOf(url: Value | undefined): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).origin : undefined;
}
