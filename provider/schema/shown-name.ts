/** How keys begin that Google, Microsoft and others give out. */
const KEY = /(?:GOCSPX-|ya29\.|1\/\/0|AIza|eyJ)[\w~.-]{8}|-----BEGIN/;
/** A word that a machine has made: small and capital letters and digits among each other. */
const MIXTURE = /^(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])\S{20,}$/;
const HEXADECIMAL = /^[\da-f]{32,}$/i;

/** A name as people are shown it: without one that looks like a secret, which somebody has typed in the place of a name. */
export function shownName<Name extends string | number>(name: Name): Name | "…" {
  const isSecret = [KEY, MIXTURE, HEXADECIMAL].some((form) => form.test(String(name)));
  return isSecret ? "…" : name;
}
