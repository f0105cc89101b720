import { type PropertySchema, properties } from "../schema/define.ts";
import { ProviderConfiguration as schema } from "../schema/provider-configuration.ts";
import { ownOf, type Tree } from "../values.ts";

/** The variable that each setting comes from; none for what the program or the stack's configuration gives. */
export type Origins = Readonly<Record<string, string | undefined>>;

/** What the schema says of a setting. */
export function settingOf(name: string): PropertySchema | undefined {
  return ownOf(properties(schema), name);
}

/** What the environment gives, as text but for switches. */
export function fromEnvironment(environment: NodeJS.ProcessEnv): Tree {
  return Object.fromEntries(
    Object.entries(properties(schema)).flatMap(([name, { type }]) => {
      const value = environment[variableOf(name, environment) ?? ""]?.trim();
      return value ? [[name, type === "boolean" ? (SWITCHES.get(value.toLowerCase()) ?? value) : value]] : [];
    }),
  );
}

/** As the tools whose variables are read take them. */
const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

/** The variable that gives a setting: the first one that is set. */
export function variableOf(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  return settingOf(name)?.environment?.find((variable) => environment[variable]);
}

/** Where the settings come from that the configuration leaves out. */
export function originsOf(configuration: Tree, environment: NodeJS.ProcessEnv): Origins {
  const left = Object.keys(properties(schema)).filter((name) => configuration[name] === undefined);
  return Object.fromEntries(left.map((name) => [name, variableOf(name, environment)]));
}
