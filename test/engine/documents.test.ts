import { describe, expect, test } from "vitest";
import { documentsOf, PAGES } from "../../scripts/documents/all.ts";
import { isRun, notPrinted, sessionFromNothing, sessionInProject, shownIn } from "../support/document-session.ts";
import { ROOT } from "../support/package.ts";

/** These bring all that they need; the others speak of a project that is there. */
const FROM_NOTHING = new Set(["docs/tutorial.md"]);

const pages = documentsOf(ROOT, PAGES).filter(({ blocks }) => blocks.some(isRun));

describe.each(pages)("$file", (page) => {
  test("does what it says, command by command", { timeout: 600_000 }, async () => {
    const session = FROM_NOTHING.has(page.file) ? await sessionFromNothing(page) : await sessionInProject(page);
    const { code, stdout, stderr } = session.ended;
    expect(code, `${page.file}: ${stderr.slice(-4000)}\n${stdout.slice(-4000)}`).toBe(0);
    for (const block of page.blocks.filter((one) => one.language === "console" && isRun(one)))
      for (const [index, { command, lines }] of shownIn(block).entries()) {
        const output = session.printed(block.line, index);
        expect(notPrinted(lines, output), `${page.file}:${block.line}: ${command} printed:\n${output}`).toBeUndefined();
      }
  });
});
