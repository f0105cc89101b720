/** `npm run screenshots`: makes README's pictures, with Chromium, of what the commands write about a sandbox. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { reportPage } from "./report.ts";
import { runPage } from "./run.ts";

const IMAGES = join(import.meta.dirname, "..", "..", "docs", "images");

const PICTURES = [
  { name: "report", page: reportPage, size: { width: 1024, height: 1200 }, fullPage: false },
  { name: "run", page: runPage, size: { width: 1280, height: 200 }, fullPage: true },
];

const directory = mkdtempSync(join(tmpdir(), "gmailsync-pictures-"));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"] });
try {
  mkdirSync(IMAGES, { recursive: true });
  for (const picture of PICTURES) await take(browser, picture);
  console.log(`wrote ${IMAGES}`);
} finally {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
}

async function take(by: Browser, { name, page, size, fullPage }: (typeof PICTURES)[number]): Promise<void> {
  const folder = join(directory, name);
  mkdirSync(folder);
  const url = pathToFileURL(await page(folder)).href;
  for (const colorScheme of ["light", "dark"] as const) {
    const tab = await by.newPage({ viewport: size, colorScheme });
    await tab.goto(url);
    await tab.screenshot({ path: join(IMAGES, `${name}-${colorScheme}.png`), fullPage });
    await tab.close();
  }
}
