import type { IdentityKind } from "../../provider/dataverse/identity.ts";
import { IDENTITY_KINDS } from "../../provider/dataverse/identity-kinds.ts";
import { properties } from "../../provider/schema/define.ts";
import { VARIABLE_FAMILIES } from "../../provider/schema/identity-settings.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { code, MADE, table } from "./markdown.ts";

const LIST = new Intl.ListFormat("en-GB");

/** The page of all ways to sign in to Microsoft Entra. */
export function identitiesPage(): string {
  const families = Object.entries(VARIABLE_FAMILIES).map(([beginning, whose]) => `${code(`${beginning}*`)} (${whose})`);
  return `${[
    MADE,
    "# Identities for Microsoft Entra",
    "An application, or a managed identity, signs in, and needs an application user in the environment. In a pipeline nothing has to be stored for it: the application trusts the pipeline's own tokens by a federated credential (in Microsoft Entra: App registrations, Certificates & secrets, Federated credentials).",
    table(["identity", "is begun by", "needs", "takes", "beside"], IDENTITY_KINDS.map(kindRow)),
    "## Which one is taken",
    `Each setting is looked for in this order: the program's settings (arguments of an explicit provider, the stack's configuration), then of the environment ${LIST.format(families)}, at last what a platform sets by itself. The identity that is begun earliest in this order is the one, and nothing falls through to another one when it is refused.`,
    [
      "- Several at one place of the order are refused, each with what it lacks. Those that `useOidc` begins may stand together: the first one of the table that is complete counts.",
      "- Half of an identity is refused, with what is missing.",
      "- A switch that is `false` takes its identities out: with `useOidc: false` a job that has `id-token: write` for Google's sake does not sign in to Microsoft by it.",
      `- Variables that a platform sets begin only what is meant for it: ${LIST.format(IDENTITY_KINDS.flatMap(platformWords))}.`,
      "- `pulumi preview --debug` says which one was taken, and by what.",
    ].join("\n"),
    "[All settings with their variables](configuration.md).",
    "## Tokens of pipelines",
    "Such a token lives for minutes. GitHub Actions and Azure DevOps are asked for a new one with each sign-in, and a file is read again, however long the run takes; a token in a variable, as in GitLab, cannot be renewed. Where Microsoft Entra refuses one, the error says its issuer, subject and audience: a federated credential has to have exactly these three.",
    "In the public cloud and GCC the audience is `api://AzureADTokenExchange`, in GCC High and DoD `api://AzureADTokenExchangeUSGov`, in China `api://AzureADTokenExchangeChina`.",
    "## What is stored",
    "What comes from the environment never reaches the state, with an explicit provider neither. What a program or the stack's configuration gives is stored as an input of the provider, secrets encrypted.",
    "`AZURE_AUTHORITY_HOST` (https) names another authority; managed identities are asked for where Azure's own variables lead (`IDENTITY_ENDPOINT`, `MSI_ENDPOINT`, `AZURE_POD_IDENTITY_AUTHORITY_HOST`), by plain http only on this machine or its link. Service Fabric is not supported.",
  ].join("\n\n")}\n`;
}

function kindRow({ title, begins, switches = [], needs, takes = [], setUp = "" }: IdentityKind): string[] {
  const names = (all: readonly string[]) => all.map(code).join(", ");
  return [title, names([...begins, ...switches]), names(needs), names(takes), setUp];
}

/** The variables of its platform that begin an identity. */
function platformWords({ title, begins, platform = [] }: IdentityKind): readonly string[] {
  const settings = properties(ProviderConfiguration);
  return begins
    .flatMap((name) => settings[name]?.environment ?? [])
    .filter((variable) => platform.some((beginning) => variable.startsWith(beginning)))
    .map((variable) => `${code(variable)} ${title}`);
}
