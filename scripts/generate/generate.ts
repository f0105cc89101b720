/**
 * `npm run schema`: writes what is generated from the definitions and tables: schemas, classes, the reference under `docs`, and the
 * marked parts of README.md, its index and CONTRIBUTING.md. With `--check` nothing is written, and a file that is stale, missing or
 * no longer generated is an error.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fleet } from "../../provider/resources/fleet/definition.ts";
import { FleetSpec } from "../../provider/resources/fleet/spec.ts";
import { definitions, functions, listingOf } from "../../provider/resources/registry.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { ASSUMPTIONS } from "../../sandbox/assumptions/table.ts";
import { houseTable } from "../boundaries.ts";
import { dependencyTable } from "../dependencies.ts";
import { EXAMPLES_FILE, readmeProgram, translatedExamples } from "../examples.ts";
import { SDK_SOURCE_FILE, sdkSources } from "../sdk-source.ts";
import { assumptionsPage } from "./assumptions.ts";
import { dynamicClasses, fleetValue, pluginClasses, pluginFunctions, pluginProvider } from "./classes.ts";
import { codesPage } from "./codes.ts";
import { identitiesPage } from "./identities.ts";
import { mailboxesSchema } from "./mailboxes-schema.ts";
import { example, exampleInAll } from "./markdown.ts";
import { type Manifest, pulumiSchema } from "./pulumi-schema.ts";
import {
  configurationPage,
  fileOf,
  functionsPage,
  indexTable,
  mailboxesPage,
  RESOURCE_PAGES,
  resourcePage,
  type Shown,
} from "./reference.ts";
import { installationPage, overviewPage, REGISTRY_PAGES } from "./registry.ts";
import { worldSchema } from "./world-schema.ts";

const manifest: Manifest = JSON.parse(readFileSync("package.json", "utf8"));
const resources = await definitions();
const callables = (await functions()).map(({ definition }) => definition);
const listed = Object.fromEntries(
  await Promise.all(
    resources.map(async ({ name }) => {
      const inputs = (await listingOf(name))?.inputs;
      if (!inputs) throw new Error(`${name} is not listed`);
      return [name, inputs] as const;
    }),
  ),
);
const described = [...resources, fleet];

const translated = translatedExamples();
/** Examples that nobody has translated yet. */
const untranslated: string[] = [];
const shown: Shown = (one, level) => {
  const languages = translated.get(one.yaml);
  if (languages) return exampleInAll(one, level, languages);
  untranslated.push(one.title);
  return example(one, level);
};

const readme = readFileSync("README.md", "utf8");
const program = translated.get(readmeProgram(readme));
if (!program) untranslated.push("README.md");
const configuration = configurationPage(ProviderConfiguration);

/** Parts of files that are written by hand, by the name of their marker and the file. */
const PARTS: Readonly<Record<string, (file: string) => string>> = {
  resources: (file) => indexTable(described, dirname(file)),
  house: houseTable,
  dependencies: dependencyTable,
};

const files = new Map<string, string>([
  ["schema/gmailsync.json", json(pulumiSchema(manifest, resources, callables, listed))],
  ["schema/mailboxes.schema.json", json(mailboxesSchema())],
  ["schema/world.schema.json", json(worldSchema())],
  ["provider/sdk/resources.ts", formatted("provider/sdk/resources.ts", pluginClasses(resources))],
  ["provider/sdk/provider.ts", formatted("provider/sdk/provider.ts", pluginProvider(ProviderConfiguration, resources))],
  ["provider/sdk/functions.ts", formatted("provider/sdk/functions.ts", pluginFunctions(callables, resources))],
  ["provider/sdk/fleet-value.ts", formatted("provider/sdk/fleet-value.ts", fleetValue(FleetSpec, resources))],
  ["provider/dynamic/resources.ts", formatted("provider/dynamic/resources.ts", dynamicClasses(resources))],
  ...described.map((definition): [string, string] => [fileOf(definition), resourcePage(definition, shown)]),
  ["docs/configuration.md", configuration],
  ["docs/mailboxes.md", mailboxesPage(FleetSpec, resources)],
  ["docs/functions.md", functionsPage(callables, shown)],
  ["docs/identities.md", identitiesPage()],
  ["docs/codes.md", codesPage()],
  ["docs/assumptions.md", assumptionsPage(ASSUMPTIONS, ".")],
  ...(program ? [[REGISTRY_PAGES.overview, overviewPage(readme, manifest.description, program)] as const] : []),
  [REGISTRY_PAGES.installation, installationPage(readFileSync("docs/how-to/install.md", "utf8"), configuration)],
  ["README.md", withParts("README.md")],
  ["docs/README.md", withParts("docs/README.md")],
  ["CONTRIBUTING.md", withParts("CONTRIBUTING.md")],
]);

const stale = [...files].filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
const left = existsSync(RESOURCE_PAGES)
  ? readdirSync(RESOURCE_PAGES).flatMap((name) => {
      const file = `${RESOURCE_PAGES}/${name}`;
      return files.has(file) ? [] : [file];
    })
  : [];
if (process.argv.includes("--check")) {
  for (const [file] of stale) console.error(`${file} is stale: run \`npm run schema\` and commit the result.`);
  for (const file of left) console.error(`${file} is of no resource: run \`npm run schema\`, which removes it.`);
  const sdks = existsSync(SDK_SOURCE_FILE) && readFileSync(SDK_SOURCE_FILE, "utf8") === sdkSources(".");
  if (!sdks) console.error("The SDKs are stale: run `npm run sdk`, which needs Go, and commit the result.");
  for (const title of untranslated) console.error(`${EXAMPLES_FILE} lacks "${title}": run \`npm run sdk\`, too.`);
  process.exit(stale.length + left.length + untranslated.length === 0 && sdks ? 0 : 1);
}
for (const [file, text] of stale) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`wrote ${file}`);
}
for (const file of left) {
  rmSync(file);
  console.log(`removed ${file}`);
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** As `npm run format` would write it. */
function formatted(file: string, text: string): string {
  const biome = join("node_modules", ".bin", "biome");
  return execFileSync(biome, ["check", "--write", `--stdin-file-path=${file}`], { input: text, encoding: "utf8" });
}

/** Replaces what stands between the two markers of each generated part. */
function withParts(file: string): string {
  return readFileSync(file, "utf8").replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => {
      const part = PARTS[name];
      if (part === undefined) throw new Error(`${file} asks for a generated part "${name}" that does not exist`);
      return `${open}${part(file)}\n${close}`;
    },
  );
}
