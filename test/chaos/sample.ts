/**
 * `CHAOS=1` takes all cases, `CHAOS=8` one in eight, which is one for each strike at each write; `CHAOS_SEED=7` takes others. The same in
 * every run otherwise.
 */
const ONE_IN = Number(process.env["CHAOS"] ?? 8);
const SEED = Number(process.env["CHAOS_SEED"] ?? 2026);

/** An even spread of cases: of so many that follow each other, one. */
export function sampled<T>(cases: readonly T[]): T[] {
  // A generator of Park and Miller: short, and the same everywhere.
  let state = SEED;
  const next = () => (state = (state * 48_271) % 2_147_483_647);
  const taken: T[] = [];
  for (let from = 0; from < cases.length; from += ONE_IN) {
    const some = cases.slice(from, from + ONE_IN);
    taken.push(...some.slice(next() % some.length).slice(0, 1));
  }
  return taken;
}
