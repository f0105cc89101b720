import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isAllowedLicence, licenceOf } from "../licences.ts";

const NOTICE = /^(licen[cs]e|copying|notice)/i;
const RULE = "-".repeat(80);

/** The text of `THIRD-PARTY-NOTICES.txt`: whose code went into the bundles, and under which terms. */
export function thirdPartyNotices(root: string, inputs: Iterable<string>): string {
  const folders = new Set([...inputs].flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []));
  const notices = [...folders].map((folder) => notice(join(root, folder)));
  return [
    "The files of this package hold code of the following packages.",
    ...new Set(notices.toSorted((a, b) => a.localeCompare(b, "en"))),
  ].join(`\n\n${RULE}\n\n`);
}

function notice(folder: string): string {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const { name, version, author, repository } = manifest;
  const license = licenceOf(manifest);
  if (!isAllowedLicence(license))
    throw new Error(`${name} ${version} is licensed under ${license}: may it go into the package?`);
  const texts = readdirSync(folder)
    .filter((file) => NOTICE.test(file))
    .map((file) => readFileSync(join(folder, file), "utf8").trim());
  const holder = `Copyright ${author?.name ?? author}, ${repository?.url ?? repository}`;
  return [`${name} ${version}, ${license}`, ...(texts.length > 0 ? texts : [holder])].join("\n\n");
}
