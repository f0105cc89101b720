/** The package for TypeScript programs: `import { Mailbox, Fleet } from "pulumi-gmailsync"`. */
export { Fleet, type FleetArgs, type FleetMailbox, type FleetSummary, type FleetValue, fleet } from "./fleet.ts";
export * from "./resources.ts";
