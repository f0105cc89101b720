import { type Piece, piecesOf } from "./pieces.ts";

/** A sentence in Markdown, with its pages and what stands between backquotes. */
export function sentence(text: string): string {
  return piecesOf(text).map(drawn).join("");
}

function drawn({ is, text }: Piece): string {
  if (is === "words") return literally(text);
  return is === "code" ? `\`${text}\`` : `<${text}>`;
}

/** Text that means itself (GitHub Flavored Markdown, 2.4). */
export function literally(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|~#&!]/g, "\\$&");
}
