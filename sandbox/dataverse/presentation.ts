import { reader } from "./cells.ts";
import { type Cell, type DataverseState, type Row, rowsOf } from "./state.ts";
import { type Column, type Table, tableOfEntity, targetOf } from "./tables.ts";

/** Weak, and the row's version: the service's own format. */
export function etagOf(row: Row): string {
  return `W/"${row["versionnumber"]}"`;
}

export interface Presentation {
  /** Undefined for all columns; the key comes along in any case. */
  readonly select?: readonly string[] | undefined;
  /** Whether an annotation is wanted, by its full name. */
  readonly annotated?: (annotation: string) => boolean;
}

const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty";
const LOGICAL_NAME = "Microsoft.Dynamics.CRM.lookuplogicalname";

type Annotate = (row: Row, cell: Cell) => string | undefined;

/** How rows are shown in an answer: the selected columns, with version and with the annotations that were asked for. */
export function presenter(
  state: DataverseState,
  table: Table,
  { select, annotated = () => false }: Presentation,
): (row: Row) => Record<string, Cell> {
  const wanted = select && new Set([...select, table.primaryId]);
  const names = namesByTable(state);
  const columns = [...table.properties].flatMap(([name, column]) => {
    if (wanted && !wanted.has(name)) return [];
    const annotations = Object.entries(annotationsOf(table, column, names)).filter(([kind]) => annotated(kind));
    return [{ name, read: reader(table, column), annotations }];
  });
  return (row) => {
    const shown: Record<string, Cell> = { "@odata.etag": etagOf(row) };
    for (const { name, read, annotations } of columns) {
      const cell = read(row);
      for (const [kind, annotate] of annotations) {
        const text = cell === null ? undefined : annotate(row, cell);
        if (text !== undefined) shown[`${name}@${kind}`] = text;
      }
      shown[name] = cell;
    }
    return shown;
  };
}

function annotationsOf(table: Table, column: Column, names: Names): Readonly<Record<string, Annotate>> {
  if (column.type !== "Lookup") return { [FORMATTED]: (_, cell) => formatted(column, cell) };
  return {
    [FORMATTED]: (row, cell) => names(targetOf(table, column, row)?.referencedEntity).get(cell),
    [NAVIGATION]: (row) => targetOf(table, column, row)?.navigationProperty,
    [LOGICAL_NAME]: (row) => targetOf(table, column, row)?.referencedEntity,
  };
}

const MOMENT = new Intl.DateTimeFormat("en-US", {
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZone: "UTC",
});

/** As users see a cell; text has no other form. Assumption: formatted-values. */
function formatted({ edmType, options }: Column, cell: Cell): string | undefined {
  if (typeof cell === "boolean") return options?.[Number(cell)] ?? (cell ? "Yes" : "No");
  if (typeof cell === "number") return options?.[cell] ?? cell.toLocaleString("en-US");
  if (edmType !== "Edm.DateTimeOffset" || cell === null) return undefined;
  return MOMENT.format(Date.parse(cell)).replace(", ", " ").replace(/\s/g, " ");
}

/** The names of a table's rows by their ids. */
type Names = (entity: string | undefined) => ReadonlyMap<Cell, string>;

/** Made at most once for each table, so that a list does not look every link up. */
function namesByTable(state: DataverseState): Names {
  const made = new Map<string, ReadonlyMap<Cell, string>>();
  return (entity = "") => {
    const known = made.get(entity);
    if (known) return known;
    const table = tableOfEntity(entity);
    const rows = table ? rowsOf(state, table.entitySetName) : [];
    const names = new Map(
      rows.map((row): [Cell, string] => [row[table?.primaryId ?? ""] ?? null, String(row[table?.primaryName ?? ""])]),
    );
    made.set(entity, names);
    return names;
  };
}
