import type { HttpAnswer } from "./http.ts";

/** Markup, as opposed to text that has to be escaped. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A template whose values are escaped, unless they are markup themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly (string | Html | readonly Html[])[]): Html {
  return new Html(strings.reduce((before, part, index) => `${before}${markup(values[index - 1] ?? "")}${part}`));
}

function markup(value: string | Html | readonly Html[]): string {
  if (value instanceof Html) return value.text;
  if (typeof value !== "string") return value.map(({ text }) => text).join("");
  return value.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A page for the browser. */
export function pageAnswer(title: string, body: Html, status = 200): HttpAnswer {
  const { text } =
    html`<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><h1>${title}</h1>${body}</html>`;
  return { status, headers: HTML, body: text };
}

export function redirectAnswer(to: string, parameters: Readonly<Record<string, string>>): HttpAnswer {
  const url = new URL(to);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.append(name, value);
  return { status: 302, headers: { ...HTML, location: url.href }, body: "" };
}

const HTML = { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" };
