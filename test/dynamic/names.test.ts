import { ComponentResource, runtime } from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { EmailServerProfile } from "../../provider/dynamic/index.ts";
import { check } from "../../provider/dynamic/operations.ts";

// Pulumi cannot serialise the imports that vitest has put in the place of those of the shim.
vi.mock("../../provider/dynamic/shim.ts", () => ({ shimOf: () => ({}) }));

test("resources of one name have an identity each under different parents", async () => {
  const identities: unknown[] = [];
  runtime.setMocks(
    {
      call: ({ inputs }) => inputs,
      newResource: ({ name, type, inputs }) => {
        if (type.includes("EmailServerProfile")) identities.push(inputs.gmailsyncUrn);
        return { id: name, state: inputs };
      },
    },
    "shop",
    "dev",
  );
  const team = new ComponentResource("test:Team", "team");
  const args = { name: "Gmail", oauthClientId: "id", oauthClientSecret: "secret" };
  for (const options of [
    {},
    { parent: team },
    { parent: new ComponentResource("test:Group", "group", {}, { parent: team }) },
  ])
    new EmailServerProfile("gmail", args, options);
  await expect
    .poll(() => identities.toSorted())
    .toEqual([
      "urn:pulumi:dev::shop::gmailsync:index:EmailServerProfile::gmail",
      "urn:pulumi:dev::shop::test:Team$gmailsync:index:EmailServerProfile::gmail",
      "urn:pulumi:dev::shop::test:Team$test:Group$gmailsync:index:EmailServerProfile::gmail",
    ]);
});

test("an identity that an earlier version has stored, without parents, is kept; any other follows the program", async () => {
  const urn = (name: string) => ({ gmailsyncUrn: `urn:pulumi:dev::shop::${name}` });
  const now = urn("test:Team$gmailsync:index:EmailServerProfile::gmail");
  const checked = async (olds: object) => {
    const { inputs } = await check("EmailServerProfile", undefined, olds, { ...now, name: "Gmail" });
    return inputs;
  };
  const former = urn("gmailsync:index:EmailServerProfile::gmail");
  expect(await checked(former)).toMatchObject(former);
  for (const olds of [{}, now, urn("gmailsync:index:EmailServerProfile::post")])
    expect(await checked(olds)).toMatchObject(now);
});
