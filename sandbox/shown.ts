/** How keys begin that Google, Microsoft and others give out, and words that a machine has made. */
const SECRETS = [
  /(?:GOCSPX-|ya29\.|1\/\/0|AIza|eyJ)[\w~.-]{8}|-----BEGIN/,
  /^(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])\S{20,}$/,
  /^[\da-f]{32,}$/i,
];
/** Longest name that is shown, in characters. */
const LONGEST = 80;

/** A name of a file as people are shown it: cut, without what drives a terminal, and none that looks like a secret. */
export function shown(name: string): string {
  const whole = name.replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
  return SECRETS.some((form) => form.test(whole)) ? "…" : printable(name).slice(0, LONGEST);
}

/** The text without what drives a terminal or what nobody sees. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
}
