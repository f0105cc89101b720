import { createHash } from "node:crypto";
import { type Content, html } from "./markup.ts";
import { STYLE } from "./style.ts";

export interface Page {
  readonly title: string;
  /** Above the heading: what the page is of. */
  readonly lead?: Content;
  readonly main: Iterable<Content>;
  /** Runs at the end of the page. */
  readonly script?: string;
  /** Whom the script may ask; nobody by default. */
  readonly asks?: "'self'";
}

/** A page in one file, which loads nothing: its own style and script are the only ones that the browser takes. */
export function* documentOf({ title, lead, main, script = "", asks }: Page): Generator<string> {
  yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policyOf(script, asks)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${html`${title}`.text} · gmailsync</title>
<style>${STYLE}</style>
</head>
<body>
${
  html`<header>
<p class="product">gmailsync</p>
<h1>${title}</h1>
${lead}
</header>
<main>
`.text
}`;
  for (const part of main) yield html`${part}`.text;
  yield `
</main>
${script && `<script>${script}</script>\n`}</body>
</html>
`;
}

/** What a page with this script may do (CSP Level 3). */
export function policyOf(script: string, asks: Page["asks"]): string {
  const allowed = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  return [
    "default-src 'none'",
    `style-src ${allowed(STYLE)}`,
    `script-src ${allowed(script)}`,
    `connect-src ${asks ?? "'none'"}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}
