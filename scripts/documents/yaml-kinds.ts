import { parse } from "yaml";

/** What a block of YAML is, by a word at its top. */
const KINDS = {
  resources: "program",
  variables: "program",
  plugins: "project",
  mailboxes: "fleet",
  clients: "fleet",
  users: "world",
} as const;

export type YamlKind = (typeof KINDS)[keyof typeof KINDS];

/** Undefined where it is none of those that are checked. */
export function yamlKindOf(text: string): YamlKind | undefined {
  const tops = new Set(Object.keys(Object(parse(text, { logLevel: "error" }))));
  return Object.entries(KINDS).find(([top]) => tops.has(top))?.[1];
}
