/** A process of its own that enters the environment with the settings of its variables, and tells as JSON what came of it. */
import { Fault } from "../../provider/fault.ts";
import { configure } from "../../provider/host/configuration.ts";
import { Deadline } from "../../provider/network/deadline.ts";

async function enter(): Promise<object> {
  const configured = configure({}, process.env);
  if ("missing" in configured) return { missing: configured.missing.map(({ name }) => name) };
  const { signsInBy, dataverse } = configured.services;
  using deadline = Deadline.after(Number(process.argv[2]));
  return { by: signsInBy, organizationId: await dataverse.organizationId(deadline) };
}

const told = await enter().catch((error: unknown) => {
  if (error instanceof Fault) return { failed: error.message };
  throw error;
});
process.stdout.write(JSON.stringify(told));
// The Azure CLI is not waited for.
process.exit();
