/** Licences (SPDX) under which code and data may come with this package. */
const ALLOWED: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  // Data only.
  "CC-BY-3.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "Python-2.0",
]);

/** Whether a licence as packages name it is allowed: of `A OR B` one has to be, of `A AND B` both. */
export function isAllowedLicence(licence: unknown): boolean {
  if (typeof licence !== "string") return false;
  const expression = licence.replace(/^\((.*)\)$/, "$1");
  return expression.split(" OR ").some((choice) => choice.split(" AND ").every((one) => ALLOWED.has(one)));
}

/** Licences of packages that name none, or not as SPDX does, read in their files. */
const READ: Readonly<Record<string, string>> = {
  "@logdna/tail-file@2.2.0": "MIT",
  "url-template@2.0.8": "BSD-3-Clause",
};

/** The licence of a package with this manifest. */
export function licenceOf(manifest: {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
}): unknown {
  return READ[`${manifest.name}@${manifest.version}`] ?? manifest.license;
}
