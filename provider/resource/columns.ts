import { isGuid } from "../dataverse/columns.ts";
import { pick, type Tree, toTree, type Value } from "../values.ts";

export type Cell = string | number | boolean | null;

/** How one property of a resource stands in a Dataverse table. */
export interface Column<Inputs> {
  readonly property: keyof Inputs & string;
  readonly column: string;
  /** What the column must hold. Undefined where the program leaves it open: then it is left alone. */
  wanted(inputs: Partial<Inputs>): Cell | undefined;
  /** What the column's content means as a property; undefined where no property value says it. */
  seen(cell: Cell): Value | undefined;
  /** What the column holds when nobody has set it; written when the property is taken out of the program. */
  readonly unset: Cell;
  /** How the column is written, where not by its own name. */
  patch?(cell: Cell): Readonly<Record<string, Cell>>;
}

export type Changes = Readonly<Record<string, Cell>>;

/** What has to be written so that `row` is as declared; what the program no longer declares goes back to unset. */
export function changesTo<Inputs>(
  columns: readonly Column<Inputs>[],
  row: object,
  inputs: Partial<Inputs>,
  previous?: Partial<Inputs>,
): Changes {
  const cells = cellsOf(row);
  return Object.assign(
    {},
    ...columns.map((column) => {
      const wanted =
        column.wanted(inputs) ?? (previous && column.wanted(previous) !== undefined ? column.unset : undefined);
      return wanted === undefined || sameCell(cells[column.column], wanted) ? {} : write(column, wanted);
    }),
  );
}

function write<Inputs>(column: Column<Inputs>, cell: Cell): Changes {
  return column.patch?.(cell) ?? { [column.column]: cell };
}

/** The stored inputs, changed only where the row differs from what they ask for. */
export function inputsOf<Inputs>(columns: readonly Column<Inputs>[], row: object, stored: Partial<Inputs>): Tree {
  const cells = cellsOf(row);
  const differing = columns.filter((column) => {
    const wanted = column.wanted(stored);
    return wanted !== undefined && !sameCell(cells[column.column], wanted);
  });
  return { ...omit(toTree(stored), differing), ...seenIn(cells, differing) };
}

/** Inputs for a row that is imported: what somebody has set, without what goes without saying. */
export function importedInputs<Inputs>(
  columns: readonly Column<Inputs>[],
  row: object,
  asInputs: (tree: Tree) => Partial<Inputs>,
): Tree {
  const cells = cellsOf(row);
  const set = columns.filter((column) => !sameCell(cells[column.column], column.unset));
  const inputs = seenIn(cells, set);
  const implied = set.filter((column) => {
    const without = column.wanted(asInputs(omit(inputs, [column])));
    return without !== undefined && sameCell(cells[column.column], without);
  });
  return omit(inputs, implied);
}

function seenIn<Inputs>(cells: Cells, columns: readonly Column<Inputs>[]): Tree {
  return Object.fromEntries(
    columns.flatMap(({ property, column, seen }) => {
      const value = seen(cells[column] ?? null);
      return value === undefined ? [] : [[property, value]];
    }),
  );
}

function omit<Inputs>(tree: Tree, columns: readonly Column<Inputs>[]): Tree {
  const names = new Set<string>(columns.map(({ property }) => property));
  return pick(tree, (name) => !names.has(name));
}

type Cells = Readonly<Record<string, Cell | undefined>>;

function cellsOf(row: object): Cells {
  return Object.fromEntries(Object.entries(row));
}

/** GUIDs and addresses are the same in any case; Dataverse changes neither's meaning. */
export function sameText(a: string | null | undefined, b: string | null | undefined): boolean {
  return a?.toLowerCase() === b?.toLowerCase();
}

function sameCell(a: Cell | undefined, b: Cell): boolean {
  if (typeof a === "string" && typeof b === "string" && isGuid(a)) return sameText(a, b);
  return (a ?? null) === b;
}
