import { domainToASCII, domainToUnicode } from "node:url";
import { LABEL } from "./forms.ts";
import { named, strangeSign } from "./signs.ts";

/** Letters, digits and signs that RFC 5321 (section 4.1.2, `Atom`) allows before the @, as the inside of a class. */
const ATOM = "A-Za-z0-9!#$%&'*+/=?^_`{|}~-";

/** Octets before the @ (RFC 5321, section 4.5.3.1.1). */
const LOCAL_LIMIT = 64;

/** One address as Dataverse can hold it, as words of JSON Schema. */
export const ADDRESS = {
  pattern: `^(?=[^@]{1,${LOCAL_LIMIT}}@)[${ATOM}]+(\\.[${ATOM}]+)*@${LABEL}(\\.${LABEL})+$`,
  form: "one mail address such as anna@example.com",
  maxLength: 100,
  check: addressProblem,
} as const;

const WHOLE = new RegExp(ADDRESS.pattern, "u");
/** What is looked for in a text that is no address, in this order; a group is the character that the words name. */
const FAULTS: readonly (readonly [RegExp, (found: string) => string])[] = [
  [/^(<.*>|mailto:.*)$/i, () => "has more around it than the address: give it alone"],
  [/[,;]/, () => "is more than one address: give each an entry of its own"],
  [/^[^@]*$/, () => "has no @"],
  [/@[^@]*@/, () => "has more than one @"],
  [/^@/, () => "has nothing before the @"],
  [/@$/, () => "has nothing behind the @"],
  [/^\./, () => "begins with a dot"],
  [/\.$/, () => "ends with a dot"],
  [/\.@/, () => "has a dot right before the @"],
  [/@\./, () => "has a dot right behind the @"],
  [/\.\./, () => "has two dots in a row (..)"],
  [
    new RegExp(`^[.${ATOM}]*([^.@${ATOM}])`, "u"),
    (sign) => `has ${named(sign)} before the @, where mail allows letters of ASCII, digits and some signs`,
  ],
  [
    /@[\p{L}\p{M}\p{N}.-]*([^\p{L}\p{M}\p{N}.-])/u,
    (sign) => `has ${named(sign)} behind the @, which domains cannot have`,
  ],
  [/^[^@]*@[^.]*$/, () => "has no domain with a dot behind the @"],
  [/^[^@]*@(-|[^@]*(\.-|-\.|-$))/, () => "has a hyphen at the beginning or the end of a part of its domain"],
  [new RegExp(`^[^@]{${LOCAL_LIMIT + 1}}`), () => `has more than ${LOCAL_LIMIT} characters before the @`],
];

/** What keeps a text from being one mail address, as the end of a sentence; undefined where it is one. Holds no more of it than a character. */
export function addressProblem(text: string): string | undefined {
  const strange = strangeSign(text);
  if (strange) return `${strange}: take it out, or type the address anew`;
  for (const [pattern, words] of FAULTS) {
    const found = pattern.exec(text);
    if (found) return words(found[1] ?? "");
  }
  const known = WHOLE.test(text) && domainToASCII(parts(text).domain) !== "";
  return known ? undefined : "has a domain behind the @ that cannot be one";
}

/** What Google Workspace has no account for, though mail allows it; undefined where nothing speaks against it. */
export function addressWarning(address: string): string | undefined {
  const sign = [...parts(address).local].find((one) => !/[A-Za-z0-9.'_+-]/.test(one));
  return sign && `has ${named(sign)} before the @, which user names of Google Workspace cannot have`;
}

/** Domains of personal Google accounts, which are one and the same. */
const PERSONAL: ReadonlySet<string> = new Set(["gmail.com", "googlemail.com"]);

/** Whether an address belongs to nobody's organisation. */
export function isPersonal(address: string): boolean {
  return PERSONAL.has(domainOf(address));
}

/** In lower case and ASCII (RFC 5891), however it is written. */
export function domainOf(address: string): string {
  const { domain } = parts(address);
  return (domainToASCII(domain) || domain).toLowerCase();
}

/**
 * What is the same for all spellings of an account's address: case does not matter, nor how a domain is written; and at gmail.com, which is
 * googlemail.com, neither do dots, nor what follows a plus (https://support.google.com/mail/answer/7436150). At domains of Workspace they do.
 */
export function accountOf(address: string): string {
  const local = parts(address).local.toLowerCase();
  if (!isPersonal(address)) return `${local}@${domainOf(address)}`;
  return `${local.replace(/\+.*/, "").replaceAll(".", "")}@gmail.com`;
}

/** What is the same however an address is written: case does not matter, nor the letters of the domain. Dots do, at gmail.com, too: services keep both. */
export function addressKey(address: string): string {
  return `${parts(address).local.toLowerCase()}@${domainOf(address)}`;
}

/** Whether two texts are one address, however it is written. */
export function sameAddress(one: string | null | undefined, other: string | null | undefined): boolean {
  return one && other ? addressKey(one) === addressKey(other) : one === other;
}

/** The address with its domain in ASCII and in the letters of its language, which services may have it in. */
export function spellings(address: string): readonly string[] {
  const { local, domain } = parts(address);
  const others = [domainToASCII(domain), domainToUnicode(domainToASCII(domain))].filter((one) => one !== "");
  const same = (one: string) => one.toLowerCase() === domain.toLowerCase();
  return [address, ...others.filter((one) => !same(one)).map((one) => `${local}@${one}`)];
}

function parts(address: string): { readonly local: string; readonly domain: string } {
  const at = address.lastIndexOf("@");
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}
