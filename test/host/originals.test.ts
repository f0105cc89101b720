import {
  appendFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { OriginalsFile } from "../../provider/host/originals.ts";
import { MEMORY, temporaryDirectory } from "../support/sandbox.ts";

const URN = "urn:pulumi:test::test::gmailsync:index:Mailbox::anna";
const ANOTHERS = "somebody else's\n";

let home: string;
let anothers: string;
beforeEach(() => {
  home = temporaryDirectory(MEMORY);
  anothers = join(home, "anothers.txt");
  writeFileSync(anothers, ANOTHERS);
});

const nextRun = () => new OriginalsFile("https://contoso.crm.dynamics.com", { PULUMI_HOME: home });
const folder = () => join(home, "gmailsync", "originals");
/** The one file of the stack. */
const file = () => join(folder(), readdirSync(folder()).find((name) => name.endsWith(".jsonl")) ?? "none");

test("lines that are settled are taken out, beside whatever stands under another name", () => {
  const originals = nextRun();
  originals.keep(URN, "stays", { approval: 1 });
  for (let count = 0; count < 150; count++) {
    originals.keep(URN, "goes", { count });
    originals.settle(URN, "goes");
  }
  const planted = `${file()}.${process.pid}.tmp`;
  symlinkSync(anothers, planted);
  expect(nextRun().of(URN, "stays")).toEqual({ approval: 1 });
  expect(readFileSync(file(), "utf8")).toBe('{"key":"stays","value":{"approval":1}}\n');
  expect([lstatSync(file()).isFile(), lstatSync(file()).mode & 0o777]).toEqual([true, 0o600]);
  expect(readFileSync(anothers, "utf8")).toBe(ANOTHERS);
  expect(readdirSync(folder())).toHaveLength(2);
});

test("a line that a full disk has torn takes no other with it", () => {
  nextRun().keep(URN, "anna", { approval: 1 });
  appendFileSync(file(), '{"key":"bert","val');
  nextRun().keep(URN, "carl", { approval: 3 });
  expect(nextRun().keys(URN)).toEqual(["anna", "carl"]);
});

test("a link in the place of the file is neither read nor written through, which is told once", () => {
  nextRun().keep(URN, "anna", { approval: 1 });
  const [real, place] = [join(home, "moved.jsonl"), file()];
  renameSync(file(), real);
  symlinkSync(real, place);
  const before = readFileSync(real, "utf8");
  const originals = nextRun();
  expect(originals.of(URN, "anna")).toBeUndefined();
  expect(originals.keep(URN, "bert", { approval: 2 })).toBe(
    `How mailboxes were before cannot be kept in ${place}: it is a link. A run that is killed may lose it.`,
  );
  expect(originals.keep(URN, "carl", { approval: 2 })).toBeUndefined();
  expect(originals.of(URN, "bert")).toEqual({ approval: 2 });
  expect(readFileSync(real, "utf8")).toBe(before);
});

test("so it is with what is no file at all", () => {
  nextRun().keep(URN, "anna", { approval: 1 });
  const place = file();
  renameSync(place, join(home, "moved.jsonl"));
  mkdirSync(place);
  expect(nextRun().keep(URN, "bert", { approval: 2 })).toContain("it is no regular file");
});
