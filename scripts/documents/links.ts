import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { HOME } from "../generate/registry.ts";
import type { Document } from "./markdown.ts";

/** Links to files of the repository are relative, or to it as it is at home; what else has a scheme is not looked at. */
const SCHEME = /^[a-z][a-z0-9+.-]*:/i;

/** What is wrong with the links of these documents, as lines for people. */
export function brokenLinks(root: string, documents: readonly Document[]): readonly string[] {
  const byFile = new Map(documents.map((document) => [document.file, document]));
  return documents.flatMap(({ file, links }) =>
    links.flatMap(({ target, line }) => {
      const atHome = target.startsWith(`${HOME}/`);
      if (SCHEME.test(target) && !atHome) return [];
      const [path = "", anchor] = decodeURI(atHome ? target.slice(HOME.length + 1) : target).split("#");
      const named = path === "" ? file : posix.join(atHome ? "" : posix.dirname(file), path);
      if (!existsSync(join(root, named))) return [`${file}:${line}: there is no ${named}`];
      if (anchor === undefined || !named.endsWith(".md")) return [];
      return byFile.get(named)?.anchors.has(anchor) ? [] : [`${file}:${line}: ${named} has no heading #${anchor}`];
    }),
  );
}

/** Tests that are named, with or without their ending, and are not there. */
export function goneTests(root: string, documents: readonly Document[]): readonly string[] {
  return documents.flatMap(({ file, tests }) =>
    tests.flatMap(({ target, line }) =>
      [target, `${target}.test.ts`].some((name) => existsSync(join(root, name)))
        ? []
        : [`${file}:${line}: there is no test ${target}`],
    ),
  );
}

/** Pages that the index of the documents does not lead to. */
export function unlinked(documents: readonly Document[], index: string): readonly string[] {
  const folder = posix.dirname(index);
  const linked = new Set(
    documents
      .filter(({ file }) => file === index)
      .flatMap(({ links }) => links.map(({ target }) => posix.join(folder, target.replace(/#.*/, "")))),
  );
  return documents
    .filter(({ file }) => file.startsWith(`${folder}/`) && file !== index && !linked.has(file))
    .map(({ file }) => `${index} does not lead to ${file}`);
}
