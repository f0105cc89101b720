import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { atEnd, temporaryDirectory, testSandbox } from "./sandbox.ts";

const FABRIKAM = "https://fabrikam.crm.dynamics.com";

export interface Environments {
  readonly contoso: Sandbox;
  readonly fabrikam: Sandbox;
  /** Variables of a machine that reaches both; `GMAILSYNC_ENVIRONMENT_URL` is not among them. */
  readonly reach: Readonly<Record<string, string>>;
}

/**
 * Two environments of one tenant and one Workspace, in which the same people have mailboxes; with `renamed` it is one
 * environment with two URLs.
 */
export async function twoEnvironments({ renamed = false } = {}): Promise<Environments> {
  const contoso = await testSandbox();
  const directory = temporaryDirectory();
  const worldFile = join(directory, "world.yaml");
  writeFileSync(
    worldFile,
    JSON.stringify({
      environment: { url: FABRIKAM },
      users: [
        { name: "Anna Berg", address: "anna@northwind.example" },
        { name: "Bert Lind", address: "bert@northwind.example" },
      ],
    }),
  );
  const fabrikam = await startSandbox({ directory, worldFile, testDelayMs: 20, polls: false });
  atEnd(() => fabrikam.close());
  const { entra, google, dataverse } = contoso.world;
  entra.resources.push(FABRIKAM);
  const application = fabrikam.world.dataverse.rows["systemusers"]?.find((row) => row["applicationid"]);
  if (application) application["applicationid"] = entra.applications[0]?.clientId ?? null;
  Object.assign(fabrikam.world, { entra, google, ...(renamed && { dataverse }) });
  return { contoso, fabrikam, reach: reachOf(contoso, fabrikam, join(directory, "both.pem")) };
}

/** The id that the environment tells who asks. */
export function organizationOf(sandbox: Sandbox): string {
  return String(sandbox.world.dataverse.rows["organizations"]?.[0]?.["organizationid"]);
}

function reachOf(contoso: Sandbox, fabrikam: Sandbox, caFile: string): Record<string, string> {
  const authorities = [contoso, fabrikam].map(({ environment }) =>
    readFileSync(environment["GMAILSYNC_CA_FILE"] ?? ""),
  );
  writeFileSync(caFile, authorities.join("\n"));
  const { GMAILSYNC_ENVIRONMENT_URL: _, GMAILSYNC_CONNECT_TO: ways = "", ...rest } = contoso.environment;
  const way = wayTo(fabrikam, FABRIKAM);
  return { ...rest, GMAILSYNC_CA_FILE: caFile, GMAILSYNC_CONNECT_TO: `${ways},${way}` };
}

/** `host:443=127.0.0.1:port`, as in `GMAILSYNC_CONNECT_TO`. */
function wayTo({ environment }: Sandbox, url: string): string {
  const ways = environment["GMAILSYNC_CONNECT_TO"]?.split(",") ?? [];
  return ways.find((way) => way.startsWith(`${new URL(url).host}:443=`)) ?? "";
}
