/** The resources for TypeScript programs that want no plugin: `import { Mailbox } from "pulumi-gmailsync/dynamic"`. */
export * from "./resources.ts";
