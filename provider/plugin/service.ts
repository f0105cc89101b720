import providerGrpc from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { deserializer } from "./structs.ts";

const { ResourceProviderService } = providerGrpc;
const { CheckRequest, CreateRequest, DeleteRequest, DiffRequest, ReadRequest, UpdateRequest } = providerPb;

/** The service as the SDK has it, but for how the structs of what comes for each resource are read (`proto/pulumi/provider.proto`). */
export const SERVICE = {
  ...ResourceProviderService,
  check: {
    ...ResourceProviderService.check,
    requestDeserialize: deserializer(CheckRequest, {
      2: (message, struct) => message.setOlds(struct),
      3: (message, struct) => message.setNews(struct),
      // The outputs of before.
      9: null,
    }),
  },
  diff: {
    ...ResourceProviderService.diff,
    requestDeserialize: deserializer(DiffRequest, {
      3: (message, struct) => message.setOlds(struct),
      4: (message, struct) => message.setNews(struct),
      6: (message, struct) => message.setOldInputs(struct),
    }),
  },
  create: {
    ...ResourceProviderService.create,
    requestDeserialize: deserializer(CreateRequest, { 2: (message, struct) => message.setProperties(struct) }),
  },
  read: {
    ...ResourceProviderService.read,
    requestDeserialize: deserializer(ReadRequest, {
      3: (message, struct) => message.setProperties(struct),
      4: (message, struct) => message.setInputs(struct),
    }),
  },
  update: {
    ...ResourceProviderService.update,
    requestDeserialize: deserializer(UpdateRequest, {
      3: (message, struct) => message.setOlds(struct),
      4: (message, struct) => message.setNews(struct),
      8: (message, struct) => message.setOldInputs(struct),
    }),
  },
  delete: {
    ...ResourceProviderService.delete,
    requestDeserialize: deserializer(DeleteRequest, {
      3: (message, struct) => message.setProperties(struct),
      5: (message, struct) => message.setOldInputs(struct),
    }),
  },
};
