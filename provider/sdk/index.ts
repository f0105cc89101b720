/** The package for TypeScript programs: `import { Mailbox, Fleet } from "pulumi-gmailsync"`. */
export type { FleetCounts, FleetMailbox, FleetSummary, WaitingMailbox } from "./fleet/outputs.ts";
export { Fleet, type FleetArgs, fleet } from "./fleet.ts";
export type { FleetValue } from "./fleet-value.ts";
export * from "./functions.ts";
export * from "./provider.ts";
export * from "./resources.ts";
