/** What Pulumi's colours are here; other sequences of terminals (ECMA-48 §8.3.117) are passed over. */
const STYLES: Readonly<Record<string, string>> = {
  "1": "font-weight: 600",
  "38;5;1": "color: light-dark(#b3261e, #ff8a80)",
  "38;5;2": "color: light-dark(#1a7f37, #7ee787)",
  "38;5;3": "color: light-dark(#8a6100, #e3b341)",
  "38;5;12": "color: light-dark(#0550ae, #79c0ff)",
  "38;5;13": "color: light-dark(#8250df, #d2a8ff)",
};

/** A page that shows what a terminal has shown, in the colours of the reader. */
export function terminalPage(output: string): string {
  return `<!doctype html><meta charset="utf-8"><style>
:root { color-scheme: light dark; background: light-dark(#fff, #0d1117); color: light-dark(#1f2328, #e6edf3); }
pre { margin: 20px; font: 13px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
</style><pre>${styled(output)}</pre>\n`;
}

function styled(output: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character begins a sequence.
  const [first = "", ...parts] = output.split(/\u001b\[([\d;]*)m/);
  let styles: readonly string[] = [];
  let page = escaped(first);
  for (let index = 0; index < parts.length; index += 2) {
    const [sequence = "", text = ""] = parts.slice(index);
    const style = STYLES[sequence];
    styles = style === undefined ? [] : [...styles, style];
    page += styles.length > 0 ? `<span style="${styles.join("; ")}">${escaped(text)}</span>` : escaped(text);
  }
  return page;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
