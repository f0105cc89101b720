import { expect, test } from "vitest";
import { webApi } from "../support/web-api.ts";
import { PEOPLE, rowOf, watchTests, worldWithPasts } from "./world.ts";

test("a test that is scheduled while one runs is seen, and no other", async () => {
  const sandbox = await worldWithPasts(PEOPLE, { testDelayMs: 60_000 });
  const testedTwice = watchTests(sandbox, PEOPLE);
  const send = await webApi(sandbox);
  const schedule = (person: "anna" | "bert") =>
    send("PATCH", `mailboxes(${rowOf(sandbox, person)["mailboxid"]})`, { testemailconfigurationscheduled: true });
  for (const person of ["anna", "bert", "anna"] as const) expect((await schedule(person)).status).toBe(204);
  expect(testedTwice()).toEqual(["anna"]);
});
