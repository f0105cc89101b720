import { isGuid } from "../schema/guid.ts";
import { pick, type Tree, toTree, type Value } from "../values.ts";

/** What a Dataverse column holds or is given. */
export type ColumnValue = string | number | boolean | null;

/** How a property with values of type `V` stands in a column of the rows `Row`. */
export interface Column<V, Inputs, Row> {
  readonly column: keyof Row & string;
  /** What the column must hold. Undefined where the program leaves it open: then it is left alone. */
  readonly wanted: (value: V | undefined, inputs: Partial<Inputs>) => ColumnValue | undefined;
  /** What the column's content means as a property; undefined where no property value says it. */
  seen(cell: ColumnValue): Value | undefined;
  /** What the column holds when nobody has set it; written when the property is taken out of the program. */
  readonly unset: ColumnValue;
  /** How the column is written, where not by its own name. */
  patch?(cell: ColumnValue): Changes;
}

/** Every input with its column, among those that the table reads; `null` says that it has none and stands elsewhere. */
export type Columns<Inputs, Row> = {
  readonly [P in keyof Inputs]-?: Column<Inputs[P], Inputs, Row> | null;
};

/** A property that stands in its column as it is; `unset` is the column's default. */
export function plain<V extends ColumnValue | undefined, Inputs, Row>(
  column: keyof Row & string,
  unset: ColumnValue,
): Column<V, Inputs, Row> {
  return { column, unset, wanted: (value) => value, seen: (cell) => cell ?? undefined };
}

/** A property whose values stand for numbers of an option set. */
export function option<V extends string, Inputs, Row>(
  column: keyof Row & string,
  numbers: Readonly<Record<V, number>>,
): Column<V, Inputs, Row> {
  return {
    column,
    unset: null,
    wanted: (value) => value && numbers[value],
    seen: (cell) => Object.entries(numbers).find(([, number]) => number === cell)?.[0],
  };
}

export type Changes = Readonly<Record<string, ColumnValue>>;

/** A column that is not as it must be. */
export interface Difference {
  readonly column: string;
  readonly from: ColumnValue;
  readonly to: ColumnValue;
  /** How it is written. */
  readonly changes: Changes;
}

/** Where `row` is not as declared; what the program no longer declares goes back to unset. */
export function differencesTo<Inputs, Row extends object>(
  columns: Columns<Inputs, Row>,
  row: Partial<Row>,
  inputs: Partial<Inputs>,
  previous?: Partial<Inputs>,
): Difference[] {
  const cells = cellsOf(row);
  return placesOf(columns).flatMap((place) => {
    const { column, patch } = place;
    const given = previous && place.wanted(previous) !== undefined;
    const released = given && !place.declares(inputs) ? place.unset : undefined;
    const to = place.wanted(inputs) ?? released;
    if (to === undefined || sameCell(cells[column], to)) return [];
    return [{ column, from: cells[column] ?? null, to, changes: patch?.(to) ?? { [column]: to } }];
  });
}

/** What has to be written so that `row` is as declared. */
export function changesTo<Inputs, Row extends object>(
  columns: Columns<Inputs, Row>,
  row: Partial<Row>,
  inputs: Partial<Inputs>,
  previous?: Partial<Inputs>,
): Changes {
  return writeOf(differencesTo(columns, row, inputs, previous));
}

/** One write for all differences. */
export function writeOf(differences: readonly Difference[]): Changes {
  return Object.assign({}, ...differences.map(({ changes }) => changes));
}

/** Whether `row` is as a write of `differences` leaves it. */
export function isWritten(row: object, differences: readonly Difference[]): boolean {
  const cells = cellsOf(row);
  return differences.every(({ column, to }) => sameCell(cells[column], to));
}

/** What these inputs set, by column: what is not declared is unset, and what is declared to be left open is not in it. */
export function settingsOf<Inputs, Row>(columns: Columns<Inputs, Row>, inputs: Partial<Inputs>): Changes {
  return Object.fromEntries(
    placesOf(columns).flatMap(({ column, wanted, declares, unset }) => {
      const cell = wanted(inputs) ?? (declares(inputs) ? undefined : unset);
      return cell === undefined ? [] : [[column, cell]];
    }),
  );
}

