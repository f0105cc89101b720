import { pulumiCli } from "../../scripts/pulumi-cli.ts";
import { ROOT } from "./package.ts";

const { version } = await pulumiCli({ root: ROOT, log: () => {} });
const minor = Number(version.split(".")[1]);

/** Exit code of `preview --expect-no-changes` where something changes: 3.216 has none of its own for it, 3.259 has. */
export const CHANGED = minor < 259 ? 255 : 7;

/** Whether the CLI checks all of an archive: 3.259 leaves the last piece of the download out, and so refuses every checksum; 3.274 does not. */
export const TAKES_CHECKSUMS = minor >= 274;
