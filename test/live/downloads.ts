import { accessSync, constants } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../.gmailsync/live");

/** What `install.sh` fetches without installing it. */
export const downloads = {
  exim: join(folder, "exim/usr/sbin/exim4"),
  greenMail: join(folder, "greenmail-standalone-2.1.8.jar"),
} as const;

export function executable(path: string): boolean {
  return accessible(path, constants.X_OK);
}

export function readable(path: string): boolean {
  return accessible(path, constants.R_OK);
}

function accessible(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
