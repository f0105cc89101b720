import { onOneLine } from "../fault.ts";
import { type Path, pathText } from "../values.ts";

/** How keys begin that Google, Microsoft and others give out. */
const KEY = /(?:GOCSPX-|ya29\.|1\/\/0|AIza|eyJ)[\w~.-]{8}|-----BEGIN/;
/** A word that a machine has made: small and capital letters and digits among each other. */
const MIXTURE = /^(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])\S{20,}$/;
const HEXADECIMAL = /^[\da-f]{32,}$/i;
const FORMS = [KEY, MIXTURE, HEXADECIMAL];

/** Longest name that is shown, in characters. */
const LONGEST = 80;

/**
 * A name as people are shown it: on one line, cut, without what nobody sees, and none that looks like a secret, which somebody has typed in
 * the place of a name.
 */
export function shownName<Name extends string | number>(name: Name): Name | string {
  if (typeof name === "number") return name;
  const text = onOneLine(String(name));
  // What nobody sees may stand inside of a secret.
  const whole = String(name).replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
  const isSecret = [text, whole].some((one) => FORMS.some((form) => form.test(one)));
  return isSecret ? "…" : text.slice(0, LONGEST);
}

/** A path in which no name is shown that should not be. */
export function shownPath(path: Path): string {
  return pathText(path.map(shownName));
}
