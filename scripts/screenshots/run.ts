import { readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import { table } from "../demo-table.ts";
import { type Finished, run } from "../exec.ts";
import { pulumiCli } from "../pulumi-cli.ts";
import { pulumiEnvironment } from "../workspace.ts";
import { terminalPage } from "./terminal.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Lines of progress, of which a terminal shows only the last, and what the engine says of the stack as a whole. */
const PASSING = /creating \(|@ updating|pulumi:pulumi:Stack|an unhandled error occurred/;
const UP = "pulumi up --yes --skip-preview --continue-on-error";

/** Brings the demo's stack up, with IMAP off for one mailbox, and writes what a terminal shows of it; the page's path. */
export async function runPage(directory: string): Promise<string> {
  const { directory: cli } = await pulumiCli({ root: ROOT, log: console.log });
  const sandbox = await startSandbox({ directory: join(directory, ".gmailsync", "sandbox"), polls: false });
  try {
    const program = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8");
    writeFileSync(join(directory, "Pulumi.yaml"), program.replace("path: ./bin", `path: ${join(ROOT, "bin")}`));
    const env = {
      ...process.env,
      ...pulumiEnvironment(join(directory, "home"), join(directory, "state")),
      PATH: [join(ROOT, "bin"), cli, process.env["PATH"]].join(delimiter),
    };
    const command = async (line: string, code = 0): Promise<Finished> => {
      const [name = "", ...args] = line.split(" ");
      const ended = await run(name, args, { cwd: directory, env, timeoutMs: 120_000 });
      if (ended.code !== code) throw new Error(`\`${line}\` ended with ${ended.code}: ${ended.stdout}${ended.stderr}`);
      return ended;
    };
    Object.assign(env, JSON.parse((await command("gmailsync sandbox env --json")).stdout));
    await command("pulumi stack init demo");
    await command(`pulumi config set --secret googleClientSecret ${SEED_CLIENT_SECRET}`);
    await command("gmailsync sandbox set account support@northwind.example imap=off-by-admin");
    // One mailbox fails, which is what it shows.
    const { stdout } = await command(`${UP} --color always`, 1);
    const steps = table(JSON.parse((await command("pulumi stack export")).stdout));
    const page = join(directory, "run.html");
    writeFileSync(page, terminalPage(`$ ${UP}\n${lasting(stdout)}\n\n${steps}`));
    return page;
  } finally {
    await sandbox.close();
  }
}

function lasting(output: string): string {
  const lines = output.split("\n").filter((line) => !PASSING.test(line) && line.trim() !== "");
  return lines.join("\n").replaceAll("\t", "  ");
}
