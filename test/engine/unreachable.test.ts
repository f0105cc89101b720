import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { LONG } from "../support/long.ts";
import { testSandbox } from "../support/sandbox.ts";
import { blocks, type CommandResult, TestStack } from "../support/stack.ts";

const COMMANDS = [["preview"], ["refresh", "--yes"], ["up", "--yes", "--skip-preview"], ["destroy", "--yes"]] as const;
const MAILBOXES = 20;
/** The product's own limit: three rounds of 25 seconds, and what the engine does around them. */
const TWO_MINUTES = 120_000;

/** Waiting for answers that never come takes more than a minute. */
describe.runIf(LONG)("a stack of 20 mailboxes", () => {
  let sandbox: Sandbox;
  let stacks: readonly TestStack[];

  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: COMMANDS.length * MAILBOXES });
    stacks = COMMANDS.map(() => new TestStack(sandbox));
    for (const [index, stack] of stacks.entries()) {
      const names = Array.from({ length: MAILBOXES }, (_, number) => {
        return `user${String(index * MAILBOXES + number + 1).padStart(4, "0")}`;
      });
      await stack.init([blocks.google, blocks.profile(), ...names.map((name) => blocks.mailbox(name))].join(""));
      const { code, output } = await stack.up();
      expect(code, output).toBe(0);
    }
  }, 240_000);

  const all = () => Promise.all(stacks.map((stack, index) => stack.run(COMMANDS[index] ?? [])));
  /** Resources at which a sentence stands; the engine repeats what one has said. */
  const placesOf = ({ output }: CommandResult, sentence: string) => {
    const lines = output.split("\n").filter((line) => line.includes(sentence));
    return new Set(lines.flatMap((line) => /\b(gmailsync|providers):\S+ \S+/.exec(line)?.[0] ?? []));
  };

  test(
    "of which nothing is answered, by the environment that was entered, ends within two minutes and says why once",
    async () => {
      const faults = ["mailboxes", "emailserverprofiles", "organizations", "systemusers"].map((path) =>
        sandbox.addFault({ service: "dataverse", path, every: 1, effect: "hang" }),
      );
      for (const result of await all()) {
        expect(result.code, result.output).not.toBe(0);
        expect(placesOf(result, "gave no answer 3 times in a row").size, result.output).toBe(1);
      }
      for (const fault of faults) fault.remove();
      for (const stack of stacks) expect(await stack.resources()).toHaveLength(MAILBOXES + 4);
    },
    TWO_MINUTES,
  );

  test.each([
    ["dataverse", "contoso.crm.dynamics.com gave no answer: it did not answer in time"],
    ["entra", "login.microsoftonline.com gave no answer: it did not answer in time"],
  ] as const)(
    "whose environment cannot be entered, as %s does not answer, says why once, at the provider",
    async (service, sentence) => {
      const fault = sandbox.addFault({ service, every: 1, effect: "hang" });
      for (const result of await all()) {
        expect(result.code, result.output).not.toBe(0);
        expect([...placesOf(result, sentence)], result.output).toEqual(["providers:gmailsync default"]);
      }
      fault.remove();
    },
    TWO_MINUTES,
  );
});
