/**
 * What the proof of many OAuth clients costs: 20 at the same time against one, while Google takes its time to answer. Against
 * the sandbox, in a process of its own. `node bench/google-clients.ts [--json]`
 */
import { configure } from "../provider/host/configuration.ts";
import { Deadline } from "../provider/network/deadline.ts";
import type { Context } from "../provider/resource/context.ts";
import { clientChecks } from "../provider/resources/google-oauth-client/checks.ts";
import { SEED_CLIENT_ID, SEED_CLIENT_SECRET } from "../sandbox/google/state.ts";
import { benchSandbox, median, timed } from "./sandbox.ts";

const CLIENTS = 20;
const ROUNDS = 15;
/** About what an answer of Google's takes. */
const ANSWER_MS = 100;

await using sandbox = await benchSandbox();
sandbox.command("fault", "google", `delay=${ANSWER_MS}`, "times=1000000");
const configured = configure({}, { ...sandbox.environment });
if (!("services" in configured)) throw new Error("the sandbox has given no configuration");
const { services } = configured;

async function verify(): Promise<void> {
  const deadline = Deadline.after(60_000);
  const context: Context = { ...services, urn: "bench", deadline, finishing: deadline, log() {}, progress() {} };
  const inputs = { projectId: "northwind-mail", clientId: SEED_CLIENT_ID, clientSecret: SEED_CLIENT_SECRET };
  const checks = await clientChecks(inputs, context);
  deadline[Symbol.dispose]();
  const failed = checks.find(({ status }) => status === "failed");
  if (failed) throw new Error(failed.message);
}

await verify();
const [one, many]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  one.push(await timed(verify));
  many.push(await timed(() => Promise.all(Array.from({ length: CLIENTS }, verify))));
}
await services.network.close();
const ratio = median(many) / median(one);
if (process.argv.includes("--json")) console.log(JSON.stringify({ oneMs: median(one), manyMs: median(many), ratio }));
else {
  console.log(
    `one client           ${median(one).toFixed(0)} ms, median of ${ROUNDS}; an answer takes ${ANSWER_MS} ms`,
  );
  console.log(`${CLIENTS} clients at once   ${median(many).toFixed(0)} ms`);
  console.log(`ratio                ${ratio.toFixed(2)}`);
}
