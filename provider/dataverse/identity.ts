import type { HttpClient } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { Deadline } from "../network/deadline.ts";
import type { Network } from "../network/network.ts";
import type { IDENTITY_SETTINGS } from "../schema/identity-settings.ts";
import type { ProviderConfiguration } from "../schema/provider-configuration.ts";
import type { Issuer } from "./assertions.ts";

const LIST = new Intl.ListFormat("en-GB");

export type IdentitySetting = keyof typeof IDENTITY_SETTINGS;
export type IdentitySettings = Partial<Pick<ProviderConfiguration, IdentitySetting>>;

/** What one sign-in is made with. */
export interface SignInTools {
  /** URL of the cloud's authority: `https://login.microsoftonline.com`. */
  readonly authority: string;
  readonly network: Network;
  readonly deadline: Deadline;
  readonly httpClient: HttpClient;
  /** An assertion of the issuer: kept from the sign-in before as long as it is good. */
  assertion(issuer: Issuer): Promise<string>;
}

/** An identity that is given in full. */
export interface Identity {
  /** Of which kind, as a row of the table names it. */
  readonly title: string;
  /** As whom it signs in, at the end of a sentence. */
  readonly who: string;
  /** What to check when it is refused. */
  readonly check: string;
  credential(tools: SignInTools): Promise<TokenCredential>;
}

interface Row<N extends IdentitySetting> {
  readonly title: string;
  /** Settings that begin it: who gives one of them means this kind. */
  readonly begins: readonly IdentitySetting[];
  /** Switches: `true` begins it, too, `false` takes it out. */
  readonly switches?: readonly IdentitySwitch[];
  /** Beginnings of the variables that a platform sets for this kind by itself. Those of another platform do not count for it. */
  readonly platform?: readonly string[];
  /** Settings that it needs. */
  readonly needs: readonly N[];
  /** Settings that it takes beside. */
  readonly takes?: readonly IdentitySetting[];
  /** What it takes beside the settings, in sentences. */
  readonly setUp?: string;
  /** What to check when it is refused, as a sentence; what it needs where that is left out. */
  readonly check?: string;
  who(given: Given<N>): string;
  credential(given: Given<N>, tools: SignInTools): Promise<TokenCredential>;
}

export type Given<N extends IdentitySetting> = IdentitySettings & Required<Pick<IdentitySettings, N>>;
type IdentitySwitch = "useOidc" | "useAksWorkloadIdentity" | "useMsi" | "useCli";

export interface IdentityKind extends Omit<Row<IdentitySetting>, "who" | "credential"> {
  /** Those that tell a token of an issuer are one family: several may be there at once, and the first that is complete counts. */
  readonly isFederated: boolean;
  /** The identity where all that it needs is there: beyond this nothing half-given exists. */
  complete(settings: IdentitySettings): Identity | undefined;
}

/** A row of the table. */
export function kind<const N extends IdentitySetting>(row: Row<N>): IdentityKind {
  const { who, credential, needs, ...rest } = row;
  return {
    ...rest,
    needs,
    isFederated: row.switches?.includes("useOidc") ?? false,
    complete(settings) {
      if (!has(settings, needs)) return undefined;
      return {
        title: row.title,
        who: who(settings),
        check: row.check ?? `Check ${LIST.format(needs)}.`,
        credential: (tools) => credential(settings, tools),
      };
    },
  };
}

function has<N extends IdentitySetting>(settings: IdentitySettings, names: readonly N[]): settings is Given<N> {
  return names.every((name) => settings[name] !== undefined);
}
