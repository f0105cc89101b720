import { globSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { type Document, documentOf } from "./markdown.ts";

/** The front page and the pages behind it, whose blocks have to be proven; those of the Pulumi Registry are made of these. */
export const PAGES = ["README.md", "docs/**/!(_index|installation-configuration).md"];
/** What is written for those who work on it; links are looked at in all. */
const OTHERS = ["*.md", "docs/**/*.md", "examples/**/*.md", "bench/*.md", "tools/**/*.md"];

/** The page that leads to all below `docs`. */
export const INDEX = "docs/README.md";

export function documentsOf(root: string, patterns: readonly string[]): readonly Document[] {
  const files = globSync([...patterns], { cwd: root, exclude: ["**/node_modules/**"] });
  const names = [...new Set(files.map((file) => file.replaceAll(sep, "/")))].toSorted();
  return names.map((file) => documentOf(file, readFileSync(join(root, file), "utf8")));
}

export function allDocuments(root: string): readonly Document[] {
  return documentsOf(root, [...PAGES, ...OTHERS]);
}
