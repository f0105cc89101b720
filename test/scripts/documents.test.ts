import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { allDocuments, documentsOf } from "../../scripts/documents/all.ts";
import { brokenLinks, goneTests, unlinked } from "../../scripts/documents/links.ts";
import { documentOf } from "../../scripts/documents/markdown.ts";
import { unproven } from "../../scripts/documents/proofs.ts";
import { run } from "../../scripts/exec.ts";
import { HOME } from "../../scripts/generate/registry.ts";
import { notPrinted } from "../support/document-session.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

/** A folder with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

const block = (info: string, text = "true") => `\`\`\`${info}\n${text}\n\`\`\`\n`;

describe("the check of links", () => {
  const linked = (text: string) => {
    const root = folderWith({
      "README.md": text,
      "docs/codes.md": "# Codes\n\n## What `gmailsync check` says\n",
      "a b.txt": "",
    });
    return brokenLinks(root, allDocuments(root));
  };

  test.for([
    "[page](docs/codes.md)",
    "[heading](docs/codes.md#what-gmailsync-check-says)",
    "# Here\n\n[here](#here)",
    "# Twice\n\n# Twice\n\n[second](#twice-1)",
    "[with a blank](a%20b.txt)",
    "[elsewhere](https://example.com/nothing)",
    "`[no link](nowhere.md)`",
    "| in a table |\n|---|\n| [page](docs/codes.md) |",
  ])("is content with %j", (text) => {
    expect(linked(text)).toEqual([]);
  });

  test.for([
    ["[page](docs/gone.md)", "README.md:1: there is no docs/gone.md"],
    ["\n[heading](docs/codes.md#gone)", "README.md:2: docs/codes.md has no heading #gone"],
    ["[here](#gone)", "README.md:1: README.md has no heading #gone"],
    ["![picture](docs/gone.png)", "README.md:1: there is no docs/gone.png"],
    [`[at home](${HOME}/docs/gone.md)`, "README.md:1: there is no docs/gone.md"],
    ['<img src="docs/gone.png">', "README.md:1: there is no docs/gone.png"],
    ["[by name][name]\n\n[name]: docs/gone.md", "README.md:3: there is no docs/gone.md"],
    ["| in a table |\n|---|\n| [page](docs/gone.md) |", "README.md:3: there is no docs/gone.md"],
  ])("finds what is broken in %j", ([text = "", problem]) => {
    expect(linked(text)).toEqual([problem]);
  });

  test("finds a test that is named and not there", () => {
    const root = folderWith({ "test/cli/up.test.ts": "", "test/mail/a.test.ts": "", "test/mail/down.test.ts": "" });
    const problems = (text: string) => goneTests(root, [documentOf("SECURITY.md", text)]);
    for (const named of [
      "test/mail",
      "test/cli/up.test.ts",
      "test/cli/up",
      "test/{cli,mail}",
      "test/<name>",
      "scripts/up",
    ])
      expect(problems(`_Held by_ \`${named}\`.`)).toEqual([]);
    expect(problems("\n_Held by_ `test/live/up`, `test/mail/{a,up,down}`.")).toEqual([
      "SECURITY.md:2: there is no test test/live/up",
      "SECURITY.md:2: there is no test test/mail/up",
    ]);
  });

  test("finds a page that the index does not lead to", () => {
    const root = folderWith({
      "docs/README.md": "[one](how-to/one.md#part)",
      "docs/how-to/one.md": "",
      "docs/two.md": "",
    });
    expect(unlinked(documentsOf(root, ["docs/**/*.md"]), "docs/README.md")).toEqual([
      "docs/README.md does not lead to docs/two.md",
    ]);
  });
});

