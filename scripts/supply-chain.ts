/**
 * Part of `npm run check`: what package-lock.json of this folder brings along, to those who work here and to those who install
 * the package. They get the libraries that are bundled, whose licences the build looks at, and the peers with all that these need.
 */
import { readFileSync } from "node:fs";
import { isAllowedLicence, licenceOf } from "./licences.ts";

const REGISTRY = "https://registry.npmjs.org/";

/** Install scripts that users get, with why: each runs somebody's code on their machines. */
const SCRIPTS: Readonly<Record<string, string>> = {
  protobufjs:
    "comes with gRPC of Pulumi's SDK, which every program has; it only warns of version ranges and may be left out",
};

interface Entry {
  readonly version: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly hasInstallScript?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

type Packages = ReadonlyMap<string, Entry>;

const MODULES = "node_modules/";

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf(MODULES) + MODULES.length);
}

/** Where Node finds a package from another one: beside it, or further out. */
function found(packages: Packages, from: string, name: string): string | undefined {
  const path = `${from}${from && "/"}${MODULES}${name}`;
  if (packages.has(path)) return path;
  return from === "" ? undefined : found(packages, from.slice(0, from.lastIndexOf(MODULES)).replace(/\/$/, ""), name);
}

/** The paths of these packages, and of all that they need. */
function treeOf(packages: Packages, names: readonly string[]): ReadonlySet<string> {
  const tree = new Set(names.flatMap((name) => found(packages, "", name) ?? []));
  // A set's iteration goes on to what is added meanwhile.
  for (const path of tree) {
    const { dependencies, optionalDependencies, peerDependencies } = packages.get(path) ?? {};
    const needed = Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies });
    for (const name of needed) {
      const inner = found(packages, path, name);
      if (inner !== undefined) tree.add(inner);
    }
  }
  return tree;
}

/** What is downloaded has to be what was looked at, wherever it is downloaded from. */
function pinned([path, { integrity, resolved }]: [string, Entry]): readonly string[] {
  return [
    ...(integrity?.startsWith("sha512-") ? [] : [`${path} has no sha512 in \`integrity\``]),
    ...(resolved === undefined || resolved.startsWith(REGISTRY) ? [] : [`${path} is not from ${REGISTRY}`]),
  ];
}

interface Manifest {
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const { peerDependencies = {}, allowScripts = {} }: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
const lock: { readonly packages: Readonly<Record<string, Entry>> } = JSON.parse(
  readFileSync("package-lock.json", "utf8"),
);
const packages: Packages = new Map(Object.entries(lock.packages).filter(([path]) => path !== ""));
const users = treeOf(packages, Object.keys(peerDependencies));
const scripted = [...packages].filter(([, { hasInstallScript }]) => hasInstallScript).map(([path]) => path);
const usersScripts = new Set(scripted.filter((path) => users.has(path)).map(nameOf));

const problems = [
  ...[...packages].flatMap(pinned),
  ...scripted
    .filter((path) => allowScripts[nameOf(path)] !== false)
    .map((path) => `${path} has an install script: \`allowScripts\` of package.json has to say that it does not run`),
  ...[...usersScripts]
    .filter((name) => !Object.hasOwn(SCRIPTS, name))
    .map((name) => `${name} runs an install script at users`),
  ...Object.keys(SCRIPTS)
    .filter((name) => !usersScripts.has(name))
    .map((name) => `${name} has no install script any more: take it out of scripts/supply-chain.ts`),
  ...[...users].flatMap((path) => {
    const licence = licenceOf({ version: "", ...packages.get(path), name: nameOf(path) });
    return isAllowedLicence(licence) ? [] : [`${path} is licensed under ${licence}: may it come with this package?`];
  }),
];

for (const [name, why] of Object.entries(SCRIPTS)) console.log(`known install script: ${name}, ${why}`);
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
