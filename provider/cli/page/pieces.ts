/** A piece of a sentence: a page to open, something to type or to find as it stands there, or words. */
export interface Piece {
  readonly is: "link" | "code" | "words";
  readonly text: string;
}

/** Takes a sentence apart: pages of the web, what stands between backquotes, and the rest. */
export function piecesOf(sentence: string): Piece[] {
  const parts = sentence.split(/(https:\/\/[^\s<>"`]{1,2000}|`[^`]{1,500}`)/);
  return parts.flatMap((text, index) => (index % 2 === 0 ? words(text) : named(text)));
}

function named(text: string): Piece[] {
  if (text.startsWith("`")) return [{ is: "code", text: text.slice(1, -1) }];
  // A sentence goes on, or ends, after a page.
  const url = text.replace(/[.,;:)]{1,10}$/, "");
  return [{ is: "link", text: url }, ...words(text.slice(url.length))];
}

function words(text: string): Piece[] {
  return text === "" ? [] : [{ is: "words", text }];
}
