import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { originalsOf } from "../support/command.ts";
import { LONG } from "../support/long.ts";
import { changeRow, mailboxRow, mailboxSettings, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const ANNA = "anna@northwind.example";
const PROGRAM = [blocks.profile(), blocks.mailbox("anna")].join("");

/** The pids of a process and of everything that it has started. */
function treeOf(root: number): number[] {
  const parents = readdirSync("/proc").flatMap((name): (readonly [number, number])[] => {
    try {
      const stat = readFileSync(join("/proc", name, "stat"), "utf8");
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return /^\d+$/.test(name) ? [[Number(name), Number(parent)]] : [];
    } catch {
      return [];
    }
  });
  const below = (pid: number): number[] => [
    pid,
    ...parents.flatMap(([one, parent]) => (parent === pid ? below(one) : [])),
  ];
  return below(root);
}

/** `up`, killed with all that it has started when anna's mailbox was written and nobody has heard of it; the machine goes, too. */
async function upOnAMachineThatDies(stack: TestStack, sandbox: Sandbox): Promise<void> {
  const write = sandbox.addFault({ service: "dataverse", method: "PATCH", path: "/mailboxes", effect: "no-answer" });
  const { directory: cwd, environment: env } = stack;
  const child = spawn("pulumi", ["up", "--yes", "--skip-preview", "--non-interactive"], { cwd, env, stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.on("close", () => resolve()));
  while (write.disturbed === 0 && child.exitCode === null) await sleep(20);
  if (child.pid === undefined || child.exitCode !== null) throw new Error("the command ended before it wrote");
  for (const pid of treeOf(child.pid)) process.kill(pid, "SIGKILL");
  await ended;
  write.remove();
  expect(mailboxRow(sandbox, ANNA)).toMatchObject({ incomingemaildeliverymethod: 2 });
  rmSync(join(env["PULUMI_HOME"] ?? "", "gmailsync"), { recursive: true });
  await stack.expect(["cancel", "--yes"]);
}

async function killed(): Promise<{ sandbox: Sandbox; stack: TestStack; before: object }> {
  const sandbox = await testSandbox();
  const anna = mailboxRow(sandbox, ANNA);
  changeRow(sandbox, anna, { incomingemaildeliverymethod: 1, emailrouteraccessapproval: 2 });
  const before = mailboxSettings(anna);
  const stack = new TestStack(sandbox);
  await stack.init(PROGRAM);
  await upOnAMachineThatDies(stack, sandbox);
  return { sandbox, stack, before };
}

describe.concurrent("a job that was killed with its machine", () => {
  test("is recovered from the stack: the next up goes on, and destroy leaves the mailbox as it was", async () => {
    const { sandbox, stack, before } = await killed();
    const shown = await originalsOf(stack, "recover");
    expect(shown).toMatchObject({ code: 0, output: expect.stringContaining("incomingEmailDeliveryMethod: 1") });
    expect(shown.output).toContain("Nothing was written");
    expect(await stack.resource("anna")).toBeUndefined();

    const recovered = await originalsOf(stack, "recover", "--yes", "--json");
    expect(JSON.parse(recovered.output)).toMatchObject({
      mailboxes: [{ address: ANNA, fate: "recovered", original: { incomingEmailDeliveryMethod: 1 } }],
      written: true,
    });
    expect(await originalsOf(stack, "recover")).toMatchObject({
      code: 0,
      output: "No creation of a mailbox is pending in the state.\n",
    });
    const up = await stack.up("--expect-no-changes");
    expect(up.code, up.output).toBe(0);
    const destroyed = await stack.destroy();
    expect(destroyed.code, destroyed.output).toBe(0);
    expect(mailboxSettings(mailboxRow(sandbox, ANNA))).toEqual(before);
  });

  test.runIf(LONG)("is recovered from the stack after the next up, too, which says that it does not know", async () => {
    const { sandbox, stack, before } = await killed();
    const { output: preview } = await stack.preview("--diff");
    expect(preview).toContain("incomingEmailDeliveryMethod : ");
    expect(preview).not.toContain("__before");
    const up = await stack.up();
    expect(up).toMatchObject({ code: 0, output: expect.stringContaining("gmailsync originals recover") });
    expect((await stack.resource("anna"))?.outputs["original"]).toBeUndefined();
    const set = await originalsOf(stack, "set", ANNA, "profileId=", "--yes");
    expect(set).toMatchObject({ code: 1, output: expect.stringContaining("`gmailsync originals recover` first") });

    const recovered = await originalsOf(stack, "recover", "--yes");
    expect(recovered, recovered.output).toMatchObject({ code: 0 });
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code, gate.output).toBe(0);
    expect((await stack.destroy()).code).toBe(0);
    expect(mailboxSettings(mailboxRow(sandbox, ANNA))).toEqual(before);
  });
});
