import { expect, test } from "vitest";
import { refuseCopies } from "../../scripts/build/bundles.ts";

const MODULES = "node_modules/";
const GAXIOS = `${MODULES}gaxios/build/cjs/src/gaxios.js`;
const AUTH = `${MODULES}google-auth-library/build/src/auth/googleauth.js`;

test("bundles with one google-auth-library and one gaxios are let through", () => {
  expect(() => refuseCopies(new Set([GAXIOS, AUTH, "provider/google/fetch-over.ts"]))).not.toThrow();
});

test.each([
  ["gaxios of another version", `${MODULES}googleapis-common/${GAXIOS}`],
  ["gaxios once more, as ESM", `${MODULES}gaxios/build/esm/src/gaxios.js`],
  ["google-auth-library of another version", `${MODULES}googleapis-common/${AUTH}`],
])("bundles with %s are refused, and the copy is named", (_, copy) => {
  expect(() => refuseCopies(new Set([GAXIOS, AUTH, copy]))).toThrow(copy);
});
