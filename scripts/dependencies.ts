import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { code, table } from "./generate/markdown.ts";

interface Reason {
  readonly what: string;
  readonly why: string;
}

/** What each package is here for, and why this one, that does not stand in the table above this one. */
const REASONS: Readonly<Record<string, Reason>> = {
  "@types/google-protobuf": { what: "types of google-protobuf", why: "it brings none" },
  "@types/node-forge": { what: "types of node-forge", why: "it brings none" },
  "@pulumi/policy": { what: "the example of a policy pack", why: "the only one there is" },
  imapflow: { what: "logins by IMAP", why: "XOAUTH2, one deadline, the server's own words" },
  "reflect-metadata": { what: "what @peculiar/x509 needs", why: "its peer" },
  // Tests.
  vitest: { what: "tests", why: "projects, concurrency, TypeScript without a build" },
  ajv: { what: "tests of schemas", why: "strict: refuses words that mean nothing" },
  "fast-check": { what: "histories and hostile input", why: "shrinks a failure to its story" },
  "playwright-core": { what: "pages in a real Chromium, pictures", why: "drives the system's browser, downloads none" },
  "axe-core": { what: "accessibility of pages", why: "the rules that others use, too" },
  "@stryker-mutator/instrumenter": { what: "mutants", why: "makes them; running them is ours, in process" },
  publint: { what: "the package's manifest", why: "finds what bundlers and Node.js stumble over" },
  "@arethetypeswrong/cli": { what: "the package's types", why: "looks at them as each resolution does" },
  // Checks and building.
  typescript: { what: "types, declarations", why: "the compiler" },
  "@types/node": { what: "types of Node.js", why: "the usual ones" },
  "@biomejs/biome": { what: "format and lint", why: "both in one, in seconds" },
  knip: { what: "unused files, exports, dependencies", why: "finds all three" },
  "dependency-cruiser": { what: "who imports whom", why: "rules by folder, circles" },
  "@eslint-community/regexpp": { what: "slow regular expressions", why: "parses them" },
  "regexp-ast-analysis": { what: "the same", why: "what scslre takes" },
  scslre: { what: "the same", why: "finds super-linear ones by proof, not by trying" },
  "mdast-util-from-markdown": {
    what: "links and blocks of documents",
    why: "Markdown as GitHub reads it, with places",
  },
  "github-slugger": { what: "anchors of headings", why: "GitHub's own rule" },
  esbuild: { what: "the bundles", why: "one file an entry, in a second" },
  postject: { what: "the plugin as one executable", why: "what Node.js documents for it" },
  semver: { what: "versions of the Pulumi CLI", why: "npm's own" },
  "@types/semver": { what: "its types", why: "it brings none" },
};

interface Manifest {
  readonly version: string;
  readonly license?: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

/**
 * The second table of a file: licence and size are those of what is installed. A package of package.json that neither has a line nor stands
 * in the file already is an error, and a line without a package.
 */
export function dependencyTable(file: string): string {
  const { devDependencies, peerDependencies } = manifestIn(".");
  const names = new Set(Object.keys({ ...devDependencies, ...peerDependencies }));
  const [byHand = ""] = readFileSync(file, "utf8").split("<!-- generated: dependencies -->");
  const unexplained = [...names].filter((name) => !(name in REASONS || byHand.includes(code(name))));
  const gone = Object.keys(REASONS).filter((name) => !names.has(name));
  if (unexplained.length + gone.length > 0)
    throw new Error(
      `scripts/dependencies.ts: add a line for ${unexplained.join(", ") || "nobody"}, take out ${gone.join(", ") || "none"}`,
    );
  return table(
    ["package", "what for", "why this one", "licence", "kB"],
    Object.entries(REASONS).map(([name, { what, why }]) => {
      const folder = join("node_modules", name);
      return [code(name), what, why, manifestIn(folder).license ?? "", String(Math.ceil(bytesOf(folder) / 1000))];
    }),
  );
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Of its own files, without packages inside. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.slice(folder.length).includes("node_modules"))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
