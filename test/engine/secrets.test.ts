import { expect, test } from "vitest";
import { lastingSecret } from "../../sandbox/entra/state.ts";
import { administer, testSandbox } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const GOOGLE_SECRET = "GOCSPX-planted-google-secret-7f3a9";
const ENTRA_SECRET = "planted-entra-secret-b41c08";

test("secrets are encrypted in the state and absent from everything that is printed", async () => {
  const sandbox = await testSandbox();
  sandbox.world.google.clients[0]?.secrets.push({ value: GOOGLE_SECRET, enabled: true });
  sandbox.world.entra.applications[0]?.secrets.push(lastingSecret(ENTRA_SECRET));
  const stack = new TestStack(sandbox);
  await stack.init(
    [
      `
provider:
  type: pulumi:providers:gmailsync
  defaultProvider: true
  properties:
    clientSecret:
      fn::secret: ${ENTRA_SECRET}`,
      blocks.google,
      blocks.profile(),
      blocks.mailbox("anna"),
      blocks.activation("anna"),
    ].join(""),
    GOOGLE_SECRET,
  );
  const printed: string[] = [];
  const note = async (work: Promise<{ code: number; output: string }>, code: number) => {
    const result = await work;
    expect(result.code, result.output).toBe(code);
    printed.push(result.output);
  };
  await note(stack.preview("--diff"), 0);
  await note(stack.up("--diff"), 0);
  await note(stack.run(["stack", "export"]), 0);
  await note(stack.run(["stack", "output", "--json"]), 0);

  // Every path on which a secret could leak into an error: refused by Google, by Entra, echoed by the server.
  await administer(sandbox, "set-client", sandbox.world.google.clients[0]?.clientId ?? "", {
    secret: "another-secret-now",
  });
  await note(stack.preview("--diff", "--expect-no-changes"), 1);
  await note(stack.up(), 1);
  sandbox.addFault({
    service: "dataverse",
    times: 100,
    effect: {
      status: 400,
      body: { error: { code: "0x80040203", message: `You sent ${GOOGLE_SECRET} and ${ENTRA_SECRET}` } },
    },
  });
  await note(stack.up(), 1);
  expect(printed.at(-1)).toContain("You sent [secret] and [secret]");

  for (const secret of [GOOGLE_SECRET, ENTRA_SECRET]) {
    expect(stack.stateText().includes(secret)).toBe(false);
    for (const text of printed) expect(text.includes(secret)).toBe(false);
  }
  expect(stack.stateText()).toContain("ciphertext");
});
