import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { run } from "../exec.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const CLIENT = "210000000000-north.apps.googleusercontent.com";

const PEOPLE: readonly (readonly [string, number])[] = [
  ["user%03d", 84],
  ["new%d", 5],
  ["married%d", 2],
  ["support%d", 1],
];

const MAILBOXES = PEOPLE.flatMap(([name, count]) =>
  Array.from({ length: count }, (_, index) =>
    name.replace("%03d", String(index + 1).padStart(3, "0")).replace("%d", String(index + 1)),
  ),
);

const FLEET = `environmentUrl: https://contoso.crm.dynamics.com
clients:
  north: {projectId: northwind-mail, clientId: ${CLIENT}, clientSecret: {env: GOOGLE_CLIENT_SECRET}, audience: external}
defaults:
  activation: {tolerate: [NOT_SIGNED_IN]}
mailboxes:
${MAILBOXES.map((name) => `  - address: ${name}@northwind.example\n`).join("")}`;

/** Writes the page that `gmailsync report` makes of a fleet on its way; its path. */
export async function reportPage(directory: string): Promise<string> {
  const worldFile = join(import.meta.dirname, "world.yaml");
  const sandbox = await startSandbox({ directory: join(directory, "sandbox"), polls: false, worldFile });
  try {
    const [fleet, page] = [join(directory, "mailboxes.yaml"), join(directory, "report.html")];
    writeFileSync(fleet, FLEET);
    const env = { ...process.env, ...sandbox.environment, GMAILSYNC_MAIL_CREDENTIAL: "" };
    const args = ["report", fleet, "--html", page];
    const told = await run(join(ROOT, "bin", "gmailsync"), args, { env, timeoutMs: 120_000 });
    // Some mailboxes have failed, which is what it shows.
    if (told.code !== 1) throw new Error(`the report ended with ${told.code}: ${told.stdout}${told.stderr}`);
    return page;
  } finally {
    await sandbox.close();
  }
}
