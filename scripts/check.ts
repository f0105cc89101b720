/** `npm run check`: everything that can be told without running the product. All checks run, then the result is told. */
import { join } from "node:path";
import { run } from "./exec.ts";

/** Its configuration is TypeScript, which the Node.js on PATH may not run. */
const depcruise = join("node_modules", "dependency-cruiser", "bin", "dependency-cruiser.mjs");

const CHECKS: readonly { name: string; command: string; args: readonly string[]; help: string }[] = [
  { name: "types", command: "tsc", args: ["-p", "."], help: "fix the types" },
  {
    name: "format and lint",
    command: "biome",
    args: ["check", "--error-on-warnings", "."],
    help: "`npm run format` mends most of it",
  },
  { name: "unused code and dependencies", command: "knip", args: [], help: "remove what nobody uses" },
  {
    name: "boundaries",
    command: process.execPath,
    args: [depcruise, "--config", "scripts/dependency-cruiser.mjs", "provider", "sandbox", "scripts", "bench", "test"],
    help: "import only what CONTRIBUTING's table allows, and in no circle",
  },
  {
    name: "supply chain",
    command: process.execPath,
    args: ["scripts/supply-chain.ts"],
    help: "what SECURITY.md promises of it; `npm install --package-lock-only` fills in hashes",
  },
  {
    name: "regular expressions",
    command: process.execPath,
    args: ["scripts/regular-expressions.ts"],
    help: "bound what repeats, or begin the expression with ^; where that cannot be, use indexOf and split",
  },
  {
    name: "documents",
    command: process.execPath,
    args: ["scripts/documents/check.ts"],
    help: 'mend the link; behind a block\'s language say what runs it (CONTRIBUTING, "Add a page")',
  },
  {
    name: "generated files",
    command: process.execPath,
    args: ["scripts/generate/generate.ts", "--check"],
    help: "`npm run schema`, and commit the result",
  },
];

const results = await Promise.all(
  CHECKS.map(async (check) => ({ ...check, ...(await run(check.command, check.args, { timeoutMs: 300_000 })) })),
);
for (const { name, code, stdout, stderr, help } of results) {
  console.log(`${code === 0 ? "ok    " : "FAILED"} ${name}`);
  if (code !== 0) console.log(`${stdout}${stderr}\n→ ${help}\n`);
}
process.exitCode = results.every(({ code }) => code === 0) ? 0 : 1;
