import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { startSandbox } from "../../sandbox/sandbox.ts";
import type { Block, Document } from "../../scripts/documents/markdown.ts";
import { wordOf } from "../../scripts/documents/proofs.ts";
import { type Finished, run } from "../../scripts/exec.ts";
import { pulumiEnvironment } from "../../scripts/workspace.ts";
import { ROOT } from "./package.ts";
import { atEnd, temporaryDirectory } from "./sandbox.ts";

/** As documents call the clone that the reader has. */
const CLONE = "/path/to/clone";

/** The first command that fails ends the page and what it has started, and what it has printed is told. */
const BEFORE = `set -Eeuo pipefail
trap 'ls -t "$PRINTED"/*-* 2> /dev/null | head -n 1 | xargs -r tail -n 40 >&2' ERR
trap 'jobs -p | xargs -r kill 2> /dev/null || true' EXIT`;

/** What was done in a project before anybody reads on. */
const PROJECT = `eval "$(gmailsync sandbox env)"
pulumi stack init production
pulumi config set --secret googleClientSecret "$GOOGLE_CLIENT_SECRET"`;

/** Most that a page may take, on a machine with other things to do. */
export const SESSION_LIMIT_MS = 25 * 60_000;

/** A page whose commands are run, in order and in one shell. */
export interface Session {
  readonly ended: Finished;
  /** What a command of a `console` block has printed, by the line of its block and its place there. */
  printed(line: number, index: number): string;
}

/** One command of a `console` block, and the lines that the page shows of it. */
export interface Shown {
  readonly command: string;
  readonly lines: readonly string[];
}

export function isRun(block: Block): boolean {
  return wordOf(block, "run") !== undefined;
}

/** Runs a page in an empty folder. */
export function sessionFromNothing(page: Document): Promise<Session> {
  return sessionIn(temporaryDirectory(), page);
}

/**
 * Runs a page in the project that how-to pages speak of: `examples/fleet-yaml` with its stack `production`, and a sandbox that plays
 * the real environment.
 */
export async function sessionInProject(page: Document): Promise<Session> {
  const folder = temporaryDirectory();
  cpSync(join(ROOT, "examples", "fleet-yaml"), folder, { recursive: true });
  const program = join(folder, "Pulumi.yaml");
  writeFileSync(program, readFileSync(program, "utf8").replace("../../bin", join(ROOT, "bin")));
  const sandbox = await startSandbox({
    directory: join(folder, ".gmailsync", "sandbox"),
    testDelayMs: 20,
    polls: false,
  });
  atEnd(() => sandbox.close());
  // Google allows no third one, which another page adds itself.
  if (page.blocks.some(({ text }) => text.includes("$NEW_GOOGLE_CLIENT_SECRET")))
    for (const client of sandbox.world.google.clients) client.secrets.push({ value: SECOND_SECRET, enabled: true });
  return sessionIn(folder, page, PROJECT);
}

/** Of the client that every world has: it is replaced by a page. */
const SECOND_SECRET = "GOCSPX-sandbox-secret-second-00000";

async function sessionIn(folder: string, { blocks }: Document, beginning = ""): Promise<Session> {
  const printed = temporaryDirectory();
  const env = {
    ...process.env,
    ...pulumiEnvironment(join(printed, "home"), join(printed, "state")),
    PATH: [join(ROOT, "bin"), process.env["PATH"]].join(delimiter),
    HOME: join(printed, "home"),
    PRINTED: printed,
    GOOGLE_CLIENT_SECRET: SEED_CLIENT_SECRET,
    NEW_GOOGLE_CLIENT_SECRET: SECOND_SECRET,
    // Nobody is there to say yes.
    PULUMI_SKIP_CONFIRMATIONS: "true",
  };
  const script = [BEFORE, beginning, ...blocks.map(commandsOf)].join("\n").replaceAll(CLONE, ROOT);
  const ended = await run("bash", ["-c", script], { cwd: folder, env, timeoutMs: SESSION_LIMIT_MS });
  return { ended, printed: (line, index) => readFileSync(join(printed, `${line}-${index}`), "utf8") };
}

function commandsOf(block: Block): string {
  const file = wordOf(block, "file");
  if (file !== undefined) return `cat > ${file} <<'END OF FILE'\n${block.text}\nEND OF FILE`;
  if (!isRun(block)) return "";
  const commands =
    block.language === "console"
      ? shownIn(block).map(({ command }, index) => `{ ${command}\n} > "$PRINTED/${block.line}-${index}" 2>&1`)
      : [block.text];
  return ending(commands.join("\n"), block);
}

/** A block that ends with an exit code of its own leaves nothing to the shell. */
function ending(commands: string, block: Block): string {
  const code = wordOf(block, "exit");
  const told = `echo "line ${block.line}" >&2`;
  if (code === undefined) return `${told}\n${commands}`;
  return `${told}\ncode=0; (\n${commands}\n) || code=$?; [ "$code" = ${code} ] || { echo "ended with $code" >&2; exit 1; }`;
}

/** The commands of a `console` block, with what is shown of each. */
export function shownIn({ text }: Block): readonly Shown[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = "", ...lines] = part.trimEnd().split("\n");
      return { command, lines: lines.filter((line) => line.trim() !== "") };
    });
}

/** The first line that is shown and was not printed, after those before it; `…` stands for anything. */
export function notPrinted(lines: readonly string[], output: string): string | undefined {
  const printed = output.split("\n");
  let next = 0;
  return lines.find((line) => {
    const parts = line.split("…").map((part) => part.trim());
    const at = printed.findIndex((one, index) => index >= next && holdsInOrder(one, parts));
    next = at + 1;
    return at < 0;
  });
}

function holdsInOrder(text: string, parts: readonly string[]): boolean {
  let from = 0;
  return parts.every((part) => {
    const at = text.indexOf(part, from);
    from = at + part.length;
    return at >= 0;
  });
}
