import { readFileSync } from "node:fs";
import { Provider } from "./provider.ts";
import { serve } from "./server.ts";

/**
 * The plugin's process. The port is the first and only line on standard output. The engine's address comes as the
 * first argument that is no flag; it comes again with the handshake.
 */
const packageFile = new URL("../../package.json", import.meta.url);
const { version }: { version: string } = JSON.parse(readFileSync(packageFile, "utf8"));
const provider = new Provider(version, new URL("../../schema/gmailsync.json", import.meta.url));
process.on("unhandledRejection", provider.strays.caught);
const server = await serve(provider);

const [engineAddress] = engineArguments(process.argv.slice(2));
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

/** Drops the flags that the engine passes on: `--logtostderr`, `-v=9`, `--tracing ADDRESS`. */
function engineArguments(args: readonly string[]): string[] {
  return args.filter((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--tracing");
}
