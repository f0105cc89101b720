import { describe, test } from "vitest";
import { documentsOf, PAGES } from "../../scripts/documents/all.ts";
import {
  isRun,
  notPrinted,
  SESSION_LIMIT_MS,
  sessionFromNothing,
  sessionInProject,
  shownIn,
} from "../support/document-session.ts";
import { LONG } from "../support/long.ts";
import { ROOT } from "../support/package.ts";

/** These bring all that they need; the others speak of a project that is there. */
const FROM_NOTHING = new Set(["docs/tutorial.md", "docs/tutorial-fleet.md"]);
/** Takes minutes: with `npm run test:all`. */
const LONG_PAGES = new Set(["docs/tutorial-fleet.md"]);

const pages = documentsOf(ROOT, PAGES).filter(
  ({ file, blocks }) => blocks.some(isRun) && (!LONG_PAGES.has(file) || LONG),
);

describe("a page does what it says, command by command:", () => {
  test.concurrent.for(pages)("$file", { timeout: SESSION_LIMIT_MS + 60_000 }, async (page, { expect: expectHere }) => {
    const session = FROM_NOTHING.has(page.file) ? await sessionFromNothing(page) : await sessionInProject(page);
    const { code, stdout, stderr } = session.ended;
    expectHere(code, `${page.file}: ${stderr.slice(-4000)}\n${stdout.slice(-4000)}`).toBe(0);
    for (const block of page.blocks.filter((one) => one.language === "console" && isRun(one)))
      for (const [index, { command, lines }] of shownIn(block).entries()) {
        const output = session.printed(block.line, index);
        expectHere(
          notPrinted(lines, output),
          `${page.file}:${block.line}: ${command} printed:\n${output}`,
        ).toBeUndefined();
      }
  });
});
