import { writeAlert } from "../../sandbox/alerts.ts";
import type { Row } from "../../sandbox/dataverse/state.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { changeRow, gmailProfile, mailboxRow, readyCells } from "./sandbox.ts";

export const at = (name: string) => `${name}@northwind.example`;

/** Of users who are well, three without a sign-in, one not approved, one that Dynamics could not test, one that nobody has tested. */
export const WELL = ["anna", "bert"];
export const NOT_SIGNED_IN = ["user0001", "user0002", "user0003"];
export const [NOT_APPROVED, FAILED, UNTESTED] = ["user0004", "user0005", "user0006"] as const;
export const FLEET = `clients:
  north: {projectId: northwind-mail}
  south: {projectId: northwind-mail-2}
defaults:
  activation: {tolerate: [NOT_SIGNED_IN]}
mailboxes:
${[...WELL, ...NOT_SIGNED_IN].map((name) => `  - {address: ${at(name)}, client: north}\n`).join("")}
  - {address: ${at(NOT_APPROVED)}, client: south}
  - {address: ${at(FAILED)}, client: south}
  - {address: ${at(UNTESTED)}, client: south, activate: false}
  - {address: ${at("double")}, client: south, kind: queue, activate: false}
`;
export const ALERT = 'Email cannot be received: =1+1, "invalid_grant" <b>';

/** Makes the mailboxes of {@link FLEET} as their names say, in a sandbox with six users more. */
export function mixed(sandbox: Sandbox): void {
  const profile = gmailProfile(sandbox);
  const well = (name: string, cells: Row = {}) =>
    changeRow(sandbox, mailboxRow(sandbox, at(name)), {
      ...readyCells(profile),
      incomingemailstatus: 1,
      outgoingemailstatus: 1,
      testmailboxaccesscompletedon: new Date(Date.now() - 3.5 * 86_400_000).toISOString(),
      ...cells,
    });
  for (const name of WELL) well(name);
  for (const name of NOT_SIGNED_IN) well(name, { oauthrefreshtoken: null, incomingemailstatus: 2 });
  well(NOT_APPROVED, { emailrouteraccessapproval: 2 });
  well(FAILED, { incomingemailstatus: 2 });
  well(UNTESTED, { incomingemailstatus: 0 });
  writeAlert(sandbox.world.dataverse, mailboxRow(sandbox, at(FAILED)), {
    text: ALERT,
    code: 64,
    level: "error",
  });
}
