import { chmodSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeWhole } from "../provider/write-whole.ts";
import { temporaryDirectory } from "./support/sandbox.ts";

test.each([
  ["keeps to itself what others could not read", 0o600, undefined, 0o600],
  ["leaves its group what it could do, whatever the umask", 0o664, undefined, 0o664],
  ["takes from others what they are not to read any more", 0o644, 0o600, 0o600],
  ["gives its owner nothing that was taken", 0o400, 0o600, 0o400],
])("a file that is written anew %s", (_, before, most, after) => {
  const file = join(temporaryDirectory(), "file");
  writeFileSync(file, "old");
  chmodSync(file, before);
  writeWhole(file, "new", most);
  expect(statSync(file).mode & 0o777).toBe(after);
});
