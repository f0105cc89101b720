import { domainToASCII } from "node:url";
import { LABEL } from "./forms.ts";

/** Gmail's mail servers (Google: "Add Gmail to another email client"). */
export const GMAIL: Readonly<Record<"imap" | "pop3" | "smtp", string>> = {
  imap: "imap.gmail.com",
  pop3: "pop.gmail.com",
  smtp: "smtp.gmail.com",
};

/** With the names that they have at googlemail.com, too. */
const GMAILS: readonly string[] = Object.values(GMAIL).flatMap((host) => [host, host.replace("gmail", "googlemail")]);

/** One exact host name, as words of JSON Schema. */
export const HOST = {
  pattern: `^${LABEL}(\\.${LABEL})*\\.?$`,
  form: "an exact host name such as mail.example.com, without port and wildcards",
  maxLength: 253,
} as const;

const WHOLE = new RegExp(HOST.pattern, "u");

/**
 * What is the same however a host is written: in lower case and ASCII (RFC 5891), without the dot of the root (RFC 1034, section 3.1). What
 * is no host name stays as it is.
 */
export function hostKey(host: string): string {
  return (WHOLE.test(host) && domainToASCII(host.replace(/\.$/, ""))) || host;
}

export function isHost(text: string): boolean {
  return text.length <= HOST.maxLength && WHOLE.test(text);
}

/** Those of the hosts that are neither Gmail's nor among the allowed ones: they get no token, on no port. */
export function otherHosts(hosts: readonly (string | null)[], allowed: readonly string[]): readonly string[] {
  const known = new Set([...GMAILS, ...allowed.map(hostKey)]);
  return [...new Set(hosts.flatMap((host) => (host && !known.has(hostKey(host)) ? [host] : [])))];
}
