import manifest from "../../package.json" with { type: "json" };
import { EngineWatch } from "./engine-watch.ts";
import { Provider } from "./provider.ts";
import { serve } from "./server.ts";

/**
 * The plugin's process. The port is the first and only line on standard output. The engine's address comes as the
 * first argument that is no flag; it comes again with the handshake.
 */
async function main(args: readonly string[]): Promise<void> {
  const provider = new Provider(manifest.version);
  process.on("unhandledRejection", provider.strays.caught);

  let watch: EngineWatch | undefined;
  const server = await serve(provider, () => watch?.stop());
  let ending = false;
  const endBy = (way: () => Promise<void>) => () => {
    if (ending) return;
    ending = true;
    void way().finally(() => process.exit(0));
  };
  // The engine sends SIGINT when it has closed its connection, and kills five seconds later; plugins have process groups of their own, so
  // that the terminal's Ctrl-C does not come here. Whoever else sends signals does so while the engine waits for answers.
  const close = endBy(() => server.close());
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, close);

  // Who is started by hand waits for any engine, as a debugger does.
  const [engineAddress] = engineArguments(args);
  if (engineAddress) {
    provider.attach(engineAddress);
    const abandon = endBy(() => server.abandon());
    watch = new EngineWatch(engineAddress, abandon);
  }
  process.stdout.write(`${server.port}\n`);
}

/** Drops the flags that the engine passes on: `--logtostderr`, `-v=9`, `--tracing ADDRESS`. */
function engineArguments(args: readonly string[]): string[] {
  return args.filter((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--tracing");
}

void main(process.argv.slice(2));
