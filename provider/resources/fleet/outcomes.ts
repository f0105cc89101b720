/** The function of the provider that tells a fleet what it remembers of its run (`provider/resource/outcomes.ts`). It is no part of the schema. */
export const OUTCOMES = "gmailsync:index:outcomes";
