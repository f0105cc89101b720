import { Dataverse } from "../dataverse/dataverse.ts";
import { entraTokens } from "../dataverse/entra.ts";
import { Fault } from "../fault.ts";
import { AmbientTokens } from "../google/ambient.ts";
import { ClientLookup } from "../google/client-lookup.ts";
import { MailboxTokens } from "../google/mailbox-token.ts";
import { memberOf, objectIn } from "../json.ts";
import { Network } from "../network/network.ts";
import { switchedOff } from "../network/verification-switch.ts";
import { learn } from "../redaction/secrets.ts";
import type { Clients } from "../resource/context.ts";
import { Places } from "../resource/places.ts";
import { Roster } from "../resource/roster.ts";
import { TestQueue } from "../resource/test-queue.ts";
import { authorityOf, authorityProblem, cloudProblem, type SignIn } from "../schema/clouds.ts";
import { propertiesWhere } from "../schema/define.ts";
import { credentialProblem } from "../schema/mail-credential.ts";
import { type ProviderConfiguration, ProviderConfiguration as schema } from "../schema/provider-configuration.ts";
import { shownPath } from "../schema/shown-name.ts";
import { type Failure, matches, validate } from "../schema/validator.ts";
import { pick, type Tree, type Value } from "../values.ts";
import { type ChosenIdentity, chooseIdentity, describe, IDENTITIES_PAGE } from "./identity.ts";
import { OriginalsFile } from "./originals.ts";
import { fromEnvironment, originsOf, settingOf, variableOf } from "./settings.ts";

/** A setting that nobody gave, with where it can come from. */
export interface MissingSetting {
  readonly name: string;
  readonly description: string;
}

/** What a configured provider works with. Building it touches no network. */
export interface Services extends Clients {
  /** Which identity signs in to Microsoft Entra, and by what it was given, for people. */
  readonly signsInBy: string;
  /** URL of the cloud's authority, where it signs in. */
  readonly authority: string;
  /** What people should hear once: settings of the environment that have no effect. */
  readonly warnings: readonly string[];
}

/** As Microsoft's libraries read it; Azure sets it for workloads in Kubernetes. */
const AUTHORITY = "AZURE_AUTHORITY_HOST";

export type Configured = { readonly services: Services } | { readonly missing: readonly MissingSetting[] };

/** Checks what the program configures; what it leaves to the environment is not looked at yet. */
export function checkConfiguration(configuration: Tree): readonly Failure[] {
  return check(parseNested(configuration)).failures;
}

function check(configuration: Tree): ReturnType<typeof validate> {
  const checked = validate(schema, configuration);
  if (checked.failures.length > 0 || !matches(schema, checked.tree)) return checked;
  const { environmentUrl, cloud, mailCredential } = checked.tree;
  const problems = {
    cloud: cloud && environmentUrl && cloudProblem(cloud, new URL(environmentUrl).hostname),
    mailCredential: mailCredential && credentialProblem(mailCredential),
  };
  const failures = Object.entries(problems).flatMap(([name, reason]) => (reason ? [{ path: [name], reason }] : []));
  return { ...checked, failures };
}

/**
 * Fills in from the environment what the configuration leaves out, and builds the clients. `organizationId`, which is kept
 * with a provider's inputs, is no setting.
 */
export function configure({ organizationId: _, ...configuration }: Tree, environment: NodeJS.ProcessEnv): Configured {
  const given = { ...parseNested(fromEnvironment(environment)), ...parseNested(configuration) };
  const { tree: resolved, failures } = check(given);
  if (failures[0] || !matches(schema, resolved)) throw invalid(failures, configuration, environment);
  const { environmentUrl, cloud, mailCredential, network: options } = resolved;
  for (const name of propertiesWhere(schema, ({ secret }) => secret)) learn(memberOf(resolved, name));
  const identity = chooseIdentity(resolved, originsOf(configuration, environment));
  if (!environmentUrl || !identity) return { missing: missing(resolved, identity) };
  const { origin, hostname } = new URL(environmentUrl);
  const authority = authorityFor({ hostname, cloud, authorityHost: environment[AUTHORITY]?.trim() });
  const readOnly = resolved.readOnly || isReadOnly(environment);
  const network = new Network({ ...options, readOnly }, environment);
  const ambientTokens = new AmbientTokens(network);
  const tokens = entraTokens({ identity, authority, scope: `${origin}/.default` }, network);
  return {
    services: {
      environmentUrl: origin,
      network,
      dataverse: new Dataverse({
        environmentUrl: origin,
        tokens,
        network,
        requestsInFlight: resolved.maxConcurrentRequests,
        pagesFrom: pagesFrom(environment),
      }),
      ambientTokens,
      mailTokens: new MailboxTokens(network, ambientTokens),
      ...(mailCredential && { mailCredential }),
      mailHosts: resolved.mailHosts ?? [],
      oauthClients: new ClientLookup(network),
      tests: new TestQueue(resolved.maxConcurrentTests),
      roster: new Roster(new Places(environment["PULUMI_PARALLEL"])),
      originals: new OriginalsFile(origin, environment),
      signsInBy: describe(identity),
      authority,
      warnings: [switchedOff(environment) ?? []].flat(),
    },
  };
}

