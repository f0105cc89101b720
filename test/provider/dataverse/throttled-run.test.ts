import { expect, test } from "vitest";
import { Deadline } from "../../../provider/network/deadline.ts";
import { configured } from "../../support/configured.ts";
import { administer, testSandbox, writes } from "../../support/sandbox.ts";

const MAILBOXES = 500;

test("writing 500 mailboxes under limits ends without an error, and asks for no more than a tenth again", async () => {
  const sandbox = await testSandbox({ extraUsers: MAILBOXES });
  const services = configured(sandbox.environment);
  using deadline = Deadline.after(60_000);
  const { dataverse } = services;
  const rows = await dataverse.list("mailboxes", "startswith(emailaddress,'user')", {}, deadline);
  expect(rows).toHaveLength(MAILBOXES);
  await administer(sandbox, "set-behaviour", "dataverse", { requestLimit: "150", requestWindowSeconds: "2" });
  const left = [...rows];
  const since = sandbox.requests.length;
  const worker = async () => {
    for (let row = left.shift(); row; row = left.shift()) {
      const columns = { emailrouteraccessapproval: 1 };
      const fresh = await dataverse.update("mailboxes", row.mailboxid, columns, { etag: row.etag }, deadline);
      expect(fresh.emailrouteraccessapproval).toBe(1);
    }
  };
  await Promise.all(Array.from({ length: 64 }, worker));
  const sent = writes(sandbox, since).length;
  expect(sent).toBeGreaterThan(MAILBOXES);
  expect(sent).toBeLessThanOrEqual(1.1 * MAILBOXES);
  await services.network.close();
}, 60_000);
