import { columnExpression, type Expression, truth } from "./expression.ts";
import { like } from "./like.ts";
import { type Comparable, comparable, isGuid, parseMoment } from "./literals.ts";
import { badRequest, noProperty, notServed, shorten } from "./service-error.ts";
import type { Table } from "./tables.ts";

/** OData's functions on text; their argument may hold wildcards. */
const TEXT_FUNCTIONS: ReadonlyMap<string, (part: string) => string> = new Map([
  ["contains", (part) => `%${part}%`],
  ["startswith", (part) => `${part}%`],
  ["endswith", (part) => `%${part}`],
]);

export function textFunction(name: string, args: readonly Expression[]): Expression {
  const pattern = TEXT_FUNCTIONS.get(name);
  if (!pattern) throw badRequest(`An unknown function with name '${shorten(name)}' was found.`);
  const [text, part] = args;
  const typed = args.length === 2 && args.every(({ edmType }) => edmType === "Edm.String" || edmType === null);
  if (!typed || !text || part?.literal?.kind !== "literal" || part.edmType === null) {
    throw badRequest(
      `No function signature for the function with name '${name}' matches the specified arguments. The function signatures considered are: ${name}(Edm.String Nullable=true, Edm.String Nullable=true).`,
    );
  }
  const matches = like(pattern(String(part.of({}))));
  return truth((row) => {
    const value = text.of(row);
    return value !== null && matches(String(value));
  });
}

/** What Dataverse's query functions are given: always strings, whatever the column's type. */
export interface QueryArguments {
  readonly propertyName: string;
  readonly propertyValues: readonly string[];
}

type Build = (values: readonly Comparable[]) => (cell: Comparable) => boolean;

const QUERY_FUNCTIONS: ReadonlyMap<string, Build> = new Map<string, Build>([
  ["In", among],
  // Assumption: not-in-without-value.
  ["NotIn", (values) => negated(among(values))],
  ["Between", between],
  ["NotBetween", (values) => negated(between(values))],
]);

const NAMESPACE = "Microsoft.Dynamics.CRM.";

/** One of Dataverse's query functions, for the arguments that it is given. */
export type QueryFunction = (table: Table, args: QueryArguments) => Expression;

/** Undefined for a name that is none of Dataverse's own: https://learn.microsoft.com/previous-versions/dynamicscrm-2016/developers-guide/mt607541(v=crm.8) */
export function queryFunction(name: string): QueryFunction | undefined {
  if (!name.startsWith(NAMESPACE)) return undefined;
  const build = QUERY_FUNCTIONS.get(name.slice(NAMESPACE.length));
  if (!build) throw notServed(`The query function '${shorten(name)}'`);
  return (table, args) => conditionOf(build, table, args);
}

function conditionOf(build: Build, table: Table, { propertyName, propertyValues }: QueryArguments): Expression {
  // Lookups go by the column's own name here.
  const column =
    table.properties.get(propertyName) ??
    table.columns.find((candidate) => candidate.webApiName && candidate.name === propertyName);
  if (!column) throw noProperty(table.entity, propertyName);
  const cell = columnExpression(table, column);
  const test = build(propertyValues.map((text) => converted(text, cell.edmType)));
  return truth((row) => test(cell.of(row)));
}

function among(values: readonly Comparable[]): (cell: Comparable) => boolean {
  const set = new Set(values);
  return (cell) => set.has(cell);
}

function between(values: readonly Comparable[]): (cell: Comparable) => boolean {
  const [from, to] = values;
  if (values.length !== 2) throw badRequest("The condition needs two values.");
  return (cell) =>
    cell !== null &&
    from !== null &&
    from !== undefined &&
    to !== null &&
    to !== undefined &&
    from <= cell &&
    cell <= to;
}

function negated(test: (cell: Comparable) => boolean): (cell: Comparable) => boolean {
  return (cell) => !test(cell);
}

/** Assumption: query-function-values. */
function converted(text: string, edmType: string | null): Comparable {
  const value = CONVERSIONS[edmType ?? ""]?.(text);
  if (value !== undefined) return value;
  throw badRequest(`Cannot convert the literal '${shorten(text)}' to the expected type '${edmType}'.`);
}

const integer = (text: string) => (/^[+-]?\d{1,19}$/.test(text) ? Number(text) : undefined);
const BOOLEANS: ReadonlyMap<string, number> = new Map([
  ["true", 1],
  ["1", 1],
  ["false", 0],
  ["0", 0],
]);

const CONVERSIONS: Readonly<Record<string, (text: string) => Comparable | undefined>> = {
  "Edm.String": (text) => comparable(text, "Edm.String"),
  "Edm.Guid": (text) => (isGuid(text) ? text.toLowerCase() : undefined),
  "Edm.DateTimeOffset": parseMoment,
  "Edm.Int32": integer,
  "Edm.Int64": integer,
  "Edm.Boolean": (text) => BOOLEANS.get(text.toLowerCase()),
};
