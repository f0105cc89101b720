import { expect, test } from "vitest";
import { readRow } from "../../provider/dataverse/row.ts";
import { factsOf } from "../../provider/resources/mailbox-activation/facts.ts";
import { gmailProfile, mailboxRow, testSandbox } from "../support/sandbox.ts";

test.each(["1234-\ud83d", "1234-abc&x=\n", "x".repeat(60_000)])(
  "no link is made of a client id like %j",
  async (id) => {
    const sandbox = await testSandbox();
    const row = (cells: object) => ({ "@odata.etag": 'W/"1"', ...cells });
    const mailbox = readRow("mailboxes", row(mailboxRow(sandbox, "anna@northwind.example")), "x");
    const profile = readRow("emailserverprofiles", row({ ...gmailProfile(sandbox), oauthclientid: id }), "x");
    expect(Object.keys(factsOf(mailbox, profile, { environmentUrl: sandbox.world.environmentUrl }))).toEqual([
      "mailboxUrl",
    ]);
  },
);
