import type { FaultKind } from "../codes/kinds.ts";
import { Fault, remoteText } from "../fault.ts";
import { isJson, type Json, jsonOf, memberOf, textOf } from "../json.ts";
import type { HttpResponse } from "../network/network.ts";
import { pageFault } from "../network/page.ts";
import { isBusy } from "../network/patient.ts";

/** Google's status of a refused call, such as `PERMISSION_DENIED` (google.rpc.Status as JSON); empty where there is none. */
export function apiStatus(answer: Json | undefined): string {
  return textOf(memberOf(answer, "error"), "status");
}

/** The refusal of one of Google's APIs, in its own words; `kind` and `hint` are for what does not pass by itself. */
export function apiFault(what: string, answer: HttpResponse, kind: FaultKind, hint?: string): Fault {
  const page = pageFault(what, answer);
  if (page) return page;
  const { status, text } = answer;
  const json = jsonOf(text);
  const busy = isApiBusy(answer);
  return new Fault({
    kind: busy ? "unavailable" : kind,
    what,
    said: textOf(memberOf(json, "error"), "message") || undefined,
    code: apiStatus(json) || undefined,
    status,
    hint: busy ? "Trying again may help." : hint,
  });
}

/** Throttled or out of order: it may pass. */
export function isApiBusy({ status, text }: HttpResponse): boolean {
  return isBusy(status) || (status === 403 && isThrottled(jsonOf(text)));
}

/** Beyond the limit of a user, a project or a day, for which there is 403, too: https://developers.google.com/workspace/gmail/api/guides/handle-errors */
function isThrottled(answer: Json | undefined): boolean {
  return listIn(answer, "errors").some((one) => /LimitExceeded$/.test(textOf(one, "reason")));
}

/** Why a call was refused (google.rpc.ErrorInfo), such as `SERVICE_DISABLED`; empty where Google does not say. */
export function apiReason(answer: Json | undefined): string {
  const reasons = listIn(answer, "details").map((detail) => textOf(detail, "reason"));
  return reasons.find(Boolean) ?? "";
}

const CONSOLES: readonly string[] = ["https://console.cloud.google.com", "https://console.developers.google.com"];

/** The page that enables an API, which Google sends along with the refusal (google.rpc.Help); nobody is sent to another host. */
export function activationPage(answer: Json | undefined): string | undefined {
  const links = listIn(answer, "details").flatMap((detail) => listOf(detail["links"]));
  const pages = links.flatMap((link) => URL.parse(textOf(link, "url")) ?? []);
  const page = pages.find(({ origin }) => CONSOLES.includes(origin));
  return page && remoteText(page.href);
}

function listIn(answer: Json | undefined, name: string): readonly Json[] {
  return listOf(memberOf(memberOf(answer, "error"), name));
}

function listOf(list: unknown): readonly Json[] {
  return Array.isArray(list) ? list.filter(isJson) : [];
}
