import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createSecureServer } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { pulumiCli } from "../../scripts/pulumi-cli.ts";
import { isReachable } from "../../scripts/pulumi-installer.ts";
import { ConnectProxy } from "../provider/network/connect-proxy.ts";
import { portOf } from "../provider/network/on-loopback.ts";
import { Authority } from "../provider/network/tls.ts";
import { ROOT } from "../support/package.ts";

const PINNED = "3.274.1";

let root: string;
let tools: string;
let lines: string[];
const log = (line: string): unknown => lines.push(line);

/** A clone with nothing but go.mod, a PATH with nothing but one empty folder, and a proxy that refuses everything. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "pulumi-cli-test-"));
  tools = join(root, "tools-on-path");
  lines = [];
  mkdirSync(tools);
  mkdirSync(join(root, "tools", "pulumi"), { recursive: true });
  copyFileSync(join(import.meta.dirname, "../../tools/pulumi/go.mod"), join(root, "tools", "pulumi", "go.mod"));
  vi.stubEnv("PATH", tools);
  vi.stubEnv("HTTPS_PROXY", "http://127.0.0.1:1");
  vi.stubEnv("NO_PROXY", "");
  vi.stubEnv("no_proxy", "");
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(root, { recursive: true, force: true });
});

function program(file: string, body: string): string {
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, `#!/bin/sh\nPATH=/usr/bin:/bin\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Stands in for an installed Pulumi, as far as it is asked for its version. */
function installed(directory: string, version: string): string {
  program(join(directory, "pulumi-language-yaml"), "exit 0");
  return program(join(directory, "pulumi"), `echo "v${version}"`);
}

/** Stands in for Go: answers \`go env\`, and "builds" by \`build\`, with the output folder in $out. */
function go(version: string, build: string): void {
  program(
    join(tools, "go"),
    `if [ "$1" = env ]; then printf '%s\\n' "${version}" "local" "${root}/go-build" "${root}/go-mod"; exit 0; fi
echo "$@" >> "${root}/go-calls"
while [ "$1" != -o ]; do shift; done
out=$2
${build}`,
  );
}

const builds = (version: string): string => `
for name in pulumi pulumi-language-yaml; do printf '#!/bin/sh\\necho v${version}\\n' > "$out/$name"; chmod 755 "$out/$name"; done`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("an installed CLI", () => {
  it("on PATH is taken when it is recent enough and has its YAML language host", async () => {
    const command = installed(tools, "3.259.0");
    expect(await pulumiCli({ root, log })).toEqual({ command, directory: tools, version: "3.259.0", origin: "path" });
    expect(lines).toEqual([]);
  });

  it("on PATH is passed over when it is too old, and what an earlier run left is taken", async () => {
    installed(tools, "3.215.9");
    const directory = join(root, ".gmailsync", "pulumi", "bin");
    const command = installed(directory, PINNED);
    expect(await pulumiCli({ root, log })).toEqual({ command, directory, version: PINNED, origin: "cache" });
  });

  it("on PATH is passed over without its YAML language host", async () => {
    rmSync(join(installed(tools, "3.300.0"), "..", "pulumi-language-yaml"));
    const directory = join(root, ".gmailsync", "pulumi", "bin");
    installed(directory, PINNED);
    expect((await pulumiCli({ root, log })).directory).toBe(directory);
  });
});

