/** Microsoft's clouds, by the names that its tools for Power Platform have for them. */
export const CLOUDS = ["public", "gcc", "gcchigh", "dod", "china"] as const;

export type Cloud = (typeof CLOUDS)[number];

interface Where {
  /** Host where Microsoft Entra signs in (Microsoft: "National clouds and Microsoft Entra"). */
  readonly authority: string;
  /** What the hosts of its environments end with, whatever number of a region stands before it. */
  readonly suffix: string;
  /** Audience of the tokens that its applications trust (Microsoft: "Configure an application to trust a managed identity"). */
  readonly audience: string;
}

const EXCHANGE = "api://AzureADTokenExchange";

const WHERE: Readonly<Record<Cloud, Where>> = {
  public: { authority: "login.microsoftonline.com", suffix: ".dynamics.com", audience: EXCHANGE },
  gcc: { authority: "login.microsoftonline.com", suffix: ".crm9.dynamics.com", audience: EXCHANGE },
  gcchigh: { authority: "login.microsoftonline.us", suffix: ".microsoftdynamics.us", audience: `${EXCHANGE}USGov` },
  dod: { authority: "login.microsoftonline.us", suffix: ".appsplatform.us", audience: `${EXCHANGE}USGov` },
  china: { authority: "login.partner.microsoftonline.cn", suffix: ".dynamics.cn", audience: `${EXCHANGE}China` },
};

/** The cloud of an environment's host; undefined where the host has a name of its own, which any cloud may have. */
export function cloudOf(hostname: string): Cloud | undefined {
  // GCC is a region of the public cloud, and comes after it.
  return CLOUDS.findLast((cloud) => hostname.endsWith(WHERE[cloud].suffix));
}

/** What decides where an application signs in. */
export interface SignIn {
  /** Host of the environment. */
  readonly hostname: string;
  readonly cloud?: Cloud | undefined;
  /** URL of an authority, as `AZURE_AUTHORITY_HOST` has it. */
  readonly authorityHost?: string | undefined;
}

/** URL of the authority: of the cloud that is set, else the one that is given, else of the host's cloud, else the public one. */
export function authorityOf({ hostname, cloud, authorityHost }: SignIn): string {
  if (!cloud && authorityHost) return new URL(authorityHost).origin;
  return `https://${WHERE[cloud ?? cloudOf(hostname) ?? "public"].authority}`;
}

/** The audience by which applications trust the tokens of others, where they sign in at that authority. */
export function exchangeAudienceOf(authority: string): string {
  const its = CLOUDS.find((cloud) => authority === `https://${WHERE[cloud].authority}`);
  return WHERE[its ?? "public"].audience;
}

/** Why the cloud that is set cannot be that of the host. Clouds that sign in at one place are none to argue about. */
export function cloudProblem(cloud: Cloud, hostname: string): string | undefined {
  const its = cloudOf(hostname) ?? cloud;
  if (WHERE[its].authority === WHERE[cloud].authority) return undefined;
  return `is ${cloud}, but ${hostname} of environmentUrl is a host of ${its}: correct one of them, or leave the cloud to the host`;
}

/** Why nobody can sign in for the host at the authority that is given. One that is in no cloud known here is taken as it is. */
export function authorityProblem(authorityHost: string, hostname: string): string | undefined {
  if (!URL.canParse(authorityHost) || new URL(authorityHost).protocol !== "https:")
    return "must be https:// and a host: https://login.microsoftonline.us";
  const authority = new URL(authorityHost).hostname;
  const its = cloudOf(hostname);
  const isAnothers = CLOUDS.some((cloud) => WHERE[cloud].authority === authority);
  if (!its || !isAnothers || WHERE[its].authority === authority) return undefined;
  return `leads to ${authority}, but ${hostname} of environmentUrl is a host of ${its}, which signs in at ${WHERE[its].authority}: unset it, or set cloud to ${its}, which comes before it`;
}
