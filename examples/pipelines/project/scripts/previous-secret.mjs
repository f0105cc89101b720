/** Whether the client secret before may be disabled, or can go: of `pulumi stack export` on standard input. */
import { readFileSync } from "node:fs";

const { deployment } = JSON.parse(readFileSync(0, "utf8"));
for (const { inputs, outputs } of deployment.resources)
  for (const { id, code, message, hint } of outputs?.checks ?? [])
    if (id === "previousClientSecret")
      console.log([`${inputs.clientId}: ${code}`, message, hint].filter(Boolean).join("\n  "));
