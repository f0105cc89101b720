import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { basename, join } from "node:path";
import manifest from "../../../package.json" with { type: "json" };
import schema from "../../../schema/gmailsync.json" with { type: "json" };
import { checksum, isHere, TARGETS, writeArchives } from "../../../scripts/build/archives.ts";
import { portOf } from "../../provider/network/on-loopback.ts";
import { LONG } from "../long.ts";
import { installedPackage, ROOT } from "../package.ts";
import { atEnd, temporaryDirectory } from "../sandbox.ts";
import type { Variables } from "./step.ts";

/** What is published beside the npm package. */
export interface Release {
  /** The file `SHA256SUMS`. */
  readonly checksums: string;
  /** Has the CLI fetch from a server on loopback what it fetches from GitHub. */
  readonly environment: Variables;
}

/** The executable has 120 MB, which `npm run test:all` writes and packs; else a script of its name starts the packed plugin. */
export async function release(): Promise<Release> {
  const into = join(temporaryDirectory(), "release");
  const { directory } = await installedPackage();
  const target = TARGETS.filter(isHere);
  if (LONG) await writeArchives({ root: ROOT, dist: directory, into }, target);
  else for (const { os, arch } of target) writeStandIn(into, `${os}-${arch}`, directory);
  const url = await served(into);
  return {
    checksums: join(into, "SHA256SUMS"),
    environment: { PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES: `^${schema.pluginDownloadURL}$=${url}` },
  };
}

function writeStandIn(into: string, platform: string, installed: string): void {
  const plugin = "pulumi-resource-gmailsync";
  const folder = temporaryDirectory();
  const main = join(installed, "provider", "plugin", "main.js");
  writeFileSync(join(folder, plugin), `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`, { mode: 0o755 });
  mkdirSync(into);
  const archive = join(into, `${plugin}-v${manifest.version}-${platform}.tar.gz`);
  execFileSync("tar", ["-czf", archive, "-C", folder, plugin]);
  writeFileSync(join(into, "SHA256SUMS"), checksum(into, archive));
}

async function served(folder: string): Promise<string> {
  const server = createServer(({ url = "" }, response) => {
    const file = join(folder, basename(url));
    if (!existsSync(file)) return response.writeHead(404).end();
    const archive = readFileSync(file);
    // The CLI refuses what is sent without its length.
    return response.setHeader("content-length", archive.length).end(archive);
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  atEnd(() => server.close());
  return `http://127.0.0.1:${portOf(server.address())}`;
}
