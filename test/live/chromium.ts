import { existsSync } from "node:fs";
import axe from "axe-core";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { beforeAll, describe } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { atEnd } from "../support/sandbox.ts";

const EXECUTABLE = "/usr/bin/chromium";

/** Tests in Chromium, which finds the sandbox at the real host names. Where none is installed that is a failure only in CI. */
export function describeInBrowser(
  title: string,
  sandbox: () => Promise<Sandbox>,
  tests: (started: () => { readonly sandbox: Sandbox; readonly context: BrowserContext }) => void,
): void {
  describe.skipIf(!existsSync(EXECUTABLE) && !process.env["CI"])(title, { timeout: 90_000 }, () => {
    let started: { sandbox: Sandbox; context: BrowserContext } | undefined;
    beforeAll(async () => {
      const running = await sandbox();
      started = { sandbox: running, context: await contextOf(running) };
    }, 60_000);
    tests(() => {
      if (started === undefined) throw new Error("the browser has not started");
      return started;
    });
  });
}

async function contextOf(sandbox: Sandbox): Promise<BrowserContext> {
  const pairs = (sandbox.environment["GMAILSYNC_CONNECT_TO"] ?? "").split(",").map((pair) => pair.split("="));
  const rules = pairs.map(([from, to]) => `MAP ${from} ${to}`).join(",");
  const browser = await chromium.launch({
    executablePath: EXECUTABLE,
    args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--host-resolver-rules=${rules}`],
  });
  atEnd(() => browser.close());
  // The sandbox's authority is in no store of the browser's; what is tried here are the pages.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  return context;
}

/** What a page has complained of: errors of its script, refusals of its policy, and requests to anybody. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  return complaints;
}

/** What axe-core finds wrong for people who hear pages, see little or use no mouse, as rule and element. */
export async function barriersOf(page: Page): Promise<string[]> {
  // Past the page's own policy, which takes no other script.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe.source });
  const found: unknown = await page.evaluate(
    `axe.run().then(({violations}) => violations.flatMap(({id, nodes}) => nodes.map(({html, failureSummary}) => id + " " + html.slice(0, 200) + failureSummary)))`,
  );
  return Array.isArray(found) ? found.map(String) : ["axe-core has not run"];
}

/** Whether anything is wider than the window. */
export async function overflowOf(page: Page): Promise<number> {
  return Number(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"));
}