describe("the check of proofs", () => {
  const root = folderWith({
    "package.json": JSON.stringify({ scripts: { all: "ALL=1 node scripts/test.ts", test: "node scripts/test.ts" } }),
    ".github/workflows/ci.yml": "jobs:\n  windows: { steps: [{ run: npm run all }, { run: pip install x }] }\n",
    "test/engine/demo.test.ts": 'import { up } from "./up.ts"; await stack.run(["preview"]); await stack.refresh();',
    "test/engine/tools.test.ts": 'await run("npm", [...quiet, "install", archive]); await run("node", [program]);',
  });
  const problems = (text: string) => unproven(root, [documentOf("docs/page.md", text)]);

  test.for([
    block("sh run"),
    block("console run exit=1"),
    block("sh by=test/engine/demo.test.ts"),
    block("sh by=test/engine/demo.test.ts", "pulumi preview\npulumi refresh"),
    block("sh by=test/engine/tools.test.ts", "cd it && KEY=… npm install # twice\nexport A=1\nnode deploy.ts"),
    block("sh by=test/engine/tools.test.ts by=test/engine/demo.test.ts", "npm install | pulumi preview"),
    block("sh by=test/engine/tools.test.ts job=windows", "npm install\npip install it"),
    block("console by=test/engine/tools.test.ts", "$ npm install\nadded 1 package"),
    block("sh job=windows"),
    block("sh job=windows", "npm run all\nnpm test"),
    block("text file=letter.txt"),
    block("yaml", "resources: {}"),
    block("yaml", "clients: {}"),
    block("ts", "export {};"),
  ])("is content with %j", (text) => {
    expect(problems(text)).toEqual([]);
  });

  test.for([
    [block("sh"), "nothing runs this block"],
    [block("console"), "nothing runs this block"],
    [`- in a list\n\n  ${block("sh").replaceAll("\n", "\n  ")}`, "nothing runs this block"],
    [block("text", "$ pulumi up"), "nothing runs this block"],
    [block("yaml", "credential: {}"), "nothing runs this block"],
    [block("sh by=test/engine/gone.test.ts"), "there is no test test/engine/gone.test.ts"],
    [block("sh by=test/engine/demo.test.ts", "pulumi preview\npulumi up"), 'demo.test.ts never runs "pulumi up"'],
    [
      block("sh by=test/engine/demo.test.ts", "pulumi preview\npulumi import it"),
      'demo.test.ts never runs "pulumi import"',
    ],
    [
      block("sh by=test/engine/demo.test.ts", "pulumi preview | gmailsync doctor -"),
      'demo.test.ts never runs "gmailsync doctor"',
    ],
    [block("sh by=test/engine/demo.test.ts", "cd it && npm install"), 'demo.test.ts never runs "npm install"'],
    [block("sh by=test/engine/tools.test.ts", "npm run build"), 'tools.test.ts never runs "npm run build"'],
    [block("sh by=test/engine/tools.test.ts", "pip install it"), 'tools.test.ts never runs "pip install"'],
    [block("sh by=test/engine/tools.test.ts", "npx gmailsync lock"), 'tools.test.ts never runs "gmailsync lock"'],
    [block("sh by=test/engine/tools.test.ts", "curl https://x.example"), 'tools.test.ts never runs "curl"'],
    [block("console by=test/engine/tools.test.ts", "$ dotnet add it"), 'tools.test.ts never runs "dotnet add"'],
    [block("sh job=windows", "go get it"), 'windows never runs "go get"'],
    [block("sh job=gone"), ".github/workflows/ci.yml has no job gone"],
    [block("sh run exit=yes"), '"yes" is no exit code'],
    [block("sh runs"), '"runs" means nothing here'],
    [block("ruby"), 'a block in "ruby" is proven by nothing'],
    [block(""), 'a block in "" is proven by nothing'],
  ])("refuses %j", ([text = "", problem = ""]) => {
    expect(problems(text)[0]).toContain(problem);
  });
});

test("what a page shows has to have been printed, in that order", () => {
  const output = "creating anna (0.1s)\ncreated anna (0.2s)\nDuration: 3s";
  expect(notPrinted(["creating anna (…s)", "…created…"], output)).toBeUndefined();
  expect(notPrinted(["created anna", "creating anna"], output)).toBe("creating anna");
  expect(notPrinted(["deleted anna"], output)).toBe("deleted anna");
  expect(notPrinted(["anna … created"], output)).toBe("anna … created");
});

test("npm run check fails on a broken link and on a command that nobody runs", async () => {
  const root = folderWith({ "README.md": `[gone](docs/gone.md)\n\n${block("sh")}`, "docs/README.md": "" });
  const ended = await run(process.execPath, [join(ROOT, "scripts", "documents", "check.ts")], { cwd: root });
  expect(ended.code).toBe(1);
  expect(ended.stderr).toContain("README.md:1: there is no docs/gone.md");
  expect(ended.stderr).toContain("README.md:3: nothing runs this block");
});
