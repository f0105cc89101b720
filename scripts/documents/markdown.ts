import GithubSlugger from "github-slugger";
import { fromMarkdown } from "mdast-util-from-markdown";

/** A file of Markdown, as far as it is checked. */
export interface Document {
  /** Seen from the root of the repository, with `/`. */
  readonly file: string;
  /** What a link may name behind `#`. */
  readonly anchors: ReadonlySet<string>;
  readonly links: readonly Link[];
  /** Tests and folders of them that are named as code, seen from the root: `test/engine/{up,down}` is two. */
  readonly tests: readonly Link[];
  readonly blocks: readonly Block[];
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

/** A fenced block. */
export interface Block {
  readonly language: string;
  /** The words behind the language, which no reader sees. */
  readonly words: readonly string[];
  readonly text: string;
  readonly line: number;
}

/** What is used of a node of the tree. */
interface Node {
  readonly type: string;
  readonly value?: string;
  readonly url?: string;
  readonly lang?: string | null | undefined;
  readonly meta?: string | null | undefined;
  readonly children?: readonly Node[];
  readonly position?: { readonly start: { readonly line: number } } | undefined;
}

/** Where HTML leads: pictures in two colours are HTML. */
const HTML_LINK = /\b(?:src|srcset|href)="([^"]*)"/g;

export function documentOf(file: string, text: string): Document {
  const nodes = [...below(fromMarkdown(text))];
  const slugger = new GithubSlugger();
  const headings = nodes.filter(({ type }) => type === "heading");
  return {
    file,
    anchors: new Set(headings.map((heading) => slugger.slug(textOf(heading)))),
    links: nodes.flatMap((node) => targetsOf(node).map((target) => ({ target, line: lineOf(node) }))),
    tests: nodes.flatMap((node) => testsOf(node).map((target) => ({ target, line: lineOf(node) }))),
    blocks: nodes.flatMap((node) => (node.type === "code" ? [blockOf(node)] : [])),
  };
}

function* below(node: Node): Generator<Node> {
  yield node;
  for (const child of node.children ?? []) yield* below(child);
}

function textOf(node: Node): string {
  return [...below(node)].map(({ value = "" }) => value).join("");
}

function lineOf({ position }: Node): number {
  return position?.start.line ?? 0;
}

function targetsOf({ type, url, value = "" }: Node): readonly string[] {
  if (url !== undefined) return [url];
  return type === "html" ? [...value.matchAll(HTML_LINK)].map(([, target = ""]) => target) : [];
}

function testsOf({ type, value = "" }: Node): readonly string[] {
  const named = type === "inlineCode" && /^(test\/[\w./-]*)(?:\{([\w,-]+)\}([\w./-]*))?$/.exec(value);
  if (!named) return [];
  const [, before, choice = "", after = ""] = named;
  return choice.split(",").map((one) => `${before}${one}${after}`);
}

function blockOf(node: Node): Block {
  const words = (node.meta ?? "").split(" ").filter(Boolean);
  return { language: node.lang ?? "", words, text: node.value ?? "", line: lineOf(node) };
}
