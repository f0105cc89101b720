import manifest from "../../package.json" with { type: "json" };
import { Provider } from "./provider.ts";
import { serve } from "./server.ts";

/**
 * The plugin's process. The port is the first and only line on standard output. The engine's address comes as the
 * first argument that is no flag; it comes again with the handshake.
 */
async function main(args: readonly string[]): Promise<void> {
  const provider = new Provider(manifest.version);
  process.on("unhandledRejection", provider.strays.caught);
  const server = await serve(provider);

  const [engineAddress] = engineArguments(args);
  if (engineAddress) provider.attach(engineAddress);

  let closing = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (closing) return;
      closing = true;
      void server.close().finally(() => process.exit(0));
    });
  }
  process.stdout.write(`${server.port}\n`);
}

/** Drops the flags that the engine passes on: `--logtostderr`, `-v=9`, `--tracing ADDRESS`. */
function engineArguments(args: readonly string[]): string[] {
  return args.filter((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--tracing");
}

void main(process.argv.slice(2));
