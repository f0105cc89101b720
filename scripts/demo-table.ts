const MARKS: Readonly<Record<string, string>> = { ok: "✔", failed: "✘", unknown: "?", skipped: "–" };

/** The activations of an exported stack and their steps, a mailbox each. */
export function table(deployment: unknown): string {
  const rows = list(member(member(deployment, "deployment"), "resources"))
    .filter((resource) => member(resource, "type") === "gmailsync:index:MailboxActivation")
    .map((resource) => {
      const outputs = member(resource, "outputs");
      const steps = list(member(outputs, "steps")).map(
        (step) => `${MARKS[text(member(step, "status"))] ?? "?"} ${text(member(step, "label"))}`,
      );
      return [text(member(outputs, "emailAddress")), text(member(outputs, "status")), steps.join("  ")];
    });
  const all = [["mailbox", "status", "activation steps"], ...rows];
  const widths = [0, 1].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
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
