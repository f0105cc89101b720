/** The package for TypeScript programs: `import { Mailbox, Fleet } from "pulumi-gmailsync"`. */
export type { FleetCounts, FleetSummary, WaitingMailbox } from "./fleet/summary.ts";
export { Fleet, type FleetArgs, type FleetMailbox, fleet } from "./fleet.ts";
export type { FleetValue } from "./fleet-value.ts";
export * from "./resources.ts";
