import { randomBytes } from "node:crypto";
import type * as messages from "@pulumi/pulumi/proto/provider_pb.js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import { uniqueName } from "../resource/autonaming.ts";

const { DISABLE } = providerPb.CheckRequest.AutonamingOptions.Mode;

/** What `pulumi:autonaming` of the stack says, else the default; undefined where names have to be given. */
export function proposedName(request: messages.CheckRequest): string | undefined {
  const configured = request.getAutonaming();
  if (configured?.getMode() === DISABLE) return undefined;
  const seed = request.getRandomseed_asU8();
  return configured?.getProposedName() || uniqueName(request.getUrn(), seed.length > 0 ? seed : randomBytes(32));
}
