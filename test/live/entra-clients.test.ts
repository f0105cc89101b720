import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { decodeJwt } from "jose";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { IDENTITIES } from "../../sandbox/pipelines/identities.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { APPLICATION_ID, ENVIRONMENT_URL } from "../../sandbox/world/northwind.ts";
import { lastWords, run as tryTo } from "../../scripts/exec.ts";
import { administer, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

const SOURCE = join(import.meta.dirname, "..", "..", "tools", "entra");
/** Modules and packages are fetched once. */
const MAKE_MS = 300_000;
const PATIENCE_MS = 40_000;

const run = promisify(execFile);

interface Library {
  readonly name: string;
  /** By what it signs in on its own. */
  readonly kinds: readonly string[];
  /** The command that signs in; what stands in its way where it cannot be had. */
  make(): Promise<readonly string[] | string>;
}

/** Without an error, or with its last words. */
async function done(command: string, args: readonly string[]): Promise<string | undefined> {
  const options = { cwd: SOURCE, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" }, timeoutMs: MAKE_MS };
  const { code, stderr } = await tryTo(command, args, options);
  return code === 0 ? undefined : lastWords(stderr);
}

/** Microsoft's libraries, unmodified. */
const LIBRARIES: readonly Library[] = [
  {
    name: "azidentity of Go",
    // A library asks the Azure CLI for a token and nothing else, which `test/sandbox` does.
    kinds: Object.keys(IDENTITIES).filter((kind) => kind !== "azure-cli"),
    async make() {
      const program = join(temporaryDirectory(), "entra");
      return (await done("go", ["build", "-mod=readonly", "-o", program])) ?? [program];
    },
  },
  {
    name: "MSAL for Python",
    kinds: ["secret", "certificate", "gitlab", "aks", "managed-identity", "imds"],
    async make() {
      const folder = temporaryDirectory();
      const python = join(folder, "bin", "python");
      const failure =
        (await done("python3", ["-m", "venv", folder])) ??
        (await done(python, ["-m", "pip", "install", "--quiet", "--requirement", "requirements.txt"]));
      return failure ?? [python, join(SOURCE, "sign_in.py")];
    },
  },
];

const made = await Promise.all(LIBRARIES.map(async (library) => ({ ...library, command: await library.make() })));

// Where one cannot be had that is a failure only in CI.
describe.each(made)("$name", { timeout: 60_000 }, ({ name, command, kinds }) => {
  const missing = typeof command === "string" ? command : undefined;
  if (missing !== undefined) console.warn(`Skipped: ${name}. ${missing}`);
  test.runIf(process.env["CI"])("is there", () => expect(missing).toBeUndefined());

  describe.skipIf(missing !== undefined)("and the sandbox", () => {
    let sandbox: Sandbox;
    beforeAll(async () => {
      sandbox = await testSandbox();
    });
    beforeEach(() => sandbox.reset());

    async function signIn(kind: string): Promise<{ readonly token?: string | null; readonly error?: string | null }> {
      const [program = "", ...args] = typeof command === "string" ? [] : command;
      const env = { ...(await sandbox.environmentOf(kind)) };
      return JSON.parse((await run(program, [...args, kind], { env, timeout: PATIENCE_MS })).stdout);
    }

    test.each(kinds)("sign in by %s", async (kind) => {
      const { token, error } = await signIn(kind);
      expect(error ?? undefined).toBeUndefined();
      expect(decodeJwt(token ?? "")).toMatchObject({ appid: APPLICATION_ID, aud: ENVIRONMENT_URL });
    });

    test.each(
      [
        { kind: "github", values: { subject: "repo:northwind/mail:pull_request" }, words: "AADSTS700213" },
        { kind: "azure-devops", values: { granted: "false" }, words: "There is no explicit reference to service" },
        { kind: "gitlab", values: { issuer: "https://gitlab.northwind.example" }, words: "AADSTS700211" },
        { kind: "aks", values: { audience: "api://other" }, words: "AADSTS700212" },
      ].filter(({ kind }) => kinds.includes(kind)),
    )("tell why $kind does not", async ({ kind, values, words }) => {
      await administer(sandbox, "set-pipeline", kind, values);
      expect((await signIn(kind)).error).toContain(words);
    });

    test("tell of a certificate that is over", async () => {
      await sandbox.environmentOf("certificate");
      await administer(sandbox, "move-clock", "+400");
      expect((await signIn("certificate")).error).toContain("AADSTS700027");
    });
  });
});
