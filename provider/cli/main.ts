import manifest from "../../package.json" with { type: "json" };
import { EXIT } from "../codes/exit.ts";
import { messageOf } from "../fault.ts";
import { growSlowly } from "../host/heap.ts";
import { switchedOff, VERIFICATION_SWITCH } from "../network/verification-switch.ts";
import { ownOf } from "../values.ts";
import { COMMANDS } from "./commands.ts";
import { print, say } from "./output.ts";

function help(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  return [
    "gmailsync: Gmail accounts connected to Dynamics 365, declared in Pulumi",
    "",
    "Usage: gmailsync <command> [options]",
    "",
    ...Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "  gmailsync <command> --help   what a command can do, with examples",
    "  gmailsync --version          the version",
    "",
    "Examples:",
    "  gmailsync preflight mailboxes.yaml",
    "  gmailsync doctor anna@northwind.example",
    "  gmailsync sandbox start",
  ].join("\n");
}

async function main([name, ...args]: string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    print(help());
    return name === undefined ? EXIT.usage : EXIT.ok;
  }
  if (name === "--version") {
    print(manifest.version);
    return EXIT.ok;
  }
  const command = ownOf(COMMANDS, name);
  if (!command) {
    say(`gmailsync: there is no command "${name}". \`gmailsync --help\` lists them.`);
    return EXIT.usage;
  }
  const ignored = switchedOff(process.env);
  if (ignored) say(`gmailsync: ${ignored}`);
  // Node.js would warn that connections are insecure, which ours are not.
  delete process.env[VERIFICATION_SWITCH];
  const { run } = await command.load();
  growSlowly();
  return run(args, COMMANDS);
}

// Whoever reads may have had enough, as `head` does: then nobody is there to tell, and nothing is left to do. A disk may be full.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") say(`gmailsync: its output cannot be written: ${messageOf(error)}`);
    process.exit(EXIT.failed);
  });

// Until the command has ended: one whose promise is never kept has failed.
process.exitCode = EXIT.failed;
main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    say(`gmailsync: ${messageOf(error)}`);
  },
);
