/**
 * Holds every regular expression of the product to linear time, as texts of servers and files are put to them: `npm run check`.
 * Looked at are literals, texts of the form `^…$`, which patterns of definitions are, and the patterns of generated schemas.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type AST, visitRegExpAST } from "@eslint-community/regexpp";
import { getConsumedChars, getLengthRange, isPotentiallyZeroLength } from "regexp-ast-analysis";
import { analyse } from "scslre";
import ts from "typescript";

const ROOT = join(import.meta.dirname, "..");

interface Expression {
  readonly place: string;
  readonly source: string;
  readonly flags: string;
}

type Characters = ReturnType<typeof getConsumedChars>["chars"];

/** Why the time grows faster than the text, in words; undefined where nothing shows that. */
export function superlinear({ source, flags }: Pick<Expression, "source" | "flags">): string | undefined {
  const { reports, parsed } = analyse({ source, flags });
  const [report] = reports;
  if (report)
    return `${report.exponential ? "exponential" : "at least quadratic"} time for a text of many ${report.character.literal.source}`;
  const found = rescanned(parsed.pattern, parsed.flags);
  return (
    found && `at least quadratic time, as many places may begin a match, and from each the text is read by ${found.raw}`
  );
}

/**
 * A repetition without an end that each place of a text may lead to anew: nothing before it, from the beginning of the match, ends
 * the repetition of an earlier place. (The library knows texts of one repeated character only.)
 */
function rescanned(pattern: AST.Pattern, flags: AST.Flags): AST.Quantifier | undefined {
  let found: AST.Quantifier | undefined;
  visitRegExpAST(pattern, {
    onQuantifierEnter(quantifier) {
      if (quantifier.max !== Number.POSITIVE_INFINITY || found) return;
      const { before, after } = around(quantifier);
      const own = getConsumedChars(quantifier, flags).chars;
      const pinned = before.some((element) => isAnchor(element, flags) || isFirst(element, own, flags));
      const apart = before.some(
        (element) =>
          (getLengthRange(element, flags)?.min ?? 0) > 0 && getConsumedChars(element, flags).chars.isDisjointWith(own),
      );
      const mayFail = after.some((element) => !isPotentiallyZeroLength(element, flags) || element.type === "Assertion");
      if (!pinned && !apart && mayFail && before.length > 0) found = quantifier;
    },
  });
  return found;
}

function isAnchor(element: AST.Element, { multiline, sticky }: AST.Flags): boolean {
  return sticky || (element.type === "Assertion" && element.kind === "start" && !multiline);
}

/** Whether none of these characters may stand before: of a run of them only the first can begin a match. */
function isFirst(element: AST.Element, run: Characters, flags: AST.Flags): boolean {
  if (element.type !== "Assertion" || element.kind !== "lookbehind" || !element.negate) return false;
  return element.alternatives.some(
    (one) => getLengthRange(one, flags)?.max === 1 && getConsumedChars(one, flags).chars.isSupersetOf(run),
  );
}

/** What stands before and behind it in the whole expression. */
function around(element: AST.Element): { before: readonly AST.Element[]; after: readonly AST.Element[] } {
  const { parent } = element;
  if (parent.type === "Quantifier") return around(parent);
  if (parent.type !== "Alternative") return { before: [], after: [] };
  const at = parent.elements.indexOf(element);
  const outer = parent.parent.type === "Pattern" ? { before: [], after: [] } : around(parent.parent);
  return {
    before: [...outer.before, ...parent.elements.slice(0, at)],
    after: [...parent.elements.slice(at + 1), ...outer.after],
  };
}

/** Those of a source file. */
export function expressionsIn(file: string, text: string): readonly Expression[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found: Expression[] = [];
  const visit = (node: ts.Node): void => {
    const place = `${file}:${source.getLineAndCharacterOfPosition(node.end).line + 1}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf("/");
      found.push({ place, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    if (ts.isStringLiteralLike(node) && /^\^.+\$$/s.test(node.text))
      found.push({ place, source: node.text, flags: "u" });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Words of JSON Schema, in whatever depth. */
function patternsIn(file: string): readonly Expression[] {
  const found: Expression[] = [];
  JSON.parse(readFileSync(join(ROOT, file), "utf8"), (key, value) => {
    if (key === "pattern" && typeof value === "string") found.push({ place: file, source: value, flags: "u" });
    return value;
  });
  return found;
}

function all(): readonly Expression[] {
  const files = readdirSync(join(ROOT, "provider"), { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".ts"),
  );
  const read = (file: string) =>
    expressionsIn(join("provider", file), readFileSync(join(ROOT, "provider", file), "utf8"));
  return [...files.toSorted().flatMap(read), ...patternsIn("schema/mailboxes.schema.json")];
}

if (import.meta.main) {
  const expressions = all();
  const problems = expressions.flatMap((expression) => {
    const problem = superlinear(expression);
    return problem ? [`${expression.place}: /${expression.source}/${expression.flags} takes ${problem}`] : [];
  });
  for (const problem of problems) console.error(problem);
  console.log(`${expressions.length} regular expressions`);
  process.exitCode = problems.length > 0 || expressions.length === 0 ? 1 : 0;
}
