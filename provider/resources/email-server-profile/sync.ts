import type { EmailServerProfileRow } from "../../dataverse/tables.ts";
import { Fault, quoted } from "../../fault.ts";
import { type Changes, changesTo } from "../../resource/columns.ts";
import { type Context, keep } from "../../resource/context.ts";
import type { Outcome, Stored } from "../../resource/resource.ts";
import { columns, connectionColumns, fixedColumns } from "./columns.ts";
import { syncDefault } from "./default-profile.ts";
import type { EmailServerProfileInputs, EmailServerProfileOutputs } from "./definition.ts";
import { secretKey, UNSEEN } from "./secret.ts";

type Inputs = EmailServerProfileInputs;
type Outputs = EmailServerProfileOutputs;

interface Before {
  /** Undefined of one that was made just now. */
  readonly stored?: Stored<Inputs, Outputs>;
  /** The secret that the row has; undefined where that is not known. */
  readonly secret: string | undefined;
}

export async function sync(
  row: EmailServerProfileRow,
  inputs: Inputs,
  { stored, secret }: Before,
  context: Context,
): Promise<Outcome<Outputs>> {
  const id = row.emailserverprofileid;
  const isSecretThere = row.isoauthclientsecretset && secret === inputs.oauthClientSecret;
  const changes = {
    ...changesTo(columns, row, inputs, stored?.inputs),
    ...fixes(row),
    ...(!isSecretThere && { oauthclientsecret: inputs.oauthClientSecret }),
  };
  if (stored && !isSecretThere) keep(context, secretKey(id), { revision: stored.outputs.revision ?? UNSEEN });
  const { dataverse, finishing, originals, urn } = context;
  const refused = (error: unknown): never => {
    if (error instanceof Fault && error.undone && secret !== undefined) originals.settle(urn, secretKey(id));
    throw error;
  };
  const fresh =
    Object.keys(changes).length > 0
      ? await dataverse.update("emailserverprofiles", id, changes, { etag: row.etag }, finishing).catch(refused)
      : row;
  const { previous, problem } = await syncDefault(id, inputs.defaultForNewMailboxes, stored?.outputs, context);
  const written = Object.keys(changes);
  const decisive = written.some((column) => column === "oauthclientsecret" || connects(column));
  const revision = decisive ? undefined : stored?.outputs.revision;
  const seen = outputs(fresh, previous, revision);
  context.roster.revisions.set(id, seen.revision);
  context.roster.declareProfile(id, inputs.oauthClientId);
  return { id, outputs: seen, problems: [...(problem ? [problem] : []), ...notGmail(fresh)] };
}

function connects(column: string): boolean {
  return connectionColumns.some((known) => known === column);
}

/** Columns that make the profile one for Gmail by OAuth, where somebody changed them. */
function fixes(row: EmailServerProfileRow): Changes {
  const cells: Readonly<Record<string, unknown>> = { ...row };
  return Object.fromEntries(Object.entries(fixedColumns).filter(([column, cell]) => cells[column] !== cell));
}

export function notGmail(row: EmailServerProfileRow): string[] {
  const wrong = Object.entries(fixes(row)).map(([column, cell]) => `${column} should be ${cell}`);
  return wrong.length === 0
    ? []
    : [
        `Profile ${quoted(row.name)} was changed and is no longer one for Gmail by OAuth 2.0: ${wrong.join(", ")}. Run \`pulumi up\` to set it right.`,
      ];
}

/** Without a known revision the row's version is the new one; the versions of writes by others are not taken up. */
export function outputs(
  row: EmailServerProfileRow,
  previousDefaultProfileId: string | undefined,
  revision = /\d+/.exec(row.etag)?.[0] ?? row.etag,
): Outputs {
  return {
    revision,
    profileId: row.emailserverprofileid,
    oauthClientSecretSet: row.isoauthclientsecretset,
    ...(previousDefaultProfileId && { previousDefaultProfileId }),
  };
}
