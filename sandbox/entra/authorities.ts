/** Hosts of the national clouds' Entra, by how the hosts of their environments end (Microsoft: "National clouds and Microsoft Entra"). */
const AUTHORITIES: Readonly<Record<string, string>> = {
  ".dynamics.com": "login.microsoftonline.com",
  ".microsoftdynamics.us": "login.microsoftonline.us",
  ".appsplatform.us": "login.microsoftonline.us",
  ".dynamics.cn": "login.partner.microsoftonline.cn",
};

export const ENTRA_HOSTS: readonly string[] = [...new Set(Object.values(AUTHORITIES))];

/** Where tokens for an environment are given; one with a host name of its own may be in any cloud. */
export function authoritiesOf(environmentUrl: string): readonly string[] {
  const suffix = Object.keys(AUTHORITIES).find((end) => environmentUrl.endsWith(end));
  return ENTRA_HOSTS.filter((host) => suffix === undefined || host === AUTHORITIES[suffix]);
}
