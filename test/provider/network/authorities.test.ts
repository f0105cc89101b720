import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { authoritiesOf } from "../../../provider/network/authorities.ts";
import { atEnd, temporaryDirectory } from "../../support/sandbox.ts";
import { Authority, selfSigned } from "./tls.ts";

let authority: Authority;
beforeAll(async () => {
  authority = await Authority.make();
  atEnd(() => authority[Symbol.asyncDispose]());
});

/** What becomes of a CA file with this content: how many authorities it has, or why it is refused. */
async function outcomeOf(content: string | Buffer): Promise<number | string> {
  const file = join(temporaryDirectory(), "ca.pem");
  await writeFile(file, content);
  try {
    return authoritiesOf(undefined, { GMAILSYNC_CA_FILE: file }).length;
  } catch (error) {
    return error instanceof Error ? error.message.replace(file, "FILE") : "?";
  }
}

describe("a CA file", () => {
  test("is taken whole, whatever stands between its certificates", async () => {
    const own = authority.pem.trim();
    const server = await selfSigned("server.example");
    expect(await outcomeOf(own)).toBe(1);
    expect(await outcomeOf(`${own}${own}`)).toBe(2);
    expect(await outcomeOf(`# corporate\r\n${own.replaceAll("\n", "\r\n")}\r\n\r\n${server.cert}`)).toBe(2);
    expect(await outcomeOf(Buffer.from(`\uFEFF${own}`, "utf16le"))).toBe(1);
    expect(await outcomeOf(server.key + own)).toBe(1);
  });

  test.each<[string, () => string | Promise<string>, string]>([
    ["that is broken", () => authority.pem.replace(/\n.{30}/, "\n"), "is broken or cut off"],
    ["that is cut off", () => authority.pem.slice(0, 300), "is broken or cut off"],
    [
      "that an authority has issued",
      async () => (await authority.leaf(["server.example"])).cert,
      "(CN=server.example) is no authority's but what one has issued",
    ],
    [
      "that is for clients",
      async () => (await selfSigned("client.example", "extendedKeyUsage=clientAuth")).cert,
      "(CN=client.example) is for clients, and verifies no server",
    ],
  ])("is refused for a certificate %s, which is named", async (_, make, said) => {
    const certificate = await make();
    expect(await outcomeOf(authority.pem + certificate)).toContain(
      `GMAILSYNC_CA_FILE: certificate 2 of 2 in FILE ${said}`,
    );
    expect(await outcomeOf(certificate)).toContain(`certificate 1 of 1 in FILE ${said}`);
  });

  test.runIf(process.platform === "linux")("that has no end is read no further than it may be", () => {
    // A regular file to all who ask, of no size, which never ends.
    const environment = { GMAILSYNC_CA_FILE: "/proc/self/pagemap" };
    expect(() => authoritiesOf(undefined, environment)).toThrow("/proc/self/pagemap has more; at most 4 MiB");
  });

  test.each([
    ["without certificates", "nothing here", "FILE holds no PEM certificate"],
    ["of bytes", Buffer.from([0x30, 0x82, 0xff, 0xfe]), "FILE is neither UTF-8 nor UTF-16"],
    ["that is too large", Buffer.alloc(4 * 1024 * 1024 + 1, "#"), "FILE has 5 MiB; at most 4 MiB are read"],
  ])("%s is refused", async (_, content, said) => {
    expect(await outcomeOf(content)).toContain(said);
  });
});
