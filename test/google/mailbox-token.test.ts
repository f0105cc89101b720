import { expect, test } from "vitest";
import { MailboxTokens } from "../../provider/google/mailbox-token.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../../sandbox/google/state.ts";
import { testSandbox } from "../support/sandbox.ts";

const DORA = "dora@northwind.example";

test("one request serves all who wait, and outlives the one who asked first", async () => {
  const sandbox = await testSandbox();
  const network = new Network({}, { ...sandbox.environment });
  const tokens = new MailboxTokens(network);
  const refreshToken = sandbox.world.google.grants.find(({ address }) => address === DORA)?.refreshToken ?? "";
  const credential = { refreshToken, clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
  sandbox.addFault({ service: "google", times: 1, effect: { delayMs: 500 } });

  const impatient = tokens.get(DORA, credential, Deadline.after(50));
  const patient = tokens.get(DORA, credential, Deadline.after(10_000));
  await expect(impatient).rejects.toMatchObject({ kind: "deadline-exceeded" });
  const token = await patient;
  expect(token).toBe(sandbox.world.google.tokens[0]?.token);
  expect(await tokens.get(DORA, credential, Deadline.after(10_000))).toBe(token);
  expect(sandbox.requests.filter(({ service }) => service === "google")).toHaveLength(1);
  await network.close();
});
