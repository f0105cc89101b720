/** Whether this is `npm run test:all`, which tries all of a kind where `npm test` tries one or a few. */
export const LONG = Boolean(process.env["GMAILSYNC_LONG"]);

/** The first in `npm test`, so put what tells most in front. */
export function tried<T>(all: readonly T[], few = 1): readonly T[] {
  return LONG ? all : all.slice(0, few);
}
