import manifest from "../../package.json" with { type: "json" };
import { EngineWatch, engineAddress } from "../host/engine-watch.ts";
import { Provider } from "./provider.ts";
import { serve } from "./server.ts";

/**
 * The plugin's process. The port is the first and only line on standard output. The engine's address comes as the
 * first argument that is no flag; it comes again with the handshake.
 */
async function main(args: readonly string[]): Promise<void> {
  // Only the engine and its monitor are spoken to by gRPC, which would take `https_proxy` to them, too.
  process.env["no_grpc_proxy"] = "127.0.0.1,localhost";
  const provider = new Provider(manifest.version);
  process.on("unhandledRejection", provider.strays.caught);

  let watch: EngineWatch | undefined;
  const server = await serve(provider, () => watch?.stop());
  const exitAfter = (end: Promise<void>) => void end.finally(() => process.exit(0));
  let closing = false;
  // The engine sends SIGINT when it has closed its connection, and kills five seconds later; plugins have process groups of their own, so
  // that the terminal's Ctrl-C does not come here. Whoever else sends signals does so while the engine waits for answers.
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (!closing) exitAfter(server.close());
      closing = true;
    });
  }

  // Who is started by hand waits for any engine, as a debugger does. The engine's end shortens a signal's wait for answers.
  const address = engineAddress(args);
  if (address) {
    provider.attach(address);
    watch = new EngineWatch(address, () => exitAfter(server.abandon()));
  }
  process.stdout.write(`${server.port}\n`);
}

void main(process.argv.slice(2));
