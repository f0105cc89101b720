/**
 * A file as the parts that it is made of, each of which is masked for itself: of thousands of mailboxes none is held as a whole. A string
 * would be taken for its characters.
 */
export type Parts = readonly string[] | Generator<string>;

/** One object in JSON, in a line, with a list at its end; each item is a part. */
export function* objectParts<T>(
  head: Readonly<Record<string, unknown>>,
  list: string,
  items: readonly T[],
  inJson: (item: T) => object,
): Generator<string> {
  yield `${JSON.stringify(head).slice(0, -1)},${JSON.stringify(list)}:[`;
  for (const [index, item] of items.entries()) yield `${index > 0 ? "," : ""}${JSON.stringify(inJson(item))}`;
  yield "]}\n";
}
