import { beforeAll, expect, test, vi } from "vitest";
import { check, create, destroy, diff, read, update } from "../../provider/dynamic/operations.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailProfile, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await testSandbox();
  for (const [name, value] of Object.entries({ ...sandbox.environment, PULUMI_HOME: temporaryDirectory() }))
    vi.stubEnv(name, value);
  return () => vi.unstubAllEnvs();
});

const settings = new Map<string, string>();
const thrown = (work: Promise<unknown>) => work.then(String, (error: unknown) => error);

test("what people are shown of any error has no stack trace, which Pulumi would print with it", async () => {
  const works = [
    check("Nothing", settings, {}, {}),
    diff("Nothing", settings, "id", {}, {}),
    create("Mailbox", settings, { emailAddress: "nobody@northwind.example" }),
    update("Nothing", settings, "id", {}, {}),
    read("EmailServerProfile", new Map([["gmailsync:environmentUrl", "none"]]), "id", {}),
    destroy("Nothing", settings, "id", {}),
  ];
  for (const error of await Promise.all(works.map(thrown)))
    expect(error).toMatchObject({ message: expect.stringMatching(/./), stack: "" });
});

test("a mailbox that is not as declared keeps id, properties and reasons, without a stack trace", async () => {
  const effect = { status: 502, body: "<html>gateway</html>" };
  sandbox.addFault({ service: "dataverse", method: "PATCH", path: "mailboxes", times: 1000, effect });
  const profileId = gmailProfile(sandbox)["emailserverprofileid"];
  const inputs = { emailAddress: "anna@northwind.example", profileId, __provider: "shim" };
  expect(await thrown(create("Mailbox", settings, inputs))).toMatchObject({
    id: expect.stringMatching(/./),
    properties: { emailAddress: "anna@northwind.example", __provider: "shim" },
    reasons: [expect.stringMatching(/./)],
    stack: "",
  });
});

test("a property that there is not is refused, and the value of none is shown, as secrets come without marks", async () => {
  const { failures } = await check(
    "MailboxActivation",
    settings,
    {},
    {
      mailboxId: "6f1d2c3b-0000-4000-8000-000000000000",
      tolerates: ["NOT_SIGNED_IN"],
      roundTrip: "planted",
      gmailsyncUrn: "urn:pulumi:test::test::gmailsync:index:MailboxActivation::anna",
      __provider: "shim",
    },
  );
  expect(failures.map(({ property }) => property)).toEqual(["", ""]);
  expect(failures.map(({ reason }) => reason).join()).toMatch(/tolerates.*did you mean tolerate\?/);
});
