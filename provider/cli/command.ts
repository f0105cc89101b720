/** What the file of a command has. */
interface CommandFile {
  readonly OPTIONS: Readonly<Record<string, { readonly type: "string" | "boolean" }>>;
  /** What may follow the command, such as `list`. */
  readonly WORDS?: readonly string[];
  /** Returns the exit code. */
  run(argv: string[], commands: Commands): Promise<number>;
}

interface Command {
  readonly summary: string;
  load(): Promise<CommandFile>;
}

export type Commands = Readonly<Record<string, Command>>;
