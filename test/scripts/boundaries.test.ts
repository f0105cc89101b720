import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { run } from "../../scripts/exec.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** What the check says of a house with these files. */
async function cruise(files: Readonly<Record<string, string>>): Promise<{ code: number; stdout: string }> {
  const cwd = temporaryDirectory();
  for (const [file, text] of Object.entries({ ...files, "tsconfig.json": "{}" })) {
    mkdirSync(dirname(join(cwd, file)), { recursive: true });
    writeFileSync(join(cwd, file), text);
  }
  const cruiser = join(ROOT, "node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");
  const args = [cruiser, "--config", join(ROOT, "scripts", "dependency-cruiser.mjs"), "."];
  return run(process.execPath, args, { cwd, timeoutMs: 60_000 });
}

const DOWN = 'import type { Far } from "../network/far.ts";\nexport interface Near extends Far {}\n';
const FAR = "export interface Far {}\n";

test("an import that leads down is let through", async () => {
  expect((await cruise({ "provider/google/near.ts": DOWN, "provider/network/far.ts": FAR })).code).toBe(0);
});

test.each([
  ["leads up", { "provider/network/near.ts": DOWN.replace("network", "google"), "provider/google/far.ts": FAR }],
  [
    "leads from the sandbox into the provider",
    { "sandbox/near.ts": DOWN.replace("..", "../provider"), "provider/network/far.ts": FAR },
  ],
  [
    "closes a circle",
    { "provider/mail/near.ts": 'import "./far.ts";\n', "provider/mail/far.ts": 'import "./near.ts";\n' },
  ],
  ["stands in a folder that the table does not know", { "provider/new/near.ts": DOWN, "provider/network/far.ts": FAR }],
])("an import that %s is refused, and named", async (_, files) => {
  const { code, stdout } = await cruise(files);
  expect(code).not.toBe(0);
  expect(stdout).toContain("near.ts");
});
