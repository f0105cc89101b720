import type { SandboxInfo } from "../info.ts";

/**
 * A program in the place of `az`, which knows `az account get-access-token` only, as files by their names. Windows runs no file by its
 * first line, and who looks for `az` there (`@azure/identity`) takes none without an ending.
 */
export function azureCliFiles(
  platform: string,
  node: string,
  admin: SandboxInfo["admin"],
  clientId: string,
): Readonly<Record<string, string>> {
  const az = program(node, admin, clientId);
  // In a batch file `%` is doubled.
  const launch = `@"${node.replaceAll("%", "%%")}" "%~dp0az" %*\r\n`;
  return platform === "win32" ? { az, "az.cmd": launch } : { az };
}

function program(node: string, { url, token }: SandboxInfo["admin"], clientId: string): string {
  return `#!${node}
async function main([group, command]) {
  if (group !== "account" || command !== "get-access-token")
    throw new Error("the sandbox's az knows \`account get-access-token\` only");
  const answer = await fetch(${JSON.stringify(`${url}/add-azure-token`)}, {
    method: "POST",
    headers: { authorization: ${JSON.stringify(`Bearer ${token}`)} },
    body: JSON.stringify({ name: ${JSON.stringify(clientId)} }),
  }).catch(() => undefined);
  if (!answer?.ok) throw new Error("Please run 'az login' to setup account.");
  console.log(JSON.stringify((await answer.json()).result));
}

main(process.argv.slice(2)).catch((error) => {
  console.error("ERROR: " + error.message);
  process.exitCode = 1;
});
`;
}
