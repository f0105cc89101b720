import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where `npm run sdk` writes down what the SDKs were made from, so that who has no Go sees that they are stale, too. */
export const SDK_SOURCE_FILE = "sdk/made-from.sha256";

const SOURCES = [
  "schema/gmailsync.json",
  "scripts/whole-program.ts",
  "tools/pulumi/gen-examples/main.go",
  "tools/pulumi/gen-sdk/main.go",
  "tools/pulumi/go.sum",
];

/** As `sha256sum` prints it. */
export function sdkSources(root: string): string {
  return SOURCES.map((file) => {
    const hash = createHash("sha256").update(readFileSync(join(root, file)));
    return `${hash.digest("hex")}  ${file}\n`;
  }).join("");
}
