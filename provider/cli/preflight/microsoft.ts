import type { Code } from "../../codes/codes.ts";
import { missingColumns, versionOf } from "../../dataverse/look-around.ts";
import { definitionOf, type TableName, tables } from "../../dataverse/tables.ts";
import { type Fault, remoteText } from "../../fault.ts";
import { otherEnvironment } from "../../fleet/load-fleet.ts";
import { inOrder, type Look, sideBySide } from "../../resource/looks.ts";
import { type Finding, found, good, isBad, type Step, skipped } from "../../schema/step.ts";
import { ownOf } from "../../values.ts";
import { privilegeLooks } from "./privileges.ts";
import { asking, notSeen, type Surroundings } from "./surroundings.ts";

/** What Dataverse says to who may not come in (Microsoft: "Web service error codes"), in lower case. */
const REFUSALS: Readonly<Record<string, Code>> = {
  "0x80072560": "NO_APPLICATION_USER",
  "0x80042f09": "NO_ROLE",
  "0x80040225": "APPLICATION_USER_DISABLED",
  "0x80041d1f": "APPLICATION_USER_DISABLED",
  "0x8004a113": "ADMINISTRATION_MODE",
  "0x8005e257": "ADMINISTRATION_MODE",
};

/** Entra and Dataverse: who comes in, and then, all at once, what is found there. */
export async function microsoftSteps(surroundings: Surroundings): Promise<readonly Step[]> {
  const { services, deadline } = surroundings;
  const { dataverse } = services;
  const door: readonly Look[] = [
    { id: "identity", look: () => good({ message: `${services.signsInBy}, at ${new URL(services.authority).host}` }) },
    { id: "entraToken", look: () => asking(() => tokenFinding(surroundings), refusedToken) },
    {
      id: "applicationUser",
      look: () =>
        asking(async () => {
          const { userId } = await dataverse.whoAmI(deadline);
          return good({ message: `enabled, with a role (${userId})` });
        }, refusedEntry),
    },
  ];
  const before = await inOrder(door, isBad);
  if (before.some(isBad)) return [...before, { id: "environment", ...skipped("AFTER_FAILURE") }];
  const { userId } = await dataverse.whoAmI(deadline);
  return [...before, ...(await sideBySide(insideLooks(userId, surroundings)))];
}

async function tokenFinding({ services, deadline }: Surroundings): Promise<Finding> {
  await services.dataverse.signIn(deadline);
  return good({ message: `for ${services.environmentUrl}` });
}

function refusedToken({ account, hint }: Fault): Finding {
  return found("IDENTITY_REFUSED", { message: account, hint });
}

function refusedEntry({ account, code = "" }: Fault): Finding {
  return found(ownOf(REFUSALS, code.toLowerCase()) ?? "ENVIRONMENT_REFUSED", { message: account });
}

function insideLooks(userId: string, surroundings: Surroundings): readonly Look[] {
  return [
    { id: "environment", look: () => asking(() => environmentFinding(surroundings)) },
    { id: "version", look: () => asking(() => versionFinding(surroundings)) },
    { id: "administrationMode", look: () => skipped("HIDDEN", ADMINISTRATION_MODE) },
    ...privilegeLooks(userId, surroundings),
    ...Object.keys(tables).filter(isTable).map(columnsLook(surroundings)),
    { id: "approvalRules", look: () => asking(() => approvalFinding(surroundings), afterPrivileges) },
    { id: "alertSwitches", look: () => asking(() => alertsFinding(surroundings), afterPrivileges) },
  ];
}

const ADMINISTRATION_MODE =
  "Dataverse tells it to no application that it lets in: https://admin.powerplatform.microsoft.com/manage/environments";

async function environmentFinding({ services, declared, deadline }: Surroundings): Promise<Finding> {
  const { environmentUrl, dataverse } = services;
  const elsewhere = otherEnvironment(declared?.environmentUrl, environmentUrl);
  if (elsewhere) return found("ENVIRONMENT_OTHER", { message: elsewhere });
  return good({ message: `${environmentUrl}, organization ${await dataverse.organizationId(deadline)}` });
}

async function versionFinding({ services, deadline }: Surroundings): Promise<Finding> {
  return good({ message: remoteText(await versionOf(services.dataverse, deadline)) });
}

function isTable(name: string): name is TableName {
  return Object.hasOwn(tables, name);
}

function columnsLook({ services, deadline }: Surroundings): (table: TableName) => Look {
  return (table) => ({
    id: "columns",
    of: definitionOf(table).label,
    look: () =>
      asking(async () => {
        const missing = await missingColumns(table, services.dataverse, deadline);
        if (missing.length === 0) return good();
        return found("COLUMN_MISSING", { message: `the environment lacks ${missing.join(", ")}, which are read` });
      }, afterPrivileges),
  });
}

/** What a privilege keeps from being read is told at the privilege. */
function afterPrivileges(fault: Fault): Finding {
  return fault.kind === "permission-denied" ? skipped("AFTER_FAILURE") : notSeen(fault);
}

async function approvalFinding({ services, deadline }: Surroundings): Promise<Finding> {
  const [organization] = await services.dataverse.list("organizations", "", { top: 1 }, deadline);
  if (!organization) return found("NOT_SEEN", { message: "Dataverse shows no organisation" });
  const need = (required: boolean) => (required ? "have to be approved" : "need no approval");
  const { requireapprovalforuseremail: users, requireapprovalforqueueemail: queues } = organization;
  return good({ message: `addresses of users ${need(users)}, addresses of queues ${need(queues)}` });
}

const SWITCHES = ["generatealertsforerrors", "notifymailboxownerofemailserverlevelalerts"] as const;

/** Not in every environment, so they are asked for apart. */
async function alertsFinding({ services, deadline }: Surroundings): Promise<Finding> {
  const what = "Reading the organisation's switches for alerts";
  const path = `organizations?$select=${SWITCHES.join(",")}&$top=1`;
  const { value: rows } = await services.dataverse.ask(what, path, deadline);
  const row: unknown = Array.isArray(rows) ? rows[0] : undefined;
  const [errors, owners] = SWITCHES.map((name) => Reflect.get(Object(row), name));
  if (typeof errors !== "boolean") return skipped("HIDDEN", "the environment does not show its switches for alerts");
  if (!errors) return found("ALERTS_OFF");
  return good({ message: `written for errors; owners of mailboxes are ${owners === true ? "" : "not "}notified` });
}
