import { expect, test } from "vitest";
import { guidOf } from "../../provider/schema/guid.ts";

const ID = "6f1d2c3b-00aa-4000-8000-0000000000ef";
const PAGE = "https://contoso.crm.dynamics.com/main.aspx";

test.each([
  ["as it is", ID],
  ["in capital letters", ID.toUpperCase()],
  ["in braces", `{${ID.toUpperCase()}}`],
  ["in parentheses", `(${ID})`],
  ["without hyphens", ID.replaceAll("-", "")],
  ["with a line end", `${ID}\n`],
  ["as a page's URL", `${PAGE}?etn=mailbox&pagetype=entityrecord&id=${ID}`],
  ["as a page's URL with braces", `${PAGE}?etc=9606&id=%7b${ID}%7d&pagetype=entityrecord#top`],
])("a GUID is taken %s", (_, text) => {
  expect(guidOf(text)).toBe(ID);
});

test.each([
  ["nothing", ""],
  ["a digit too few", ID.slice(0, -1)],
  ["hyphens at other places", ID.replace("6f1d2c3b-", "6f1d2c-3b")],
  ["a domain", "contoso.onmicrosoft.com"],
  ["a page of no row", `${PAGE}?etn=mailbox&pagetype=entitylist`],
  ["an address that begins with one", `${ID}@northwind.example`],
])("%s is no GUID", (_, text) => {
  expect(guidOf(text)).toBeUndefined();
});