/** The stored inputs, changed only where the row differs from what they ask for. */
export function inputsOf<Inputs extends object, Row extends object>(
  columns: Columns<Inputs, Row>,
  row: Row,
  stored: Partial<Inputs>,
): Tree {
  const cells = cellsOf(row);
  const others = differing(columns, cells, stored);
  return { ...omit(toTree(stored), others), ...seenIn(cells, others) };
}

/** The properties of which the row says something else than is declared. */
export function driftOf<Inputs, Row extends object>(
  columns: Columns<Inputs, Row>,
  row: Row,
  declared: Partial<Inputs>,
): string[] {
  return differing(columns, cellsOf(row), declared).map(({ property }) => property);
}

function differing<Inputs, Row>(columns: Columns<Inputs, Row>, cells: Cells, inputs: Partial<Inputs>): Place<Inputs>[] {
  return placesOf(columns).filter(({ column, wanted }) => {
    const cell = wanted(inputs);
    return cell !== undefined && !sameCell(cells[column], cell);
  });
}

/** Inputs for a row that is imported: what somebody has set, without what goes without saying. */
export function importedInputs<Inputs, Row extends object>(
  columns: Columns<Inputs, Row>,
  row: Row,
  asInputs: (tree: Tree) => Partial<Inputs>,
): Tree {
  const cells = cellsOf(row);
  const set = placesOf(columns).filter(({ column, unset }) => !sameCell(cells[column], unset));
  const inputs = seenIn(cells, set);
  const implied = set.filter((place) => {
    const without = place.wanted(asInputs(omit(inputs, [place])));
    return without !== undefined && sameCell(cells[place.column], without);
  });
  return omit(inputs, implied);
}

/** A property that has a column, whatever the type of its values. */
interface Place<Inputs> extends Pick<Column<unknown, Inputs, object>, "seen" | "unset" | "patch"> {
  readonly property: string;
  readonly column: string;
  readonly wanted: (inputs: Partial<Inputs>) => ColumnValue | undefined;
  /** Whether the program says anything about it, be it that it is left open. */
  readonly declares: (inputs: Partial<Inputs>) => boolean;
}

function placesOf<Inputs, Row>(columns: Columns<Inputs, Row>): Place<Inputs>[] {
  const places: Place<Inputs>[] = [];
  for (const property in columns) places.push(...placeOf(columns, property));
  return places;
}

function placeOf<Inputs, Row, P extends keyof Inputs & string>(
  columns: Columns<Inputs, Row>,
  property: P,
): Place<Inputs>[] {
  const column = columns[property];
  if (column === null) return [];
  return [
    {
      ...column,
      property,
      wanted: (inputs) => column.wanted(inputs[property], inputs),
      declares: (inputs) => inputs[property] !== undefined,
    },
  ];
}

function seenIn<Inputs>(cells: Cells, places: readonly Place<Inputs>[]): Tree {
  return Object.fromEntries(
    places.flatMap(({ property, column, seen }) => {
      const value = seen(cells[column] ?? null);
      return value === undefined ? [] : [[property, value]];
    }),
  );
}

function omit<Inputs>(tree: Tree, places: readonly Place<Inputs>[]): Tree {
  const names = new Set(places.map(({ property }) => property));
  return pick(tree, (name) => !names.has(name));
}

type Cells = Readonly<Record<string, ColumnValue | undefined>>;

function cellsOf(row: object): Cells {
  return Object.fromEntries(Object.entries(row));
}

/** GUIDs and addresses are the same in any case; Dataverse changes neither's meaning. */
export function sameText(a: string | null | undefined, b: string | null | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}

export function sameCell(a: ColumnValue | undefined, b: ColumnValue): boolean {
  if (typeof a === "string" && typeof b === "string" && isGuid(a)) return sameText(a, b);
  return (a ?? null) === b;
}
