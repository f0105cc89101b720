const MARKS: Readonly<Record<string, string>> = { ok: "✔", failed: "✘", unknown: "?", skipped: "–" };

/** The mailboxes of the demo stack's output and their activation steps, a line each. */
export function table(mailboxes: unknown): string {
  const rows = list(mailboxes).map((mailbox) => [
    text(mailbox["address"]),
    text(mailbox["kind"]),
    text(mailbox["status"]),
    list(mailbox["steps"])
      .map((step) => `${MARKS[text(step["status"])] ?? "?"} ${text(step["label"])}`)
      .join("  "),
  ]);
  const all = [["mailbox", "kind", "status", "activation steps"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")).join("\n");
}

type Fields = Readonly<Record<string, unknown>>;

function list(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
