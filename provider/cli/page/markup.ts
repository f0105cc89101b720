import { escaped } from "../escaped.ts";
import { type Piece, piecesOf } from "./pieces.ts";

/** HTML that holds text from outside as text only; nothing but {@link html} makes it. */
export class Markup {
  readonly text: string;

  constructor(literal: TemplateStringsArray, values: readonly Content[]) {
    this.text = literal.map((part, index) => (index === 0 ? part : textOf(values[index - 1]) + part)).join("");
  }
}

/** What may stand in a page: text is escaped, what is undefined or false leaves nothing. */
export type Content = Markup | string | number | undefined | false | readonly Content[];

/** HTML with values in it, for elements and for attributes in double quotes. */
export function html(literal: TemplateStringsArray, ...values: readonly Content[]): Markup {
  return new Markup(literal, values);
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return "";
  if (content instanceof Markup) return content.text;
  if (typeof content === "string" || typeof content === "number") return escaped(String(content));
  return content.map(textOf).join("");
}

/** A sentence as {@link piecesOf} reads it. */
export function prose(sentence: string | undefined): Content {
  return sentence && piecesOf(sentence).map(drawn);
}

function drawn({ is, text }: Piece): Content {
  if (is === "words") return text;
  return is === "code" ? html`<code>${text}</code>` : link(text);
}

/** A page of the web in another tab; `shown` where its address says nothing to people. */
export function link(url: string, shown = url): Markup {
  return html`<a href="${url}" target="_blank" rel="noreferrer">${shown}</a>`;
}
