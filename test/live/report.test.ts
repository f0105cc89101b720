import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { gmailsync } from "../support/command.ts";
import { at, FAILED, FLEET, mixed, NOT_APPROVED } from "../support/mixed-fleet.ts";
import { temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { barriersOf, complaintsOf, describeInBrowser, overflowOf } from "./chromium.ts";

describeInBrowser(
  "the page of a report",
  () => testSandbox({ extraUsers: 6 }),
  (started) => {
    async function reported(): Promise<string> {
      const { sandbox } = started();
      mixed(sandbox);
      const directory = temporaryDirectory();
      const [file, page] = [join(directory, "mailboxes.yaml"), join(directory, "report.html")];
      // A project whose users Google counts.
      writeFileSync(
        file,
        FLEET.replace("{projectId: northwind-mail}", "{projectId: northwind-mail, audience: external}"),
      );
      const { code, stderr } = await gmailsync(["report", file, "--html", page], sandbox.environment);
      expect(code, stderr).toBe(1);
      return pathToFileURL(page).href;
    }

    test.each(["light", "dark"] as const)("keeps nobody out, asks nobody and fits a phone: %s", async (colorScheme) => {
      const page = await started().context.newPage();
      const complaints = complaintsOf(page);
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      const url = await reported();
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(url);
      expect(await overflowOf(page)).toBe(0);
      await page.evaluate(`document.querySelectorAll("details").forEach((one) => { one.open = true; })`);
      expect(await overflowOf(page)).toBe(0);
      expect(await barriersOf(page)).toEqual([]);
      expect(complaints).toEqual([]);
      expect(requests).toEqual([url]);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : "rgb(21, 24, 28)");
      await page.close();
    });

    test("finds mailboxes by words, status and client", async () => {
      const page = await started().context.newPage();
      await page.goto(await reported());
      const shown = () => page.locator(".mailbox:visible .address").allTextContents();
      expect(await shown()).toHaveLength(9);
      expect((await shown()).slice(0, 2).toSorted()).toEqual([at(NOT_APPROVED), at(FAILED)]);
      await page.getByLabel("Search").fill("not_signed USER0002");
      expect(await shown()).toEqual([at("user0002")]);
      await page.getByText("1 of 9 mailboxes").waitFor();
      await page.getByLabel("Search").fill("");
      await page.getByLabel("Status").selectOption("failed");
      expect(await shown()).toHaveLength(2);
      await page.getByLabel("Client").selectOption("north");
      expect(await shown()).toEqual([]);
      await page.close();
    });

    test("prints what is wrong with all that is folded away, and no controls", async () => {
      const page = await started().context.newPage();
      await page.goto(await reported());
      await page.emulateMedia({ media: "print" });
      expect(await page.getByLabel("Search").isVisible()).toBe(false);
      const steps = page.locator(".mailbox", { hasText: at(NOT_APPROVED) }).locator(".steps");
      const height = async () => (await steps.boundingBox())?.height;
      expect(await height()).toBeGreaterThan(0);
      const pdf = join(temporaryDirectory(), "report.pdf");
      await page.pdf({ path: pdf, format: "A4" });
      expect(readFileSync(pdf, "latin1").slice(0, 5)).toBe("%PDF-");
      expect(statSync(pdf).size).toBeGreaterThan(10_000);
      await page.close();
    });
  },
);
