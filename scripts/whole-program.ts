import { parse } from "yaml";

/** What examples name and do not repeat each time, in Pulumi YAML. */
const RESOURCES: Readonly<Record<string, string>> = {
  google: `
type: gmailsync:GoogleOAuthClient
properties:
  projectId: northwind-mail
  clientId: \${googleClientId}
  clientSecret: \${googleClientSecret}`,
  gmail: `
type: gmailsync:EmailServerProfile
properties:
  name: Gmail
  oauthClientId: \${googleClientId}
  oauthClientSecret: \${googleClientSecret}`,
  anna: `
type: gmailsync:Mailbox
properties:
  emailAddress: anna@northwind.example
  profileId: \${gmail.profileId}`,
};

const SECRET = /(Secret|Token|Password|Key)$/;

interface Setting {
  readonly type: string;
  readonly secret?: boolean;
}

export interface WholeProgram {
  readonly name: string;
  readonly runtime: "yaml";
  readonly config: Readonly<Record<string, Setting>>;
  readonly resources: Readonly<Record<string, unknown>>;
}

/** An example with the resources and the configuration that it names and does not have. */
export function wholeProgram(text: string): WholeProgram {
  const { config = {}, resources = {}, variables, ...rest } = Object(parse(text));
  const own = { ...resources, ...variables };
  const named = new Set(namesIn(text));
  const added: Record<string, unknown> = {};
  // A set's iteration goes on to what is added meanwhile.
  for (const name of named) {
    const resource = RESOURCES[name];
    if (resource === undefined || name in own) continue;
    added[name] = parse(resource);
    for (const further of namesIn(resource)) named.add(further);
  }
  const settings = [...named].filter((name) => !(name in own || name in added || name in config));
  return {
    name: "example",
    runtime: "yaml",
    config: { ...config, ...Object.fromEntries(settings.map((name) => [name, settingOf(name)])) },
    ...(variables && { variables }),
    resources: { ...Object.fromEntries(Object.entries(added).toReversed()), ...resources },
    ...rest,
  };
}

function settingOf(name: string): Setting {
  return { type: "string", ...(SECRET.test(name) && { secret: true }) };
}

/** The first names of `${…}`: resources, variables or settings. */
function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{(\w+)/g)].map(([, name = ""]) => name).filter((name) => name !== "pulumi");
}
