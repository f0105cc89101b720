import { doesNotExist, payloadError, shorten } from "./service-error.ts";
import { type DataverseState, findRow } from "./state.ts";
import { type Relationship, type Table, tableOfEntity } from "./tables.ts";

/** Where payloads are understood: the rows that links lead to, and whose addresses they are. */
export interface Place {
  readonly state: DataverseState;
  /** Origin of the environment, `https://contoso.crm.dynamics.com`: links to other hosts lead nowhere. */
  readonly environmentUrl: string;
}

const LINK =
  /^(?:(https:\/\/[^/]*)?\/api\/data\/v9\.[0-2]\/|\/)?(\w+)\(([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\)$/i;

/** The id of the row that a link leads to: `emailserverprofiles(<id>)`, with a slash before it, or absolute. */
export function parseLink(
  { state, environmentUrl }: Place,
  table: Table,
  { referencedEntity }: Relationship,
  link: unknown,
): string {
  const target = tableOfEntity(referencedEntity);
  const [, origin = environmentUrl, set, id] = LINK.exec(typeof link === "string" ? link : "") ?? [];
  if (!target || !id || set !== target.entitySetName || origin.toLowerCase() !== environmentUrl) {
    const shown = typeof link === "string" ? `'${shorten(link)}'` : "of the payload";
    throw payloadError(table.entitySetName, `The value ${shown} is not a link to ${referencedEntity}.`);
  }
  if (!findRow(state, target.entitySetName, target.primaryId, id)) throw doesNotExist(target.entity, id);
  return id.toLowerCase();
}
