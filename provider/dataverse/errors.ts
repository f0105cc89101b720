import type { FaultKind } from "../codes/kinds.ts";
import { Fault, remoteText } from "../fault.ts";
import { isJson, jsonOf } from "../json.ts";
import type { HttpResponse } from "../network/network.ts";
import { pageFault } from "../network/page.ts";
import { ownOf } from "../values.ts";
import type { Answer } from "./answer.ts";

interface Meaning {
  readonly kind: FaultKind;
  /** Left out where only trying again can help. */
  readonly hint?: string;
}

const APPLICATION_USERS = "https://learn.microsoft.com/power-platform/admin/manage-application-users";
const NO_APPLICATION_USER = `Make the app registration an application user of this environment and give it a security role: Power Platform admin center > the environment > Settings > Users + permissions > Application users (${APPLICATION_USERS}).`;
const CHANGED = "Somebody else changed it in the meantime. Run `pulumi up` again: it starts from the row as it is now.";
const EXISTS = "Import the existing row, or choose another one.";
const WAIT_FOR_TEST = "A Test & Enable is running on this mailbox; wait for its end and run `pulumi up` again.";
const SLOW_DOWN = "Service protection limits count per user and five minutes; run fewer deployments at a time.";
const ENDPOINT_SETTINGS = "Correct the property of the email server profile and run `pulumi up` again.";
const PERMISSION = "Give the application user a security role with this privilege in the Power Platform admin center.";

const invalid = (hint: string): Meaning => ({ kind: "invalid-input", hint });
const precondition = (hint: string): Meaning => ({ kind: "failed-precondition", hint });
const exists: Meaning = { kind: "already-exists", hint: EXISTS };
const conflict: Meaning = { kind: "conflict", hint: CHANGED };
const throttled: Meaning = { kind: "throttled", hint: SLOW_DOWN };
const missing: Meaning = { kind: "not-found", hint: "It was deleted, or the application user may not see it." };

/** Dataverse's codes (Microsoft: "Web service error codes"), in lower case. */
export const BY_CODE: Readonly<Record<string, Meaning>> = {
  "0x80040217": missing,
  "0x80060891": missing,
  "0x80040220": { kind: "permission-denied", hint: PERMISSION },
  "0x80072560": { kind: "permission-denied", hint: NO_APPLICATION_USER },
  "0x80040237": exists,
  "0x80060892": exists,
  "0x80040333": exists,
  "0x80060882": conflict,
  "0x80072321": throttled,
  "0x80072322": throttled,
  "0x80072326": throttled,
  "0x80048d19": invalid("Check the properties of the resource; if they are right, please report this."),
  "0x80044331": invalid("Shorten the value."),
  "0x8004431a": invalid("Use one of the accepted values."),
  "0x8004432f": invalid("Use a number inside the range."),
  "0x80040265": precondition("A plug-in of this environment refused it; its text says why."),
  "0x80040216": { kind: "unexpected" },
  "0x8009000b": {
    kind: "permission-denied",
    hint: "Approve the address by hand, or give the application user the role Delegated Mailbox Approver (Microsoft: Connect to Exchange Online).",
  },
  "0x8005e200": precondition(
    "It goes with its user or queue; take the Mailbox resource out instead, which puts it back as it was.",
  ),
  "0x8005e201": invalid("Leave SSL switched on: Dynamics 365 online does nothing without it."),
  "0x8005e202": invalid("Use a credential retrieval that Dynamics 365 online supports; Gmail has 5."),
  "0x8005e204": invalid(ENDPOINT_SETTINGS),
  "0x8005e205": invalid(ENDPOINT_SETTINGS),
  "0x8005e207": precondition("Only forward mailboxes can be created; the others come with their user or queue."),
  "0x8005e208": precondition("Change the address at the user or queue that the mailbox belongs to."),
  "0x8005e20a": invalid(ENDPOINT_SETTINGS),
  "0x8005e214": invalid("Use the protocol `imap`."),
  "0x8005e219": precondition("Activate the mailbox first."),
  "0x8005e220": precondition("Approve the mailbox's address first."),
  "0x8005e221": precondition("Correct the address at the user or queue that the mailbox belongs to."),
  "0x8005e222": precondition("Assign an email server profile first."),
  "0x8005e228": precondition("Activate the email server profile first."),
  "0x8005e224": precondition("Set the incoming delivery method to server-side synchronization first."),
  "0x8005e226": precondition("Set the outgoing delivery method to server-side synchronization first."),
  "0x8005e230": precondition("Enable the user or queue that the mailbox belongs to first."),
  "0x8005e232": {
    kind: "permission-denied",
    hint: "Give the application user a role that may write mailboxes and profiles.",
  },
  "0x8005e233": invalid("Only mailboxes of queues and forward mailboxes can delete processed mail."),
  "0x8005e238": invalid(ENDPOINT_SETTINGS),
  "0x8005e23b": invalid(ENDPOINT_SETTINGS),
  "0x8005e247": invalid("Set appointments, contacts and tasks to None: Gmail profiles do not serve them."),
  "0x8005e248": precondition(WAIT_FOR_TEST),
  "0x8005e257": precondition("Take the environment out of administration mode in the Power Platform admin center."),
};

