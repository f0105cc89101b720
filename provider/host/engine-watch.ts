import grpc from "@grpc/grpc-js";

const LOOK_EVERY_MS = 1000;
/** How long the engine's address may be in failure. An engine that only does something else is connected all the same. */
const FAILING_MS = 10_000;

const { TRANSIENT_FAILURE, CONNECTING } = grpc.connectivityState;

/**
 * Sees that the engine which has started this process is gone: another process has become the parent, or nobody has answered at the
 * engine's address for ten seconds (on Windows a parent stays one when it is gone).
 */
export class EngineWatch {
  readonly #channel: ReturnType<grpc.Client["getChannel"]>;
  readonly #timer: NodeJS.Timeout;

  constructor(address: string, gone: () => void) {
    const client = new grpc.Client(address, grpc.credentials.createInsecure(), { "grpc.enable_http_proxy": 0 });
    this.#channel = client.getChannel();
    const parent = process.ppid;
    let failing: number | undefined;
    const look = () => {
      const state = this.#channel.getConnectivityState(true);
      if (state === TRANSIENT_FAILURE) failing ??= performance.now();
      else if (state !== CONNECTING) failing = undefined;
      const deaf = failing !== undefined && performance.now() - failing >= FAILING_MS;
      if (process.ppid === parent && !deaf) return;
      this.stop();
      gone();
    };
    this.#timer = setInterval(look, LOOK_EVERY_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#channel.close();
  }
}

/** What the engine starts a plugin with: its address, between flags that it passes on (`--logtostderr`, `-v=9`, `--tracing ADDRESS`). */
export function engineAddress(args: readonly string[]): string | undefined {
  return args.find((argument, index) => !argument.startsWith("-") && args[index - 1] !== "--tracing");
}
