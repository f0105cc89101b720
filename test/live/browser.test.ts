import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { COMMAND } from "../support/command.ts";
import { mailboxRow, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";
import { barriersOf, complaintsOf, describeInBrowser, overflowOf } from "./chromium.ts";

/** What people do in a browser, done in one. */
describeInBrowser("in a real browser", testSandbox, (started) => {
  test("a user signs in to Gmail while `pulumi up` waits for it", async () => {
    const { sandbox, context } = started();
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
    const { sandbox, context } = started();
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
    const complaints = complaintsOf(page);
    await page.goto(url);
    await page.getByText("REDIRECT_URI_MISMATCH").waitFor();
    await page.getByText("0 of 1 client proven").waitFor();
    await page.getByRole("heading", { name: "northwind-mail", exact: true }).waitFor();
    await page.getByRole("button", { name: "dlg_gmailoauth.aspx" }).click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate("navigator.clipboard.readText()");
    expect(copied).toBe("https://contoso.crm.dynamics.com/_grid/cmds/dlg_gmailoauth.aspx");
    expect(await page.locator("li[data-status=failed]").count()).toBe(1);
    // What nobody can prove is ticked by hand, and stays so.
    await page.getByLabel("Done: Enable the Gmail API").check();
    await page.reload();
    expect(await page.getByLabel("Done: Enable the Gmail API").isChecked()).toBe(true);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 740 });
      expect(await overflowOf(page)).toBe(0);
      expect(await barriersOf(page)).toEqual([]);
    }

    if (client) client.redirectUris = redirectUris;
    await page.getByText("This page is done").waitFor({ timeout: 30_000 });
    expect(await page.locator("li[data-status=ok]").count()).toBe(1);
    await page.getByText("1 of 1 client proven").waitFor();
    expect(complaints).toEqual([]);
    expect(await ended).toBe(0);
    // Nothing but the page itself is answered, and to nobody who comes by another name.
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{22}\/$/);
  });

  test("a user consents to the own logins, and the token goes into the stack's configuration unseen", async () => {
    const { sandbox, context } = started();
    sandbox.reset();
    const stack = new TestStack(sandbox);
    await stack.init(blocks.profile());
    const env = { ...stack.environment, GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET };
    const args = ["consent", "anna@northwind.example", "--client-id", SEED_CLIENT_ID, "--config", "annaRefreshToken"];
    const child = execFile(COMMAND, args, { env, cwd: stack.directory });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (text: string) => {
        output += text;
      });
    await expect.poll(() => output, { timeout: 20_000 }).toMatch(/https:\S+\n/);
    const url = /https:\S+/.exec(output)?.[0] ?? "";
    sandbox.world.google.clients[0]?.redirectUris.push(new URL(url).searchParams.get("redirect_uri") ?? "");

    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole("button", { name: "anna@northwind.example" }).click();
    await page.getByText("https://mail.google.com/").waitFor();
    const complaints = complaintsOf(page);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByText("The consent of anna@northwind.example has arrived.").waitFor();
    expect(await barriersOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    expect(await ended, output).toBe(0);
    const token = (await stack.expect(["config", "get", "annaRefreshToken"])).trim();
    expect(sandbox.world.google.grants.find(({ refreshToken }) => refreshToken === token)?.address).toBe(
      "anna@northwind.example",
    );
    expect(output).not.toContain(token);
    expect(readFileSync(join(stack.directory, "Pulumi.test.yaml"), "utf8")).toMatch(/annaRefreshToken:\n\s+secure:/);
    await page.close();
  });
});