/** What a status says when its code says nothing to us. */
const BY_STATUS: Readonly<Record<number, Meaning>> = {
  400: invalid("Check the properties of the resource."),
  401: {
    kind: "unauthenticated",
    hint: `Check that environmentUrl and tenantId belong together. ${NO_APPLICATION_USER}`,
  },
  403: { kind: "permission-denied", hint: `${PERMISSION} ${NO_APPLICATION_USER}` },
  404: missing,
  405: precondition("The environment does not allow this operation on the row."),
  412: conflict,
  413: invalid("The request is too large."),
  429: throttled,
  501: { kind: "unexpected", hint: "Check that environmentUrl is a Dataverse environment." },
};

const UNAVAILABLE: Meaning = { kind: "unavailable" };
const STRANGE: Meaning = {
  kind: "unexpected",
  hint: "Check that environmentUrl is the environment's own URL, for example https://contoso.crm.dynamics.com.",
};

/** The error for an answer that is none of the expected ones. */
export function dataverseFault(what: string, answer: Answer): Fault {
  const page = notDataverse(what, answer);
  if (page) return page;
  const { code, message } = errorOf(answer.text);
  const meaning =
    ownOf(BY_CODE, code.toLowerCase()) ?? BY_STATUS[answer.status] ?? (answer.status >= 500 ? UNAVAILABLE : STRANGE);
  const requestId = requestIdOf(answer);
  const privilege = /\bprv[A-Z]\w{2,60}/.exec(remoteText(message))?.[0];
  return new Fault({
    hint: again(requestId),
    ...meaning,
    ...(privilege && { kind: "permission-denied", hint: missingPrivilege(privilege) }),
    what,
    said: message,
    code: code || undefined,
    status: answer.status,
    requestId,
    undone: answer.status >= 400 && answer.status < 500 && isServiceError(answer) && !answer.afterLostAnswer,
  });
}

function again(requestId: string | undefined): string {
  return `Run it again; if it stays so, ${requestId ? "give Microsoft's support the request id" : "look at the service's health in the Power Platform admin center"}.`;
}

/** For a page of HTML in the service's place. */
export function notDataverse(what: string, answer: HttpResponse): Fault | undefined {
  return isServiceError(answer) ? undefined : pageFault(what, answer, "Check environmentUrl, too.");
}

export function requestIdOf({ headers }: HttpResponse): string | undefined {
  return headers["x-ms-service-request-id"] ?? headers["req_id"] ?? headers["x-ms-request-id"];
}

/** Whether the service itself speaks, and not something on the way to it. */
export function isServiceError({ text }: HttpResponse): boolean {
  return isJson(jsonOf(text)?.["error"]);
}

/** Whether the service itself says that there is no such row. */
export function isAbsence(answer: HttpResponse): boolean {
  return answer.status === 404 && ABSENT.has(errorOf(answer.text).code.toLowerCase());
}

/** "Record does not exist", by id and by alternate key. A 404 of anybody else says nothing about the row. */
const ABSENT: ReadonlySet<string> = new Set(["0x80040217", "0x80060891"]);

/** OptimisticConcurrencyNotEnabled: only a write whatever the version is taken. */
export function hasNoVersions({ status, text }: HttpResponse): boolean {
  return status >= 400 && errorOf(text).code.toLowerCase() === "0x8006088d";
}

function errorOf(text: string): { code: string; message: string } {
  const error = jsonOf(text)?.["error"];
  const member = (name: string) => {
    const value = isJson(error) ? error[name] : undefined;
    return typeof value === "string" ? value : "";
  };
  return { code: member("code"), message: member("message") };
}

function missingPrivilege(privilege: string): string {
  return `Give the application user a security role with the privilege ${privilege}: Power Platform admin center > the environment > Settings > Users + permissions > Security roles.`;
}
