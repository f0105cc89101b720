import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { deserializer, type StructFields } from "./structs.ts";

const { ResourceProviderService } = providerGrpc;
const { CheckRequest, CreateRequest, DeleteRequest, DiffRequest, ReadRequest, UpdateRequest } = providerPb;

/** The same method, whose request keeps its structs as they have come. */
function leavingStructs<D extends object, M>(
  definition: D,
  type: { deserializeBinary(bytes: Uint8Array): M },
  fields: StructFields<M>,
) {
  return { ...definition, requestDeserialize: deserializer(type, fields) };
}

/** The service as the SDK has it, but for how the structs of what comes for each resource are read (`proto/pulumi/provider.proto`). */
export const SERVICE = {
  ...ResourceProviderService,
  check: leavingStructs(ResourceProviderService.check, CheckRequest, {
    2: (message, struct) => message.setOlds(struct),
    3: (message, struct) => message.setNews(struct),
    // The outputs of before.
    9: null,
  }),
  diff: leavingStructs(ResourceProviderService.diff, DiffRequest, {
    3: (message, struct) => message.setOlds(struct),
    4: (message, struct) => message.setNews(struct),
    6: (message, struct) => message.setOldInputs(struct),
  }),
  create: leavingStructs(ResourceProviderService.create, CreateRequest, {
    2: (message, struct) => message.setProperties(struct),
  }),
  read: leavingStructs(ResourceProviderService.read, ReadRequest, {
    3: (message, struct) => message.setProperties(struct),
    4: (message, struct) => message.setInputs(struct),
  }),
  update: leavingStructs(ResourceProviderService.update, UpdateRequest, {
    3: (message, struct) => message.setOlds(struct),
    4: (message, struct) => message.setNews(struct),
    8: (message, struct) => message.setOldInputs(struct),
  }),
  delete: leavingStructs(ResourceProviderService.delete, DeleteRequest, {
    3: (message, struct) => message.setProperties(struct),
    5: (message, struct) => message.setOldInputs(struct),
  }),
};
