import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { type BrowserContext, chromium } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { SEED_CLIENT_ID } from "../../sandbox/google/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { COMMAND } from "../support/command.ts";
import { atEnd, mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const EXECUTABLE = "/usr/bin/chromium";

/** What people do in a browser, done in one. Where none is installed that is a failure only in CI. */
describe.skipIf(!existsSync(EXECUTABLE) && !process.env["CI"])("in a real browser", { timeout: 90_000 }, () => {
  let sandbox: Sandbox;
  let context: BrowserContext;

  beforeAll(async () => {
    sandbox = await testSandbox();
    const pairs = (sandbox.environment["GMAILSYNC_CONNECT_TO"] ?? "").split(",").map((pair) => pair.split("="));
    const rules = pairs.map(([from, to]) => `MAP ${from} ${to}`).join(",");
    const browser = await chromium.launch({
      executablePath: EXECUTABLE,
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--host-resolver-rules=${rules}`],
    });
    atEnd(() => browser.close());
    // The sandbox's authority is in no store of the browser's; what is tried here are the pages.
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  }, 60_000);

  test("a user signs in to Gmail while `pulumi up` waits for it", async () => {
    const stack = new TestStack(sandbox);
    await stack.init(
      [blocks.profile(), blocks.mailbox("carl"), blocks.activation("carl", "waitForSignIn: 2m")].join("\n"),
    );
    let link = "";
    const up = stack.run(["up", "--yes", "--skip-preview"], {
      onOutput: (text) => {
        link ||= /sign in to Gmail: (https:\S+)/.exec(text)?.[1] ?? "";
      },
    });
    await expect.poll(() => link, { timeout: 60_000 }).not.toBe("");

    const page = await context.newPage();
    await page.goto(link);
    await page.getByText("Not signed in to Gmail").waitFor();
    await page.getByRole("link", { name: "Sign in to Gmail" }).click();
    await page.getByRole("button", { name: "carl@northwind.example" }).click();
    await page.getByText("https://mail.google.com/").waitFor();
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("Signed in to Gmail").waitFor();
    expect(page.url()).toContain("https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx?");
    await page.close();

    const { code, output } = await up;
    expect(code, output).toBe(0);
    expect(mailboxRow(sandbox, "carl@northwind.example")["incomingemailstatus"]).toBe(1);
  });

  test("the guide's page copies values and ticks off what is proven, until all is", async () => {
    sandbox.reset();
    const client = sandbox.world.google.clients[0];
    const redirectUris = client?.redirectUris ?? [];
    if (client) client.redirectUris = [];
    const env = { ...process.env, ...sandbox.environment };
    const args = ["guide", "--project", "northwind-mail", "--client-id", SEED_CLIENT_ID, "--page"];
    const child = execFile(COMMAND, args, { env });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    let output = "";
    child.stdout?.on("data", (text: string) => {
      output += text;
    });
    await expect.poll(() => output, { timeout: 20_000 }).toContain("Open http://127.0.0.1:");
    const url = /http:\S+/.exec(output)?.[0] ?? "";

    const page = await context.newPage();
    const errors: unknown[] = [];
    page.on("pageerror", (error) => errors.push(error));
    await page.goto(url);
    await page.getByText("REDIRECT_URI_MISMATCH").waitFor();
    await page.getByRole("button", { name: "dlg_gmailoauth.aspx" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate("navigator.clipboard.readText()");
    expect(copied).toBe("https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx");
    expect(await page.locator("li[data-status=failed]").count()).toBe(1);

    if (client) client.redirectUris = redirectUris;
    await page.getByText("This page is done").waitFor({ timeout: 30_000 });
    expect(await page.locator("li[data-status=ok]").count()).toBe(1);
    expect(errors).toEqual([]);
    expect(await ended).toBe(0);
    // Nothing but the page itself is answered, and to nobody who comes by another name.
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  });
});
