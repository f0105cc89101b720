import grpc from "@grpc/grpc-js";
import providerPb from "@pulumi/pulumi/proto/provider_pb.js";
import statusPb from "@pulumi/pulumi/proto/status_pb.js";
import type { Message } from "google-protobuf";
import anyPb from "google-protobuf/google/protobuf/any_pb.js";
import type { FaultKind } from "../codes/kinds.ts";
import { Fault } from "../fault.ts";
import type { MissingSetting } from "../host/configuration.ts";
import { mask, type SafeText } from "../redaction/secrets.ts";
import type { Unwrapped } from "./wire.ts";
import { wrap } from "./wire.ts";

const { status } = grpc;

/** UNKNOWN, INTERNAL and DATA_LOSS would tell the engine that the state is unknown; none of our faults means that. */
const CODES: Readonly<Record<FaultKind, grpc.status>> = {
  "invalid-input": status.INVALID_ARGUMENT,
  "not-found": status.NOT_FOUND,
  "already-exists": status.ALREADY_EXISTS,
  conflict: status.ABORTED,
  unauthenticated: status.UNAUTHENTICATED,
  "permission-denied": status.PERMISSION_DENIED,
  "failed-precondition": status.FAILED_PRECONDITION,
  throttled: status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  "deadline-exceeded": status.DEADLINE_EXCEEDED,
  cancelled: status.CANCELLED,
  unexpected: status.FAILED_PRECONDITION,
};

/** The object exists but is not as declared: kept in the state with its reasons, and gone on with by the next `up`. */
export class InitFailed extends Error {
  override readonly name = "InitFailed";
  readonly id: string;
  readonly outputs: Unwrapped;
  readonly inputs: Unwrapped;
  readonly reasons: readonly SafeText[];

  constructor(object: { id: string; outputs: Unwrapped; inputs: Unwrapped; reasons: readonly SafeText[] }) {
    super(`${object.id} exists but is not as declared`);
    this.id = object.id;
    this.outputs = object.outputs;
    this.inputs = object.inputs;
    this.reasons = object.reasons;
  }
}

/** Settings without which nothing can be done; the CLI turns them into `pulumi config set` commands. */
export class MissingSettings extends Error {
  override readonly name = "MissingSettings";
  readonly settings: readonly MissingSetting[];

  constructor(settings: readonly MissingSetting[]) {
    super("the provider's configuration is incomplete");
    this.settings = settings;
  }
}

/** What goes over the wire for anything thrown. Never throws: a call without an answer is waited for without end. */
export function serviceError(error: unknown): Partial<grpc.StatusObject> {
  try {
    return statusOf(error);
  } catch (defect) {
    return defectStatus(defect);
  }
}

function statusOf(error: unknown): Partial<grpc.StatusObject> {
  if (error instanceof InitFailed) return initFailed(error);
  if (error instanceof MissingSettings) return missingSettings(error);
  if (error instanceof Fault) return { code: CODES[error.kind], details: mask(error.message) };
  return defectStatus(error);
}

function defectStatus(error: unknown): Partial<grpc.StatusObject> {
  return { code: status.FAILED_PRECONDITION, details: mask(defectText(error)) };
}

/** For anything that is no fault of a user or a service. */
export function defectText(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : "something that is no error was thrown";
  return `A defect in gmailsync: ${text}. Please report it with the command that led here.`;
}

function initFailed(error: InitFailed): Partial<grpc.StatusObject> {
  const detail = new providerPb.ErrorResourceInitFailed()
    .setId(error.id)
    .setProperties(wrap(error.outputs.tree, error.outputs.secrets))
    .setInputs(wrap(error.inputs.tree, error.inputs.secrets))
    .setReasonsList([...error.reasons])
    .setRefreshBeforeUpdate(true);
  return withDetail(
    status.FAILED_PRECONDITION,
    mask(error.reasons.join("; ")),
    detail,
    "pulumirpc.ErrorResourceInitFailed",
  );
}

function missingSettings(error: MissingSettings): Partial<grpc.StatusObject> {
  const detail = new providerPb.ConfigureErrorMissingKeys();
  for (const { name, description } of error.settings) {
    const key = new providerPb.ConfigureErrorMissingKeys.MissingKey()
      .setName(`gmailsync:${name}`)
      .setDescription(description);
    detail.addMissingkeys(key);
  }
  return withDetail(status.INVALID_ARGUMENT, mask(error.message), detail, "pulumirpc.ConfigureErrorMissingKeys");
}

function withDetail(code: grpc.status, message: SafeText, detail: Message, type: string): Partial<grpc.StatusObject> {
  const any = new anyPb.Any();
  any.pack(detail.serializeBinary(), type);
  const wrapped = new statusPb.Status().setCode(code).setMessage(message);
  wrapped.addDetails(any);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(wrapped.serializeBinary()));
  return { code, details: message, metadata };
}
