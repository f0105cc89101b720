import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import schema from "../../schema/gmailsync.json" with { type: "json" };
import { isThere } from "../support/languages.ts";
import { LONG } from "../support/long.ts";
import { installedPackage, programFolder, ROOT } from "../support/package.ts";
import { temporaryDirectory } from "../support/sandbox.ts";

const run = promisify(execFile);
const TSC = join(ROOT, "node_modules", "typescript", "bin", "tsc");

test("what Pulumi generates for TypeScript is not named as the npm package", () => {
  expect(schema.language.nodejs.packageName).not.toBe(manifest.name);
});

/** No language host for TypeScript is here, so its generator is called without: with Go, in `npm run test:all`. */
test.runIf(LONG)(
  "the classes of the npm package and those of pulumi package add serve one program",
  { timeout: 600_000 },
  async ({ skip }) => {
    if (!isThere({ needs: "go" })) skip("go is not on PATH");
    await installedPackage();
    const [folder, generated] = [programFolder(), temporaryDirectory()];
    const go = ["run", "-mod=readonly", "-tags=osusergo,grpcnotrace", "./gen-sdk"];
    await run("go", [...go, join(ROOT, "schema", "gmailsync.json"), generated], {
      cwd: join(ROOT, "tools", "pulumi"),
      env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" },
    });
    const sdk = join(folder, "sdks", "gmailsync");
    cpSync(join(generated, "nodejs"), sdk, { recursive: true });
    const { name, main } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8"));

    // As the language host links it (nodejs/npm/npm.go of Pulumi's SDK), and npm installs it.
    const project = join(folder, "package.json");
    writeFileSync(project, JSON.stringify({ type: "module", dependencies: { [manifest.name]: manifest.version } }));
    await run("npm", ["pkg", "set", `dependencies.${name}=file:sdks/gmailsync`], { cwd: folder });
    expect(JSON.parse(readFileSync(project, "utf8")).dependencies).toEqual({
      [manifest.name]: manifest.version,
      [name]: "file:sdks/gmailsync",
    });
    const linked = join(folder, "node_modules", name);
    mkdirSync(dirname(linked), { recursive: true });
    symlinkSync(sdk, linked);
    await run(process.execPath, [TSC, "--project", sdk], { cwd: sdk });
    // As its `postinstall` does.
    cpSync(join(sdk, "package.json"), join(sdk, dirname(main), "package.json"));

    writeFileSync(
      join(folder, "index.ts"),
      `import * as pulumi from "@pulumi/pulumi";
import * as generated from "${name}";
import * as classes from "${manifest.name}";

const created: string[] = [];
await pulumi.runtime.setMocks({
  newResource: ({ name, type, inputs }) => {
    created.push(\`\${name} \${type}\`);
    return { id: name, state: { ...inputs, profileId: "given" } };
  },
  call: () => ({}),
});
const profile = new classes.EmailServerProfile("theirs", { oauthClientId: "id", oauthClientSecret: "secret" });
new generated.Mailbox("generated", { emailAddress: "anna@northwind.example", profileId: profile.profileId });
new classes.Mailbox("classes", { emailAddress: "bert@northwind.example", profileId: profile.profileId });
await pulumi.runtime.disconnect();
console.log(created.toSorted().join("\\n"), typeof classes.fleet);
`,
    );
    const options = [
      "--ignoreConfig",
      "--module",
      "nodenext",
      "--target",
      "es2023",
      "--strict",
      "--skipLibCheck",
      "--types",
      "node",
    ];
    const told = await run(process.execPath, [TSC, ...options, "index.ts"], { cwd: folder }).catch((error) => error);
    expect(told.stdout).toBe("");
    const { stdout } = await run(process.execPath, ["index.js"], { cwd: folder });
    expect(stdout).toBe(
      "classes gmailsync:index:Mailbox\ngenerated gmailsync:index:Mailbox\ntheirs gmailsync:index:EmailServerProfile function\n",
    );
  },
);
