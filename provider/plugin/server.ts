import { setTimeout as delay } from "node:timers/promises";
import grpc from "@grpc/grpc-js";
import type { PluginAttach } from "@pulumi/pulumi/proto/plugin_pb.js";
import type { ConstructRequest, ListRequest, ListResponse } from "@pulumi/pulumi/proto/provider_pb.js";
import emptyPb from "google-protobuf/google/protobuf/empty_pb.js";
import { Activity } from "../activity.ts";
import { Fault } from "../fault.ts";
import { growSlowly } from "../host/heap.ts";
import { serviceError } from "./failure.ts";
import type { Provider } from "./provider.ts";
import { SERVICE } from "./service.ts";

/** As the SDK allows itself; the library's own limit of 4 MB is less than a large stack's properties. */
const MESSAGE_LIMIT_BYTES = 400 * 1024 * 1024;

/** How long a signal waits for answers that are being worked on, in milliseconds: as long as writes have after a cancellation. */
const ANSWERS_MS = 30_000;

const DELIVERY_MS = 1000;

export interface PluginServer {
  readonly port: number;
  /** Cancels what is worked on, and ends when it is answered. */
  close(): Promise<void>;
  /** Nobody listens any more: nothing is begun, for anybody, and what is on its way to a service has five seconds to arrive. */
  abandon(): Promise<void>;
}

/** Serves the provider on a free loopback port. `attached`: an engine that did not start this process has come to use it. */
export async function serve(provider: Provider, attached: () => void): Promise<PluginServer> {
  const calls = new Activity();
  const server = new grpc.Server({
    "grpc.max_receive_message_length": MESSAGE_LIMIT_BYTES,
    "grpc.max_send_message_length": MESSAGE_LIMIT_BYTES,
  });
  const empty = () => new emptyPb.Empty();
  const unary =
    <Request, Response>(
      method: (request: Request, call: grpc.ServerUnaryCall<Request, Response>) => Response | Promise<Response>,
    ): grpc.handleUnaryCall<Request, Response> =>
    async (call, callback) => {
      try {
        callback(null, await calls.track(Promise.resolve(method(call.request, call))));
      } catch (error) {
        callback(serviceError(error), null);
      }
    };
  const list: grpc.handleServerStreamingCall<ListRequest, ListResponse> = async (call) => {
    try {
      for (const response of await calls.track(provider.list(call.request))) call.write(response);
      call.end();
    } catch (error) {
      call.destroy(Object.assign(new Error(), serviceError(error)));
    }
  };
  const { schema, pluginInfo } = provider;
  server.addService(SERVICE, {
    handshake: unary(provider.handshake.bind(provider)),
    getSchema: unary(schema.bind(provider)),
    getPluginInfo: unary(pluginInfo.bind(provider)),
    checkConfig: unary(provider.checkConfig.bind(provider)),
    diffConfig: unary(provider.diffConfig.bind(provider)),
    configure: unary((request: Parameters<Provider["configure"]>[0]) => {
      growSlowly();
      return provider.configure(request);
    }),
    check: unary(provider.check.bind(provider)),
    diff: unary(provider.diff.bind(provider)),
    create: unary(provider.create.bind(provider)),
    update: unary(provider.update.bind(provider)),
    list,
    read: unary(provider.read.bind(provider)),
    delete: unary(async (request: Parameters<Provider["delete"]>[0]) => {
      await provider.delete(request);
      return empty();
    }),
    construct: unary((request: ConstructRequest, call) => untilCancelled(call, provider.construct(request))),
    invoke: unary(provider.invoke.bind(provider)),
    cancel: unary(() => {
      provider.cancel();
      return empty();
    }),
    attach: unary((request: PluginAttach) => {
      attached();
      provider.attach(request.getAddress());
      return empty();
    }),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return {
    port,
    close: async () => {
      provider.cancel();
      if (await calls.settled(ANSWERS_MS)) await delivered(server);
      server.forceShutdown();
      await provider.close();
    },
    abandon: async () => {
      server.forceShutdown();
      await provider.abandon();
      await provider.close();
    },
  };
}

/**
 * The answer, unless nobody waits for it any more. A component only waits for the engine that has called it: without that one it does for
 * ever, and a signal must not wait with it.
 */
function untilCancelled<T>(call: grpc.ServerUnaryCall<ConstructRequest, T>, answer: Promise<T>): Promise<T> {
  const { promise: cancelled, reject } = Promise.withResolvers<never>();
  call.on("cancelled", () =>
    reject(new Fault({ kind: "cancelled", what: "The engine waits for the component no more" })),
  );
  return Promise.race([answer, cancelled]);
}

/** Answers that were just given are on their way; a connection that the engine does not close keeps nobody waiting. */
async function delivered(server: grpc.Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.tryShutdown(() => resolve()));
  await Promise.race([closed, delay(DELIVERY_MS)]);
}
