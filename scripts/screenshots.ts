/** `npm run screenshots`: makes README's pictures, with Chromium, of what the commands write about a sandbox. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { startSandbox } from "../sandbox/sandbox.ts";
import { run } from "./exec.ts";

const ROOT = join(import.meta.dirname, "..");
const IMAGES = join(ROOT, "docs", "images");
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

const directory = mkdtempSync(join(tmpdir(), "gmailsync-pictures-"));
const sandbox = await startSandbox({
  directory,
  polls: false,
  worldFile: join(import.meta.dirname, "screenshots", "world.yaml"),
});
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  const [fleet, page] = [join(directory, "mailboxes.yaml"), join(directory, "report.html")];
  writeFileSync(fleet, FLEET);
  const env = { ...process.env, ...sandbox.environment, GMAILSYNC_MAIL_CREDENTIAL: "" };
  const told = await run(join(ROOT, "bin", "gmailsync"), ["report", fleet, "--html", page], {
    env,
    timeoutMs: 120_000,
  });
  // Some mailboxes have failed, which is what it shows.
  if (told.code !== 1) throw new Error(`the report ended with ${told.code}: ${told.stdout}${told.stderr}`);
  mkdirSync(IMAGES, { recursive: true });
  for (const colorScheme of ["light", "dark"] as const) {
    const tab = await browser.newPage({ viewport: { width: 1024, height: 1200 }, colorScheme });
    await tab.goto(pathToFileURL(page).href);
    await tab.screenshot({ path: join(IMAGES, `report-${colorScheme}.png`) });
    await tab.close();
  }
  console.log(`wrote ${IMAGES}`);
} finally {
  await browser.close();
  await sandbox.close();
  rmSync(directory, { recursive: true, force: true });
}
