import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fleetEntries as entries, FLEET, fleetFile as file } from "../support/fleet.ts";
import { tried } from "../support/long.ts";
import { administer, changeRow, mailboxRow, mailboxSettings, testSandbox } from "../support/sandbox.ts";
import { TestStack } from "../support/stack.ts";

const at = (name: string) => `${name}@northwind.example`;
const count = (output: string, words: RegExp) =>
  output.slice(output.indexOf("Diagnostics:")).match(new RegExp(words, "g"))?.length ?? 0;

test.each(tried([[[]], [["--continue-on-error"]]]))(
  "of those who have left all are told at once, nothing of them is touched, and the others go through: up %j",
  async (flags: string[]) => {
    const sandbox = await testSandbox();
    for (const name of ["emil", "fritz", "gina", "hugo"]) await administer(sandbox, "add-user", at(name), { name });
    const stack = new TestStack(sandbox);
    const write = (...names: string[]) =>
      writeFileSync(join(stack.directory, "mailboxes.yaml"), file(entries(...names)));
    write("emil", "fritz", "gina", "hugo");
    await stack.init(FLEET);
    const first = await stack.up();
    expect(first.code, first.output).toBe(0);
    for (const name of ["emil", "fritz", "gina"]) await administer(sandbox, "disable-user", at(name));
    for (const name of ["emil", "fritz"]) await administer(sandbox, "delete-user", at(name));
    // Not gone: another address, which nobody has written into the file yet.
    await administer(sandbox, "rename-user", at("hugo"), { to: at("hugo.boss") });
    const [hugo, gina] = ["hugo.boss", "gina"].map((name) => mailboxRow(sandbox, at(name)));
    if (!hugo || !gina) throw new Error("two mailboxes are needed");
    changeRow(sandbox, hugo, { emailrouteraccessapproval: 1 });
    const before = [hugo, gina].map(mailboxSettings);

    write("emil", "fritz", "gina", "hugo", "anna", "nobody");
    const missing = /nor have 3 others of the fleet theirs: fritz@\S+, hugo@\S+, nobody@\S+\./;
    const preview = await stack.preview();
    expect(preview.code).not.toBe(0);
    expect(count(preview.output, missing), preview.output).toBe(1);

    const up = await stack.up(...flags);
    expect(up.code).not.toBe(0);
    expect(count(up.output, missing), up.output).toBe(1);
    expect(mailboxRow(sandbox, at("anna"))).toMatchObject({ incomingemailstatus: 1 });
    expect([hugo, gina].map(mailboxSettings)).toEqual(before);
    expect((await stack.resource(at("hugo")))?.id).toBe(hugo["mailboxid"]);

    write("gina", "hugo.boss", "anna");
    const good = await stack.up();
    expect(good.code, good.output).toBe(0);
    expect(mailboxSettings(hugo)).toEqual(before[0]);
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
  },
);
