import { parseArgs } from "node:util";
import { EXIT, exitCodes } from "../codes/exit.ts";
import type { Commands } from "./command.ts";
import { commandLine } from "./command-line.ts";
import { print } from "./output.ts";

const HELP = `gmailsync completion: lets a shell complete commands, what they take, and their options

Usage: gmailsync completion <bash | zsh>

Prints a script for the shell. A line in ~/.bashrc or ~/.zshrc, as below, lets each new shell have that of the version that is
installed. Where nothing of gmailsync fits, names of files are completed.

Examples:
  eval "$(gmailsync completion bash)"
  eval "$(gmailsync completion zsh)"

${exitCodes("completion")}`;

export const OPTIONS = {} as const;

export const WORDS = ["bash", "zsh"] as const;
type Shell = (typeof WORDS)[number];

/** `gmailsync completion …`; returns the exit code. */
export async function run(argv: string[], commands: Commands): Promise<number> {
  const shell = await commandLine("completion", HELP, argv, () => parse(argv));
  if (typeof shell === "number") return shell;
  print(SCRIPTS[shell](await offersOf(commands)));
  return EXIT.ok;
}

function parse(argv: string[]): Shell {
  const { positionals } = parseArgs({ args: argv, allowPositionals: true, options: OPTIONS });
  const shell = WORDS.find((name) => name === positionals[0]);
  if (shell === undefined || positionals.length !== 1) throw new TypeError(`it takes ${WORDS.join(" or ")}`);
  return shell;
}

/** What may stand next after some words, such as none, `doctor` or `sandbox add`. */
interface Offer {
  readonly after: string;
  readonly words: readonly string[];
  readonly options: readonly string[];
}

async function offersOf(commands: Commands): Promise<readonly Offer[]> {
  const offers = Object.entries(commands).map(async ([name, command]) => {
    const { OPTIONS, WORDS = [] } = await command.load();
    const options = [...new Set([...Object.keys(OPTIONS), "help"])].map((option) => `--${option}`);
    const paths = new Set(WORDS.flatMap((words) => beginnings(`${name} ${words}`)));
    return [name, ...paths].map((after) => ({ after, words: nextOf(after, [...paths]), options }));
  });
  const top = { after: "", words: Object.keys(commands), options: ["--help", "--version"] };
  return [top, ...(await Promise.all(offers)).flat()];
}

/** Of `a b c`: `a b` and `a b c`. */
function beginnings(path: string): readonly string[] {
  const words = path.split(" ");
  return words.flatMap((_, at) => (at === 0 ? [] : [words.slice(0, at + 1).join(" ")]));
}

function nextOf(after: string, paths: readonly string[]): readonly string[] {
  const next = paths.filter((path) => path.startsWith(`${after} `)).map((path) => path.slice(after.length + 1));
  return next.filter((words) => !words.includes(" "));
}

const SCRIPTS: Readonly<Record<Shell, (offers: readonly Offer[]) => string>> = {
  bash: (offers) => `_gmailsync() {
  local current="\${COMP_WORDS[COMP_CWORD]}" after="" offered="" options="" next i
  for ((i = 1; i < COMP_CWORD; i++)); do
    next="\${after:+$after }\${COMP_WORDS[i]}"
${choices(offers)}
  done
${offered(offers)}
  COMPREPLY=($(compgen -W "$offered" -- "$current"))
}
complete -o default -F _gmailsync gmailsync`,

  zsh: (offers) => `_gmailsync() {
  local current="\${words[CURRENT]}" after="" offered="" options="" next i
  for ((i = 2; i < CURRENT; i++)); do
    next="\${after:+$after }\${words[i]}"
${choices(offers)}
  done
${offered(offers)}
  compadd -- \${=offered} || _files
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
compdef _gmailsync gmailsync`,
};

/** Words that are not known at their place, such as a value of an option, are passed over. */
function choices(offers: readonly Offer[]): string {
  const known = offers.flatMap(({ after }) => (after === "" ? [] : [`"${after}"`]));
  return `    case "$next" in
      ${known.join(" | ")}) after="$next" ;;
    esac`;
}

function offered(offers: readonly Offer[]): string {
  const lines = offers.map(
    ({ after, words, options }) => `    "${after}") offered="${words.join(" ")}" options="${options.join(" ")}" ;;`,
  );
  return [
    '  case "$after" in',
    ...lines,
    "  esac",
    '  case "$current" in',
    '    -*) offered="$options" ;;',
    "  esac",
  ].join("\n");
}
