/** The package for TypeScript programs: `import { Mailbox, Fleet } from "pulumi-gmailsync"`. */
export { Fleet, type FleetArgs, type FleetMailbox, type FleetSummary, fleet } from "./fleet.ts";
export type { FleetValue } from "./fleet-value.ts";
export * from "./resources.ts";
