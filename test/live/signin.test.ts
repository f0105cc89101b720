import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { gmailsync } from "../support/command.ts";
import { at, FLEET, mixed } from "../support/mixed-fleet.ts";
import { mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";
import { barriersOf, complaintsOf, describeInBrowser, overflowOf } from "./chromium.ts";

describeInBrowser(
  "the page for those who have to sign in",
  () => testSandbox({ extraUsers: 6 }),
  (started) => {
    test("leads a user by phone from the search for the address to the sign-in", async () => {
      const { sandbox, context } = started();
      mixed(sandbox);
      const directory = temporaryDirectory();
      const [file, published] = [join(directory, "mailboxes.yaml"), join(directory, "signin.html")];
      writeFileSync(file, FLEET);
      const { code, stderr } = await gmailsync(["signin", file, "--page", published], sandbox.environment);
      expect(code, stderr).toBe(0);

      const page = await context.newPage();
      const complaints = complaintsOf(page);
      await page.setViewportSize({ width: 360, height: 740 });
      await page.goto(pathToFileURL(published).href);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect(await overflowOf(page)).toBe(0);
        expect(await barriersOf(page)).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await page.getByLabel("Your address").fill("anna");
      await page.getByText("Nobody with this address is asked").waitFor();
      await page.getByLabel("Your address").fill("User0002@");
      const opened = context.waitForEvent("page");
      await page.getByRole("link", { name: at("user0002") }).click();
      const mailbox = await opened;
      await mailbox.getByRole("link", { name: "Sign in to Gmail" }).click();
      await mailbox.getByRole("button", { name: at("user0002") }).click();
      await mailbox.getByRole("button", { name: "Continue" }).click();
      await mailbox.getByText("Signed in to Gmail").waitFor();
      expect(mailboxRow(sandbox, at("user0002"))["oauthrefreshtoken"]).not.toBeNull();
      await page.close();
    });
  },
);
