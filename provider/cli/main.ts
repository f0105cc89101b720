import manifest from "../../package.json" with { type: "json" };
import { EXIT } from "../codes/exit.ts";
import { messageOf } from "../fault.ts";
import { switchedOff, VERIFICATION_SWITCH } from "../network/verification-switch.ts";
import { ownOf } from "../values.ts";
import { print, say } from "./output.ts";

interface Command {
  readonly summary: string;
  run(args: string[]): Promise<number>;
}

/** Commands load what they need when they are called. */
const commands: Readonly<Record<string, Command>> = {
  doctor: {
    summary: "looks at mailboxes, step by step, without changing anything",
    run: async (args) => (await import("./doctor.ts")).run(args),
  },
  preflight: {
    summary: "looks at what a deployment needs, before the first one and in every pipeline",
    run: async (args) => (await import("./preflight.ts")).run(args),
  },
  report: {
    summary: "one page about all mailboxes, for people, pull requests and CI services",
    run: async (args) => (await import("./report.ts")).run(args),
  },
  signin: {
    summary: "who has yet to sign in to Gmail, and what to send them",
    run: async (args) => (await import("./signin.ts")).run(args),
  },
  consent: {
    summary: "a refresh token for a mailbox's own logins, by its user's consent in a browser",
    run: async (args) => (await import("./consent.ts")).run(args),
  },
  check: {
    summary: "looks at a fleet's mailboxes.yaml, without any network",
    run: async (args) => (await import("./check.ts")).run(args),
  },
  lock: {
    summary: "decides which client each new mailbox of a fleet uses, and writes it down",
    run: async (args) => (await import("./lock.ts")).run(args),
  },
  export: {
    summary: "makes code of what is there, with the file that imports it",
    run: async (args) => (await import("./export.ts")).run(args),
  },
  init: {
    summary: "begins a fleet, or adds to one, from Dynamics or from a spreadsheet",
    run: async (args) => (await import("./init.ts")).run(args),
  },
  guide: {
    summary: "the steps in Google's console, with every value to paste",
    run: async (args) => (await import("./guide.ts")).run(args),
  },
  originals: {
    summary: "how mailboxes were before a stack adopted them, and how to mend that",
    run: async (args) => (await import("./originals.ts")).run(args),
  },
  sandbox: {
    summary: "a local Microsoft and Google to try everything against",
    run: async (args) => (await import("../../sandbox/cli.ts")).run(args),
  },
};

function help(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  return [
    "gmailsync: Gmail accounts connected to Dynamics 365, declared in Pulumi",
    "",
    "Usage: gmailsync <command> [options]",
    "",
    ...Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "  gmailsync <command> --help   what a command can do, with examples",
    "  gmailsync --version          the version",
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
  const command = ownOf(commands, name);
  if (!command) {
    say(`gmailsync: there is no command "${name}". \`gmailsync --help\` lists them.`);
    return EXIT.usage;
  }
  const ignored = switchedOff(process.env);
  if (ignored) say(`gmailsync: ${ignored}`);
  // Node.js would warn that connections are insecure, which ours are not.
  delete process.env[VERIFICATION_SWITCH];
  return command.run(args);
}

// Whoever reads may have had enough, as `head` does: then nobody is there to tell, and nothing is left to do.
for (const stream of [process.stdout, process.stderr])
  stream.on("error", ({ code }: NodeJS.ErrnoException) => {
    if (code === "EPIPE") process.exit(EXIT.failed);
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
