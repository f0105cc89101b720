import { crc32 } from "node:zlib";
import { resultsIn } from "../../scripts/chaos-results.ts";
import { LONG } from "../support/long.ts";

const { CHAOS, CHAOS_SEED, CHAOS_ONLY, CHAOS_RESULTS } = process.env;

/** One case in so many: a few in `npm test`, more in `test:all`, as many as asked for by `npm run chaos`. */
const ONE_IN = Number(CHAOS ?? (LONG ? 8 : 300));
const SEED = Number(CHAOS_SEED ?? 2026);
const ONLY: readonly string[] = JSON.parse(CHAOS_ONLY ?? "[]");

/** Where results go, and what is under test. */
export const RESULTS: { readonly file: string; readonly commit: string } | undefined =
  CHAOS_RESULTS === undefined ? undefined : JSON.parse(CHAOS_RESULTS);

/** Passed before, at the same commit. */
const DONE = new Set(
  (RESULTS ? resultsIn(RESULTS.file, RESULTS.commit) : []).flatMap((one) => (one.passed ? one.name : [])),
);

/**
 * An even spread of cases, each with its name first: of so many that follow each other, one, and of fewer at the end one at times. So a
 * sample of all matrices is no larger for there being many of them. The same in every run.
 */
export function sampled<T extends readonly [string, unknown]>(title: string, cases: readonly T[]): T[] {
  const meant = ONLY.length === 0 ? cases : cases.filter(([name]) => ONLY.some((text) => name.includes(text)));
  // A generator of Park and Miller: short, and the same everywhere. Every matrix begins elsewhere.
  let state = 1 + ((SEED + crc32(title)) % 2_147_483_646);
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  const taken: T[] = [];
  for (let from = 0; from < meant.length; from += ONE_IN) {
    const some = meant.slice(from, from + ONE_IN);
    taken.push(...some.slice(next() % ONE_IN).slice(0, 1));
  }
  return taken.filter(([name]) => !DONE.has(name));
}
