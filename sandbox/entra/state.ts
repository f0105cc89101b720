export interface EntraState {
  tenantId: string;
  /** Other names of the tenant, in lower case: `contoso.onmicrosoft.com`. */
  domains: string[];
  applications: EntraApplication[];
  /** Environments that the tenant knows: `https://contoso.crm.dynamics.com`. */
  resources: string[];
  tokens: { token: string; resource: string; clientId: string; expiresAt: number }[];
}

/** An application, and everything by which it may prove itself. */
export interface EntraApplication {
  clientId: string;
  name: string;
  secrets: EntraSecret[];
  /** PEM, without keys. */
  certificates: string[];
  federatedCredentials: FederatedCredential[];
}

export interface EntraSecret {
  value: string;
  /** Milliseconds since 1970; null for never. */
  endsAt: number | null;
}

/** A secret that never expires. */
export function lastingSecret(value: string): EntraSecret {
  return { value, endsAt: null };
}

/** Whose tokens count as the application's own. All are compared as exact strings. */
export interface FederatedCredential {
  issuer: string;
  subject: string;
  audience: string;
}

/** Of the public cloud; the record's and the token's. */
export const EXCHANGE_AUDIENCE = "api://AzureADTokenExchange";
