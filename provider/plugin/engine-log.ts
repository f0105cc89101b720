import grpc from "@grpc/grpc-js";
import engineGrpc from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import enginePb from "@pulumi/pulumi/proto/engine_pb.js";
import type { SafeText } from "../redaction/secrets.ts";

const SEVERITIES = {
  debug: enginePb.LogSeverity.DEBUG,
  info: enginePb.LogSeverity.INFO,
  warning: enginePb.LogSeverity.WARNING,
  error: enginePb.LogSeverity.ERROR,
} as const;

export interface LogMessage {
  readonly severity: keyof typeof SEVERITIES;
  readonly message: SafeText;
  readonly urn: string;
  /** Replaced by the next one: progress. */
  readonly ephemeral?: boolean;
}

/** Messages to the user by the engine's own service: standard output and error of a plugin are hidden. */
export class EngineLog {
  readonly #client: InstanceType<typeof engineGrpc.EngineClient>;
  #pending: Promise<void> = Promise.resolve();

  constructor(address: string) {
    this.#client = new engineGrpc.EngineClient(address, grpc.credentials.createInsecure());
  }

  /** In order, without making anybody wait; a message that cannot be delivered is dropped. */
  send({ severity, message, urn, ephemeral = false }: LogMessage): void {
    const request = new enginePb.LogRequest()
      .setSeverity(SEVERITIES[severity])
      .setMessage(message)
      .setUrn(urn)
      .setEphemeral(ephemeral);
    const deliver = () =>
      new Promise<void>((resolve) => {
        this.#client.log(request, new grpc.Metadata(), { deadline: Date.now() + 2000 }, () => resolve());
      });
    this.#pending = this.#pending.then(deliver).catch(() => {});
  }

  /** Ends when everything sent so far was delivered or given up. */
  async flush(): Promise<void> {
    await this.#pending;
  }

  close(): void {
    this.#client.close();
  }
}
