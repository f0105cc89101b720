import { describe, expect, test } from "vitest";
import { azureCliFiles } from "../../sandbox/pipelines/azure-cli.ts";

const ADMIN = { url: "http://127.0.0.1:4000", token: "token" };

describe.each([
  { system: "Linux", platform: "linux", node: "/usr/bin/node" },
  { system: "macOS", platform: "darwin", node: "/opt/homebrew/bin/node" },
  { system: "Windows", platform: "win32", node: "C:\\100% Ann\\node.exe" },
])("the sandbox's az on $system", ({ platform, node }) => {
  const { az = "", ...launchers } = azureCliFiles(platform, node, ADMIN, "client");

  test("is a program of the Node.js that runs the sandbox", () => {
    expect(az.split("\n")[0]).toBe(`#!${node}`);
    expect(az).toContain('"http://127.0.0.1:4000/add-azure-token"');
  });

  test("is started by its first line, or where a system has no such thing by a batch file beside it", () => {
    expect(launchers).toEqual(platform === "win32" ? { "az.cmd": '@"C:\\100%% Ann\\node.exe" "%~dp0az" %*\r\n' } : {});
  });
});
