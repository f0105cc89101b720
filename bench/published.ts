import { join } from "node:path";
import { writeProcesses } from "../scripts/build/bundles.ts";

const ROOT = join(import.meta.dirname, "..");

/** The launchers of what is published, made anew with each run: that is what is measured. */
export const BIN = await writeProcesses(ROOT, join(ROOT, ".gmailsync", "bench"));