/** Stands in for get.pulumi.com, by a proxy: every page is a script that installs a CLI of the version that it is asked for. */
async function installerWebsite(): Promise<void> {
  const script = `PATH=/usr/bin:/bin
[ "$2" = --install-root ] && [ "$4" = --version ] || exit 1
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho v%s\\n' "$5" > "$3/bin/pulumi"
cp "$3/bin/pulumi" "$3/bin/pulumi-language-yaml"
chmod 755 "$3"/bin/*
`;
  vi.stubEnv("PATH", "/usr/bin:/bin"); // for openssl
  const authority = await Authority.make();
  const server = createSecureServer(await authority.leaf(["get.pulumi.com"]), (_, response) => response.end(script));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const proxy = await ConnectProxy.start(portOf(server.address()));
  onTestFinished(async () => {
    await proxy[Symbol.asyncDispose]();
    server.close();
    await authority[Symbol.asyncDispose]();
  });
  vi.stubEnv("PATH", tools);
  vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${proxy.port}`);
  vi.stubEnv("NODE_EXTRA_CA_CERTS", authority.file);
}

describe("where there is no Pulumi", () => {
  it("has the official installer put it where the tutorials look for it, and finds it the next time", async () => {
    await installerWebsite();
    const directory = join(root, ".gmailsync", "pulumi", "bin");
    const made = { command: join(directory, "pulumi"), directory, version: PINNED };
    expect(await pulumiCli({ root, log })).toEqual({ ...made, origin: "installer" });
    expect(await pulumiCli({ root, log })).toEqual({ ...made, origin: "cache" });
    for (const page of ["tutorial.md", "tutorial-fleet.md"])
      expect(readFileSync(join(ROOT, "docs", page), "utf8")).toContain(":/path/to/clone/.gmailsync/pulumi/bin:");
  });

  it("builds with Go after the official installer failed, and finds the result the next time", async () => {
    go("go1.26.1", builds(PINNED));
    const directory = join(root, ".gmailsync", "pulumi", "bin");
    const made = { command: join(directory, "pulumi"), directory, version: PINNED };
    expect(await pulumiCli({ root, log })).toEqual({ ...made, origin: "go" });
    expect(lines.join("\n")).toContain("building with Go from tools/pulumi; takes about 4 minutes, once");
    expect(readFileSync(join(root, "go-calls"), "utf8")).toContain(`version.Version=v${PINNED} `);
    expect(await pulumiCli({ root, log })).toEqual({ ...made, origin: "cache" });
    expect(readdirSync(join(root, ".gmailsync", "pulumi"))).toEqual(["bin"]);
  });

  it("replaces what an earlier run left when go.mod names another version", async () => {
    installed(join(root, ".gmailsync", "pulumi", "bin"), "3.200.0");
    go("go1.26.1", builds(PINNED));
    expect(await pulumiCli({ root, log })).toMatchObject({ version: PINNED, origin: "go" });
  });

  it("builds once for two that ask at the same time", async () => {
    go("go1.26.1", `sleep 0.5${builds(PINNED)}`);
    const both = await Promise.all([pulumiCli({ root, log }), pulumiCli({ root, log })]);
    expect(both.map(({ origin }) => origin).sort()).toEqual(["cache", "go"]);
    expect(readFileSync(join(root, "go-calls"), "utf8").trim().split("\n")).toHaveLength(1);
  });

  it("ends the build when cancelled, and leaves nothing that looks finished", async () => {
    go("go1.26.1", `echo started >&2; sleep 600 & echo $! > "${root}/sleeper"; wait`);
    const cancel = new AbortController();
    const asking = pulumiCli({ root, log, signal: cancel.signal });
    asking.catch(() => {});
    await expect.poll(() => existsSync(join(root, "sleeper")), { timeout: 15_000 }).toBe(true);
    cancel.abort(new Error("cancelled by the test"));
    await expect(asking).rejects.toThrow("cancelled by the test");
    const sleeper = Number(readFileSync(join(root, "sleeper"), "utf8"));
    await expect.poll(() => isAlive(sleeper), { timeout: 5_000 }).toBe(false);
    expect(readdirSync(join(root, ".gmailsync", "pulumi"))).toEqual([]);
    expect(existsSync(join(root, ".gmailsync", "pulumi.lock"))).toBe(false);
  });

  it("says why each way failed and what to do", async () => {
    installed(tools, "3.100.0");
    go("go1.20.3", "exit 1");
    const message = await pulumiCli({ root, log }).then(String, (error: Error) => error.message);
    expect(message).toContain(`${join(tools, "pulumi")} is 3.100.0, wanted is 3.259 or newer`);
    expect(message).toContain("the official installer failed: ");
    expect(message).toContain(`${join(tools, "go")} is go1.20.3, wanted is go1.26 or newer`);
    for (const page of ["https://www.pulumi.com/docs/install/", "HTTPS_PROXY", "https://go.dev/doc/install"]) {
      expect(message).toContain(page);
    }
  });

  it("passes on what Go said when the build fails", async () => {
    go("go1.26.1", `echo "go: example.com/module@v1.0.0: no such host" >&2; exit 1`);
    await expect(pulumiCli({ root, log })).rejects.toThrow(
      /go build in .* failed: go: example.com\/module.*no such host/,
    );
    expect(readdirSync(join(root, ".gmailsync", "pulumi"))).toEqual([]);
  });
});

it("tells a reachable host from one that is not", async () => {
  const server = createServer((socket) => socket.destroy());
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  expect(await isReachable("127.0.0.1", port, 3_000)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await isReachable("127.0.0.1", port, 3_000)).toBe(false);
});
