import { STEPS } from "../provider/codes/steps.ts";
import { aligned } from "../sandbox/cli-table.ts";

const MARKS: Readonly<Record<string, string>> = { ok: "✔", failed: "✘", unknown: "?", skipped: "–" };

/** The activations of an exported stack, a mailbox each, and below them what was looked at, in order. */
export function table(deployment: unknown): string {
  const activations = list(member(member(deployment, "deployment"), "resources"))
    .filter((resource) => member(resource, "type") === "gmailsync:index:MailboxActivation")
    .map((resource) => member(resource, "outputs"))
    .toSorted((one, other) => addressOf(one).localeCompare(addressOf(other)));
  const rows = Object.entries(STEPS)
    .map(([id, label]) => [label, ...activations.map((outputs) => mark(list(member(outputs, "steps")), id))])
    .filter(([, ...cells]) => cells.some((cell) => cell !== ""));
  const status = ["status", ...activations.map((outputs) => text(member(outputs, "status")))];
  return aligned([["", ...activations.map(addressOf)], ...rows, status]);
}

/** `✘ IMAP_DISABLED`; empty where it was not looked at. */
function mark(steps: readonly unknown[], id: string): string {
  const step = steps.find((one) => member(one, "id") === id);
  const status = text(member(step, "status"));
  if (status === "ok" || status === "") return MARKS[status] ?? "";
  return `${MARKS[status] ?? "?"} ${text(member(step, "code"))}`;
}

function addressOf(outputs: unknown): string {
  return text(member(outputs, "emailAddress"));
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
