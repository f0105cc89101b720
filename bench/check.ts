/**
 * What `gmailsync check` costs for 5,000 mailboxes, against a bare Node.js and against the YAML library alone on the same
 * file, each in a process of its own. `node bench/check.ts [--json]`
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BIN } from "./published.ts";
import { median, timed } from "./sandbox.ts";

const ROOT = join(import.meta.dirname, "..");
const ROUNDS = 15;
const folder = mkdtempSync(join(tmpdir(), "gmailsync-bench-"));
const file = join(folder, "mailboxes.yaml");
const addresses = Array.from({ length: 5000 }, (_, index) => `user${index}@northwind.example`);
writeFileSync(
  file,
  `clients:
  north:
    projectId: northwind-mail
    clientId: 123456789012-abc.apps.googleusercontent.com
    clientSecret: {config: googleClientSecret}
mailboxes:
${addresses.map((address) => `  - address: ${address}\n    activation: {retest: 24h}\n`).join("")}`,
);
writeFileSync(join(folder, "mailboxes.lock"), addresses.map((address) => `${address} north\n`).join(""));

const bareYaml = `import { readFileSync } from "node:fs"; import { parse } from ${JSON.stringify(join(ROOT, "node_modules", "yaml", "dist", "index.js"))}; parse(readFileSync(${JSON.stringify(file)}, "utf8"));`;
const COMMANDS = {
  check: [join(BIN, "..", "provider", "cli", "main.js"), "check", file],
  yaml: ["--input-type=module", "--eval", bareYaml],
  node: ["--eval", ""],
} as const;

const times: Record<keyof typeof COMMANDS, number[]> = { check: [], yaml: [], node: [] };
for (let round = 0; round < ROUNDS; round++) {
  for (const name of ["check", "yaml", "node"] as const)
    times[name].push(await timed(async () => execFileSync(process.execPath, [...COMMANDS[name]])));
}
rmSync(folder, { recursive: true, force: true });
const [check, yaml, node] = [median(times.check), median(times.yaml), median(times.node)];
const result = { checkMs: check, yamlMs: yaml, nodeMs: node, ratioToYaml: check / yaml, ratioToNode: check / node };
if (process.argv.includes("--json")) console.log(JSON.stringify(result));
else {
  console.log(`gmailsync check, 5,000 mailboxes   ${check.toFixed(0)} ms, median of ${ROUNDS}`);
  console.log(`the YAML library alone             ${yaml.toFixed(0)} ms, ratio ${(check / yaml).toFixed(2)}`);
  console.log(`a bare Node.js                     ${node.toFixed(0)} ms, ratio ${(check / node).toFixed(1)}`);
}
