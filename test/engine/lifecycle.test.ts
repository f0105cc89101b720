import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { administer, changeRow, mailboxRow, rowWhere, testSandbox, writes } from "../support/sandbox.ts";
import { blocks, TestStack } from "../support/stack.ts";

const PROGRAM = [
  blocks.google,
  blocks.profile(
    "minPollingIntervalInMinutes: 5\nsendEmailAlert: true\ndescription: For Gmail\ndefaultForNewMailboxes: true",
  ),
  blocks.mailbox("anna"),
  blocks.activation("anna"),
  blocks.mailbox("support", "processAndDeleteEmails: true"),
  blocks.activation("support"),
].join("");

describe("a stack of mailboxes", () => {
  let sandbox: Sandbox;
  let stack: TestStack;
  const profile = () => rowWhere(sandbox, "emailserverprofiles", "name", "Gmail");
  const organization = () => rowWhere(sandbox, "organizations", "name", "Contoso");
  const exchange = () => rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online");

  beforeAll(async () => {
    sandbox = await testSandbox();
    // What was there before, and has to come back.
    changeRow(sandbox, organization(), {
      _defaultemailserverprofileid_value: exchange()["emailserverprofileid"] ?? null,
    });
    changeRow(sandbox, mailboxRow(sandbox, "anna@northwind.example"), {
      _emailserverprofile_value: exchange()["emailserverprofileid"] ?? null,
      incomingemaildeliverymethod: 1,
      outgoingemaildeliverymethod: 1,
      emailrouteraccessapproval: 2,
    });
    stack = new TestStack(sandbox);
    await stack.init(PROGRAM);
  });

  test("a preview changes nothing", async () => {
    const { code, output } = await stack.preview();
    expect(output).toContain("+ 7 to create");
    expect(code).toBe(0);
    expect(writes(sandbox)).toEqual([]);
  });

  test("comes up green, as Dataverse needs it", async () => {
    const { code, output } = await stack.up();
    expect(output).toContain("+ 7 created");
    expect(code).toBe(0);
    expect(profile()).toMatchObject({
      servertype: 4,
      incomingcredentialretrieval: 5,
      outgoingcredentialretrieval: 5,
      incomingserverlocation: "imap.gmail.com",
      incomingportnumber: 993,
      outgoingserverlocation: "smtp.gmail.com",
      outgoingportnumber: 587,
      usesamesettingsforoutgoingconnections: false,
      minpollingintervalinminutes: 5,
      sendemailalert: true,
    });
    expect(organization()["_defaultemailserverprofileid_value"]).toBe(profile()["emailserverprofileid"]);
    for (const address of ["anna@northwind.example", "support@northwind.example"]) {
      expect(mailboxRow(sandbox, address)).toMatchObject({
        _emailserverprofile_value: profile()["emailserverprofileid"],
        incomingemaildeliverymethod: 2,
        outgoingemaildeliverymethod: 2,
        actdeliverymethod: 2,
        emailrouteraccessapproval: 1,
        incomingemailstatus: 1,
        outgoingemailstatus: 1,
      });
    }
    const activation = await stack.resource("annaActivation");
    expect(activation?.outputs["status"]).toBe("success");
  });

  test("a second run writes nothing", async () => {
    const since = sandbox.requests.length;
    const { code, output } = await stack.up("--expect-no-changes");
    expect(output).toContain("7 unchanged");
    expect(code).toBe(0);
    expect(writes(sandbox, since)).toEqual([]);
  });

  test("every property that can drift shows on a plain preview, and heals", async () => {
    changeRow(sandbox, profile(), {
      name: "Gmail changed",
      description: "changed",
      servertype: 1,
      oauthclientid: "somebody-else",
      incomingserverlocation: "imap.example.com",
      incomingportnumber: 143,
      outgoingserverlocation: "smtp.example.com",
      outgoingportnumber: 25,
      statecode: 1,
      minpollingintervalinminutes: 7,
      sendemailalert: false,
      oauthclientsecret: null,
    });
    changeRow(sandbox, organization(), { _defaultemailserverprofileid_value: null });
    changeRow(sandbox, mailboxRow(sandbox, "support@northwind.example"), {
      _emailserverprofile_value: exchange()["emailserverprofileid"] ?? null,
      incomingemaildeliverymethod: 0,
      outgoingemaildeliverymethod: 0,
      actdeliverymethod: 0,
      emailrouteraccessapproval: 3,
      statecode: 1,
      processanddeleteemails: false,
    });
    const { code, output } = await stack.preview("--diff", "--expect-no-changes");
    expect(code).toBe(7);
    const drifted = [
      ...[
        "name",
        "description",
        "protocol",
        "oauthClientId",
        "oauthClientSecret",
        "incomingServerLocation",
        "incomingPort",
      ],
      ...["outgoingServerLocation", "outgoingPort", "enabled", "minPollingIntervalInMinutes", "sendEmailAlert"],
      ...["defaultForNewMailboxes", "profileId", "incomingEmailDeliveryMethod", "outgoingEmailDeliveryMethod"],
      ...["appointmentsContactsAndTasks", "approved", "processAndDeleteEmails"],
    ];
    const shown = drifted.filter((property) => new RegExp(`^ *[~+-] ${property} *:`, "m").test(output));
    expect(shown).toEqual(drifted);

    expect((await stack.up()).code).toBe(0);
    expect(rowWhere(sandbox, "emailserverprofiles", "name", "Gmail")).toMatchObject({
      servertype: 4,
      statecode: 0,
      oauthclientsecret: expect.any(String),
    });
    expect(mailboxRow(sandbox, "support@northwind.example")).toMatchObject({
      emailrouteraccessapproval: 1,
      statecode: 0,
      incomingemailstatus: 1,
    });
    const gate = await stack.preview("--expect-no-changes");
    expect(gate.code).toBe(0);
  });

  test("what was deleted out of band is created again", async () => {
    await administer(sandbox, "delete-profile", "Gmail");
    changeRow(sandbox, organization(), {
      _defaultemailserverprofileid_value: exchange()["emailserverprofileid"] ?? null,
    });
    const { output } = await stack.preview();
    expect(output).toMatch(/\+ +gmailsync:index:EmailServerProfile gmail create/);
    expect((await stack.up()).code).toBe(0);
    expect(mailboxRow(sandbox, "anna@northwind.example")["_emailserverprofile_value"]).toBe(
      profile()["emailserverprofileid"],
    );
  });

  test("another address means another mailbox: the old one is put back, the new one adopted", async () => {
    stack.program(PROGRAM.replace("emailAddress: anna@", "emailAddress: bert@"));
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(mailboxRow(sandbox, "anna@northwind.example")["incomingemaildeliverymethod"]).toBe(1);
    expect(mailboxRow(sandbox, "bert@northwind.example")).toMatchObject({
      incomingemaildeliverymethod: 2,
      incomingemailstatus: 1,
    });
  });

  test("destroy leaves everything as it was, and revokes nothing", async () => {
    const { code, output } = await stack.destroy();
    expect(code, output).toBe(0);
    expect(sandbox.world.dataverse.rows["emailserverprofiles"]?.map((row) => row["name"])).toEqual([
      "Microsoft Exchange Online",
    ]);
    expect(organization()["_defaultemailserverprofileid_value"]).toBe(exchange()["emailserverprofileid"]);
    expect(mailboxRow(sandbox, "anna@northwind.example")).toMatchObject({
      _emailserverprofile_value: exchange()["emailserverprofileid"],
      incomingemaildeliverymethod: 1,
      outgoingemaildeliverymethod: 1,
      actdeliverymethod: 0,
      emailrouteraccessapproval: 2,
    });
    for (const address of ["bert@northwind.example", "support@northwind.example"])
      expect(mailboxRow(sandbox, address)).toMatchObject({
        _emailserverprofile_value: null,
        incomingemaildeliverymethod: 0,
        emailrouteraccessapproval: 0,
        processanddeleteemails: false,
      });
    expect(sandbox.requests.filter(({ path }) => path.includes("revoke"))).toEqual([]);
    expect(sandbox.world.google.grants.every(({ state }) => state === "valid")).toBe(true);
  });
});
