const UNITS = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
] as const;

const WORDS = new Intl.RelativeTimeFormat("en");

/** Milliseconds in words: `3 days ago`. */
export function ago(ms: number): string {
  const [unit, length] = UNITS.find(([, of]) => ms >= of) ?? ["second", 1000];
  return WORDS.format(-Math.floor(ms / length), unit);
}
