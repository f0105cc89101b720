import { Fault, type FaultKind } from "../fault.ts";
import type { HttpResponse } from "../network/network.ts";

interface Meaning {
  readonly kind: FaultKind;
  readonly hint: string;
}

/** What the service's codes mean for users (Microsoft: "Web service error codes"). Keys in lower case. */
const CODES: Readonly<Record<string, Meaning>> = {
  "0x80040217": { kind: "not-found", hint: "It may have been deleted meanwhile; run `pulumi refresh`." },
  "0x80060891": { kind: "not-found", hint: "It may have been deleted meanwhile; run `pulumi refresh`." },
  "0x80040237": { kind: "already-exists", hint: "Another row has this key." },
  "0x80060892": { kind: "already-exists", hint: "Another row has this key." },
  "0x80060882": { kind: "conflict", hint: "Somebody else changed the row at the same time; run `pulumi up` again." },
  "0x80040220": {
    kind: "permission-denied",
    hint: "Give the privilege to a security role of the application user (Power Platform admin centre, Environments, Settings, Application users).",
  },
  "0x8009000b": {
    kind: "permission-denied",
    hint: "Let a Global or Exchange administrator approve the address, or give the application user the role Delegated Mailbox Approver.",
  },
  "0x8005e232": {
    kind: "permission-denied",
    hint: "Test & Enable needs write access to mailboxes: give the application user's security role prvWriteMailbox for the whole organisation.",
  },
  "0x8005e257": {
    kind: "failed-precondition",
    hint: "Switch the environment's administration mode off, or allow background operations in it.",
  },
  "0x8005e248": { kind: "conflict", hint: "Wait for the end of the test, then run `pulumi up` again." },
  "0x8005e200": { kind: "failed-precondition", hint: "The mailbox goes with its user or queue." },
  "0x8005e207": {
    kind: "failed-precondition",
    hint: "A user's or queue's mailbox comes with its user or queue and is adopted, never created.",
  },
  "0x8005e208": { kind: "failed-precondition", hint: "Change the address at the user or queue." },
  "0x8005e20a": { kind: "invalid-input", hint: "Check incomingServerLocation and outgoingServerLocation." },
  "0x8005e233": { kind: "invalid-input", hint: "processAndDeleteEmails is for queues and forward mailboxes only." },
  "0x8005e247": {
    kind: "invalid-input",
    hint: "Appointments, contacts and tasks have to be set to None with this profile.",
  },
  "0x80072322": {
    kind: "throttled",
    hint: "Dataverse allows 6000 requests in 5 minutes; try again later, or with less at once (`--parallel`).",
  },
  "0x80072321": {
    kind: "throttled",
    hint: "Dataverse limits execution time per 5 minutes; try again later, or with less at once (`--parallel`).",
  },
  "0x80072326": {
    kind: "throttled",
    hint: "Dataverse allows 52 requests at once; try again with less at once (`--parallel`).",
  },
};

const STATUSES: Readonly<Record<number, Meaning>> = {
  401: {
    kind: "unauthenticated",
    hint: "Dataverse did not accept the token. Check that tenantId and clientId belong to this environment, and that it has an application user for the application (Power Platform admin centre, Environments, Settings, Users + permissions, Application users).",
  },
  403: {
    kind: "permission-denied",
    hint: "Check that the environment has an application user for the application, that it is enabled, and that it has a security role.",
  },
  404: { kind: "not-found", hint: "Check environmentUrl." },
  412: { kind: "conflict", hint: "Somebody else changed the row at the same time; run `pulumi up` again." },
  429: { kind: "throttled", hint: "Try again later, or with less at once (`--parallel`)." },
  503: { kind: "unavailable", hint: "Dataverse is not available at the moment; try again later." },
};

/** An answer that is no success, as the error that users see. */
export function dataverseFault(what: string, { status, headers, text }: HttpResponse): Fault {
  const { code, message } = parse(text);
  const meaning = CODES[code?.toLowerCase() ?? ""] ?? STATUSES[status];
  const privilege = /\bprv[A-Z]\w+/.exec(message ?? "")?.[0];
  return new Fault({
    kind: meaning?.kind ?? (status >= 500 ? "unavailable" : "unexpected"),
    what: `${what} failed`,
    said: message,
    code: code || undefined,
    status,
    requestId: headers["x-ms-service-request-id"] ?? headers["req_id"],
    hint:
      privilege && meaning?.kind === "permission-denied"
        ? `The privilege ${privilege} is missing. ${meaning.hint}`
        : meaning?.hint,
  });
}

function parse(text: string): { code?: string; message?: string } {
  try {
    const body: unknown = JSON.parse(text);
    const error: unknown = member(body, "error");
    const code = member(error, "code");
    const message = member(error, "message");
    return { ...(typeof code === "string" && { code }), ...(typeof message === "string" && { message }) };
  } catch {
    return {};
  }
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}