/**
 * Whether the environment lets nothing be written, whatever else is set; or the stack's configuration, which the engine gives its plugins in
 * `PULUMI_CONFIG`, while it destroys with the settings that the state has (3.259). What is neither true nor false is an error.
 */
export function isReadOnly(environment: NodeJS.ProcessEnv): boolean {
  const ofStack = objectIn(environment["PULUMI_CONFIG"] ?? "") ?? {};
  return [fromEnvironment(environment), ofStack].some((source) => {
    const given = pick(parseNested(source), (name) => name === "readOnly");
    const { failures } = check(given);
    if (failures.length > 0) throw invalid(failures, source === ofStack ? given : {}, environment);
    return given["readOnly"] === true;
  });
}

/** For tests: where the environment has `GMAILSYNC_PAGES=always`, few rows are looked at as many are. */
function pagesFrom(environment: NodeJS.ProcessEnv): number | undefined {
  return environment["GMAILSYNC_PAGES"] === "always" ? 1 : undefined;
}

function authorityFor(signIn: SignIn): string {
  const { hostname, cloud, authorityHost } = signIn;
  const problem = !cloud && authorityHost && authorityProblem(authorityHost, hostname);
  if (problem) throw invalid([{ path: [AUTHORITY], reason: problem }], {}, {});
  return authorityOf(signIn);
}

/** Provider configuration reaches a plugin as strings; objects come as JSON text (pulumi/pulumi#12981 and before). */
function parseNested(configuration: Tree): Tree {
  return Object.fromEntries(
    Object.entries(configuration)
      // `pulumi do` gives null for what nobody has set.
      .filter(([, value]) => value !== null)
      .filter(([name]) => name !== "version" && name !== "pluginDownloadURL" && !name.startsWith("__"))
      .map(([name, value]) => [name, parseSetting(name, value)]),
  );
}

function parseSetting(name: string, value: Value): Value {
  const { type } = settingOf(name) ?? {};
  if (type === "string" || typeof value !== "string") return value;
  const parsed = parseJson(value);
  return type === "array" && parsed === value ? value.split(",").map((item) => item.trim()) : parsed;
}

function parseJson(text: string): Value {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function invalid(failures: readonly Failure[], configuration: Tree, environment: NodeJS.ProcessEnv): Fault {
  const reasons = failures.map(({ path, reason }) => {
    const [name = ""] = path.map(String);
    const variable = configuration[name] === undefined ? variableOf(name, environment) : undefined;
    return `${shownPath(path)}${variable ? ` (from the environment variable ${variable})` : ""} ${reason}`;
  });
  return new Fault({ kind: "invalid-input", what: `The provider's configuration is not valid: ${reasons.join("; ")}` });
}

/** Of the identity the settings of the commonest, a client secret, with what to do for one without a stored secret. */
function missing(configuration: ProviderConfiguration, identity: ChosenIdentity | undefined): MissingSetting[] {
  const ofIdentity = identity ? [] : (["tenantId", "clientId", "clientSecret"] as const);
  return ["environmentUrl" as const, ...ofIdentity]
    .filter((name) => !configuration[name])
    .map((name) => {
      const { description, environment = [] } = settingOf(name) ?? {};
      const instead = name === "clientSecret" ? ` ${WITHOUT_SECRET}` : "";
      return {
        name,
        description: `${description} Or set the environment variable ${LIST.format(environment)}.${instead}`,
      };
    });
}

const LIST = new Intl.ListFormat("en-GB", { type: "disjunction" });
const WITHOUT_SECRET = `Better without a stored secret: in GitHub Actions \`permissions: id-token: write\` is enough, in Azure DevOps adoPipelineServiceConnectionId; ${IDENTITIES_PAGE} has all identities.`;
