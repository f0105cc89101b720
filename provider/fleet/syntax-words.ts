import type { YAMLParseError } from "yaml";

type SyntaxCode = YAMLParseError["code"];

const PARSED = "cannot be made sense of";
const KEY = "a key has to be a word on one line, with a colon and a blank behind it";
const ANCHOR = "an anchor (&name) or a tag (!name) stands where it cannot";

/** What is wrong with a YAML file, in the words of who wrote it. */
export const SYNTAX_WORDS: Readonly<Record<SyntaxCode, string>> = {
  ALIAS_PROPS: ANCHOR,
  BAD_ALIAS: "an alias (*name) has to name an anchor; text that begins with a star needs quotes",
  BAD_COLLECTION_TYPE: `the tag does not fit what stands behind it, so it ${PARSED}`,
  BAD_DIRECTIVE: "a line that begins with % is no text; take it out",
  BAD_DQ_ESCAPE: "a backslash in double quotes begins an escape that is none; write \\\\, or use single quotes",
  BAD_INDENT: "the line is not indented as its neighbours are, or a bracket before it is not closed",
  BAD_PROP_ORDER: ANCHOR,
  BAD_SCALAR_START: "text cannot begin with that character; put it in quotes",
  BLOCK_AS_IMPLICIT_KEY: "there is a colon too many in the line; text that holds `: ` needs quotes",
  BLOCK_IN_FLOW: "inside of brackets or braces nothing may begin with a hyphen or end with a colon",
  DUPLICATE_KEY: "the key is given twice",
  IMPOSSIBLE: `the line ${PARSED}`,
  KEY_OVER_1024_CHARS: KEY,
  MISSING_CHAR: "a quote, bracket, brace, comma or blank is missing; most often one that was opened is not closed",
  MULTILINE_IMPLICIT_KEY: KEY,
  MULTIPLE_ANCHORS: ANCHOR,
  MULTIPLE_DOCS: "there is a second document (---); keep one in a file",
  MULTIPLE_TAGS: ANCHOR,
  NON_STRING_KEY: KEY,
  RESOURCE_EXHAUSTION: "brackets or lists are nested too deep",
  TAB_AS_INDENT: "a tab stands where the line is indented; use blanks",
  TAG_RESOLVE_FAILED: ANCHOR,
  UNEXPECTED_TOKEN: `the line ${PARSED} at this place; look at the indentation, quotes and colons before it`,
};
