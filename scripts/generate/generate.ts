/**
 * Writes what is generated from the definitions: `schema/gmailsync.json`, `schema/mailboxes.schema.json` and the tables of README.md.
 * With `--check` nothing is written, and a stale file is an error.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { definitions } from "../../provider/resources/all.ts";
import { fleet } from "../../provider/resources/fleet/definition.ts";
import { ProviderConfiguration } from "../../provider/schema/provider-configuration.ts";
import { dynamicClasses, pluginClasses } from "./classes.ts";
import { mailboxesSchema } from "./mailboxes-schema.ts";
import { pulumiSchema } from "./pulumi-schema.ts";
import { markdownTables } from "./reference.ts";

const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const files: Record<string, string> = {
  "schema/gmailsync.json": `${JSON.stringify(pulumiSchema(version), null, 2)}\n`,
  "schema/mailboxes.schema.json": `${JSON.stringify(mailboxesSchema(), null, 2)}\n`,
  "provider/sdk/resources.ts": formatted("provider/sdk/resources.ts", pluginClasses(definitions)),
  "provider/dynamic/resources.ts": formatted("provider/dynamic/resources.ts", dynamicClasses(definitions)),
  "README.md": withTables(existsSync("README.md") ? readFileSync("README.md", "utf8") : ""),
};

const stale = Object.entries(files).filter(([file, text]) => !existsSync(file) || readFileSync(file, "utf8") !== text);
if (process.argv.includes("--check")) {
  for (const [file] of stale) console.error(`${file} is stale: run \`npm run schema\` and commit the result.`);
  process.exit(stale.length === 0 ? 0 : 1);
}
for (const [file, text] of stale) {
  writeFileSync(file, text);
  console.log(`wrote ${file}`);
}

/** As `npm run format` would write it. */
function formatted(file: string, text: string): string {
  const biome = join("node_modules", ".bin", "biome");
  return execFileSync(biome, ["check", "--write", `--stdin-file-path=${file}`], { input: text, encoding: "utf8" });
}

/** Replaces what stands between the two markers of each generated part. */
function withTables(text: string): string {
  const tables = markdownTables(ProviderConfiguration, [...definitions, fleet]);
  return text.replace(
    /(<!-- generated: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, open: string, name: string, close: string) => {
      const table = tables[name];
      if (table === undefined) throw new Error(`README.md asks for a generated part "${name}" that does not exist`);
      return `${open}${table}\n${close}`;
    },
  );
}
