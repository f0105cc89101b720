/**
 * Text in lines of so many columns, broken at blanks only: a link stays whole, even where it is longer. Lines after the first are
 * indented by `hang` columns. Without a width, as in a pipe, it stays one line.
 */
export function wrapped(text: string, columns: number | undefined, hang: number): string {
  if (columns === undefined || text.length <= columns) return text;
  const lines: string[] = [];
  const [margin = ""] = /^ */.exec(text) ?? [];
  let line = margin;
  for (const word of text.split(" ").filter(Boolean)) {
    const blank = line.trim() === "";
    if (!blank && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = " ".repeat(hang) + word;
    } else {
      line += blank ? word : ` ${word}`;
    }
  }
  return [...lines, line].join("\n");
}
