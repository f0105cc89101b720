import { expect, test } from "vitest";
import { check, create, destroy, read, update } from "../../provider/dynamic/operations.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { type Environments, organizationOf, twoEnvironments } from "../support/environments.ts";
import { gmailProfile, mailboxRow, mailboxSettings, writes } from "../support/sandbox.ts";

/** The stack's configuration, as dynamic resources get it. */
function settingsOf({ reach }: Environments, { world }: Sandbox) {
  const ways = reach["GMAILSYNC_CONNECT_TO"]?.split(",").map((way) => way.split("=")) ?? [];
  const network = { connectTo: Object.fromEntries(ways), caFile: reach["GMAILSYNC_CA_FILE"] };
  return new Map([
    ["gmailsync:environmentUrl", world.environmentUrl],
    ["gmailsync:tenantId", reach["AZURE_TENANT_ID"] ?? ""],
    ["gmailsync:clientId", reach["AZURE_CLIENT_ID"] ?? ""],
    ["gmailsync:clientSecret", reach["AZURE_CLIENT_SECRET"] ?? ""],
    ["gmailsync:network", JSON.stringify(network)],
  ]);
}

test("a dynamic resource is left alone where the configuration leads to another organization", async () => {
  const both = await twoEnvironments();
  const [contoso, fabrikam] = [both.contoso, both.fabrikam].map((sandbox) => settingsOf(both, sandbox));
  const row = () => mailboxSettings(mailboxRow(both.contoso, "anna@northwind.example"));
  const before = row();
  const { inputs } = await check(
    "Mailbox",
    contoso,
    {},
    {
      emailAddress: "anna@northwind.example",
      profileId: gmailProfile(both.contoso)["emailserverprofileid"],
    },
  );
  const { id, outs } = await create("Mailbox", contoso, inputs);
  expect(row()).not.toEqual(before);

  const refusal = new RegExp(`${organizationOf(both.contoso)}.*${organizationOf(both.fabrikam)}.*pulumi destroy`, "s");
  await expect(read("Mailbox", fabrikam, id, outs)).rejects.toThrow(refusal);
  await expect(update("Mailbox", fabrikam, id, outs, inputs)).rejects.toThrow(refusal);
  await expect(destroy("Mailbox", fabrikam, id, outs)).rejects.toThrow(refusal);
  expect(writes(both.fabrikam)).toEqual([]);

  // What 0.1 has left does not say where it is; the first reading does.
  const { gmailsyncEnvironment: _, ...old } = { gmailsyncEnvironment: undefined, ...outs };
  const { props } = await read("Mailbox", contoso, id, old);
  expect(props).toMatchObject({ gmailsyncEnvironment: { organizationId: organizationOf(both.contoso) } });
  // As another process would: the one that has adopted a mailbox leaves it alone.
  const later = new Map([...(contoso ?? []), ["gmailsync:maxConcurrentTests", "51"]]);
  await destroy("Mailbox", later, id, outs);
  expect(row()).toEqual(before);
});
