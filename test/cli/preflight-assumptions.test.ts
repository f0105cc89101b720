import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { QUESTIONS } from "../../provider/cli/preflight/assumption-questions.ts";
import { ASSUMPTIONS } from "../../sandbox/assumptions/table.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { changeRow, mailboxRow, testSandbox } from "../support/sandbox.ts";

const IDS = ASSUMPTIONS.flatMap(({ assumptions }) => assumptions.map(({ id }) => id));

describe("gmailsync preflight --assumptions", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await testSandbox();
  });
  beforeEach(() => {
    sandbox.reset();
    // Nobody has to have an address.
    changeRow(sandbox, mailboxRow(sandbox, "carl@northwind.example"), { emailaddress: null });
  });

  async function look() {
    const { code, stdout } = await gmailsync(["preflight", "--assumptions", "--json"], sandbox.environment);
    const steps: { of: string; status: string; code?: string; message?: string }[] = JSON.parse(stdout).steps;
    return { code, stdout, steps, of: (id: string) => steps.find((step) => step.of === id) };
  }

  test("tells of every assumption whether it holds or is not visible, and does nothing but look", async () => {
    const { code, steps } = await look();
    expect(steps.map(({ of }) => of)).toEqual(IDS);
    // The table of privileges is not served here.
    const visible = Object.keys(QUESTIONS).filter((id) => id !== "approval-depths");
    expect(steps.filter(({ status }) => status === "ok").map(({ of }) => of)).toEqual(
      IDS.filter((id) => visible.includes(id)),
    );
    expect(steps.filter(({ status }) => status === "skipped")).toHaveLength(IDS.length - visible.length);
    expect(code).toBe(0);
    const others = sandbox.requests.filter(({ method, path }) => method !== "GET" && !/\/token(\?|$)/.test(path));
    expect(others).toEqual([]);
  });

  test("every question is one about an assumption that there is", () => {
    expect(Object.keys(QUESTIONS).filter((id) => !IDS.includes(id))).toEqual([]);
  });

  test("says what was seen where an environment does otherwise, by status and code", async () => {
    const body = { error: { code: "0x80040217", message: "The mailbox of Anna Berg does not exist" } };
    const headers = { "content-type": "application/json" };
    sandbox.addFault({ service: "dataverse", path: "name='x'", effect: { status: 404, headers, body } });
    const { code, of, stdout } = await look();
    expect(of("key-errors")).toMatchObject({
      status: "unknown",
      code: "ASSUMPTION_DIFFERENT",
      message: "HTTP 404 0x80040217",
    });
    expect(stdout).not.toContain("Anna");
    expect(code).toBe(3);
  });

  test("names neither the environment nor anybody in it, whatever goes wrong", async () => {
    sandbox.addFault({ service: "dataverse", path: "/api/data", every: 1, effect: "reset" });
    const { of, stdout } = await look();
    expect(of("key-errors")).toMatchObject({ status: "skipped", message: "no answer: CONNECTION_CUT" });
    for (const name of ["contoso", "northwind", "@", "127.0.0.1"]) expect(stdout).not.toContain(name);
  });
});
