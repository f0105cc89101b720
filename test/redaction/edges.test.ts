import { describe, expect, test } from "vitest";
import { dataverseFault } from "../../provider/dataverse/errors.ts";
import { reduced } from "../../provider/dataverse/row.ts";
import { quoted, remoteText } from "../../provider/fault.ts";
import { apiFault } from "../../provider/google/api-fault.ts";
import type { HttpResponse } from "../../provider/network/network.ts";
import { pageFault } from "../../provider/network/page.ts";
import { transportFault } from "../../provider/network/transport-fault.ts";
import { learn, mask } from "../../provider/redaction/secrets.ts";

// What is cut off must cut no secret in two: of less than twelve characters nobody can tell that they are one's beginning.

const SECRET = "Q7w-planted~secret/of+a+client";
learn(SECRET);

const answer = (status: number, text: string, headers = {}): HttpResponse => ({ status, headers, text });
const dataverse = (text: string, headers = {}) =>
  dataverseFault("Reading", { ...answer(400, text, headers), afterLostAnswer: false }).message;
const error = (member: object) => JSON.stringify({ error: { code: "x", message: "y", ...member } });

/** Where somebody's text is cut, and what shows it. */
const PLACES: Readonly<Record<string, (text: string) => string>> = {
  "what a server said": remoteText,
  "the title of a page": (text) => pageFault("x", answer(502, `<html><title>${text}</title>`))?.message ?? "",
  "Dataverse's code": (code) => dataverse(error({ code })),
  "Dataverse's message": (message) => dataverse(error({ message })),
  "Dataverse's request id": (id) => dataverse(error({}), { "x-ms-service-request-id": id }),
  "the name of a row": (name) => quoted(String(reduced("mailboxes", { name })["name"])),
  "Google's status": (status) => apiFault("x", answer(400, error({ status })), "unexpected").message,
  "an error of a library": (text) => transportFault(new Error(text), "contoso.crm.example").message,
};
/** Where something is cut: names, titles, messages, texts. */
const LENGTHS = [40, 64, 80, 120, 200, 400, 512, 2000, 20_000, 60 * 1024, 64 * 1024];

describe.each(Object.entries(PLACES))("%s", (_, shownAs) => {
  test.each([" ", "."])("is cut in no secret, after many of %j", (filler) => {
    for (const length of LENGTHS) {
      for (const left of [5, 11]) {
        const before = filler.repeat(length).slice(0, length - left);
        const shown = mask(shownAs(`${before}${SECRET}`));
        expect(shown, `${length} - ${left}`).not.toMatch(/Q7w|planted/);
      }
    }
  });
});
