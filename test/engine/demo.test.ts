import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Finished, run } from "../../scripts/exec.ts";
import { ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

describe("npm start", () => {
  let demo: Finished;
  /** What each command has printed, in order. */
  let steps: readonly { readonly command: string; readonly output: string }[];

  beforeAll(async () => {
    const folder = temporaryDirectory();
    const program = readFileSync(join(ROOT, "Pulumi.yaml"), "utf8");
    writeFileSync(join(folder, "Pulumi.yaml"), program.replace("path: ./bin", `path: ${join(ROOT, "bin")}`));
    // A credential of the shell's own is not the sandbox's.
    const env = { ...process.env, GMAILSYNC_MAIL_CREDENTIAL: "{}" };
    demo = await run(process.execPath, [join(ROOT, "scripts", "demo.ts"), "--folder", folder], { env });
    steps = demo.stdout
      .split(/^\$ /m)
      .slice(1)
      .map((text) => ({ command: text.slice(0, text.indexOf("\n")), output: text.slice(text.indexOf("\n")) }));
  });

  const outputs = (command: string) =>
    steps.filter((step) => step.command.startsWith(command)).map(({ output }) => output);
  /** The cells of a row in the table of activations: anna, bert, support. */
  const row = (output: string | undefined, label: string) =>
    new RegExp(`^${label} {2,}(.*)$`, "m").exec(output ?? "")?.[1]?.split(/ {2,}/);

  test("comes to its end and leaves nothing behind", () => {
    expect(demo.code, demo.stdout + demo.stderr).toBe(0);
    const [before, after] = outputs("gmailsync sandbox show mailboxes");
    expect(after).toContain("anna@northwind.example");
    expect(after?.match(/^.*@northwind.*$/gm)).toEqual(before?.match(/^.*@northwind.*$/gm));
    expect(demo.stdout).not.toContain("PRIVATE KEY");
  });

  test("has the mail credential from the sandbox's settings", () => {
    expect(outputs('eval "$(gmailsync sandbox env)"')[0]).toContain("GMAILSYNC_MAIL_CREDENTIAL");
  });

  test("logs in by itself, sends a message around, and fails at the one mailbox whose IMAP is off, with what to do", () => {
    const [up] = outputs("pulumi up");
    expect(row(up, "own IMAP login")).toEqual(["✔", "✔", "✘ IMAP_DISABLED_BY_ADMIN"]);
    expect(row(up, "own SMTP login")).toEqual(["✔", "✔", "✔"]);
    expect(row(up, "round trip")).toEqual(["✔"]);
    expect(row(up, "Test & Enable")).toEqual(["✔", "✔"]);
    expect(row(up, "status")).toEqual(["success", "success", "failure"]);
    expect(up).toContain(
      "A Workspace administrator allows IMAP for the organisational unit: https://admin.google.com/",
    );
  });

  test("goes on with the next up once the administrator has switched IMAP on", () => {
    const [, up] = outputs("pulumi up");
    expect(outputs("gmailsync sandbox set account support@northwind.example imap=on")).toHaveLength(1);
    expect(row(up, "own IMAP login")).toEqual(["✔", "✔", "✔"]);
    expect(row(up, "own SMTP login")).toEqual(["✔", "✔", "✔"]);
    expect(row(up, "status")).toEqual(["success", "success", "success"]);
  });

  test("shows on a plain preview what was changed in Dynamics and in Gmail, heals both, and has a gate", () => {
    const [drift, gate, gone] = outputs("pulumi preview");
    expect(drift).toContain("Mailbox anna update [diff: ~outgoingEmailDeliveryMethod]");
    expect(drift).toContain("Mailbox bert update [diff: ~gmail]");
    expect(outputs("pulumi up")[2]).toContain("3 updated");
    expect(gate).toContain("9 unchanged");
    expect(gone).toContain("REDIRECT_URI_MISMATCH");
  });
});
