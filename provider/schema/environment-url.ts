import { cloudOf } from "./clouds.ts";

const FORM = "https:// and the host, without a path: https://contoso.crm.dynamics.com";
const PATTERN = "^https://[A-Za-z0-9.-]+(:[0-9]{1,5})?/?$";

/** What an environment's URL is, as words of JSON Schema: the pattern is for editors, the check says in words what is wrong. */
export const ENVIRONMENT_URL = { pattern: PATTERN, check: environmentUrlProblem } as const;

/** What people have at hand instead, by its host. */
const OTHERS: readonly { readonly host: RegExp; readonly what: string }[] = [
  { host: /^make\.([a-z]+\.)?powerapps\.|^make\.apps\.appsplatform\./, what: "Power Apps" },
  { host: /(^|\.)admin\.(powerplatform|appsplatform)\./, what: "the Power Platform admin center" },
  { host: /^(global)?disco\.crm\d*\./, what: "the discovery service, which lists environments" },
];

/** Why a text is not the URL of an environment: what it is, and what to give. */
export function environmentUrlProblem(text: string): string | undefined {
  const url = urlIn(text);
  if (!url) return `must be ${FORM}`;
  const { hostname, host, protocol } = url;
  const other = OTHERS.find((one) => one.host.test(hostname));
  if (other)
    return `is the address of ${other.what}; give the environment's own, which the admin center shows as "Environment URL": https://contoso.crm.dynamics.com`;
  if (/^[^.]+\.api\./.test(hostname) && cloudOf(hostname))
    return `is the host of the Web API; leave out \`.api\`: https://${hostname.replace(".api.", ".")}`;
  if (hasForm(text)) return undefined;
  const meant = `https://${host}`;
  if (!hasForm(meant)) return `must be ${FORM}`;
  if (!text.includes("://")) return `must begin with https://: ${meant}`;
  if (protocol !== "https:") return `must begin with https://, not ${protocol}//: ${meant}`;
  return `must be https:// and the host, without a path; of this address keep ${meant}`;
}

function hasForm(text: string): boolean {
  return new RegExp(PATTERN).test(text);
}

/** Without https:// only what looks like a host counts: what else people paste is not for showing. */
function urlIn(text: string): URL | undefined {
  const url = text.includes("://") || !text.includes(".") ? text : `https://${text}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}
