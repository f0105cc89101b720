import { expect, test } from "vitest";
import { hostKey, otherHosts } from "../../provider/schema/mail-hosts.ts";

test.each(["imap.gmail.com", "SMTP.Gmail.Com", "pop.gmail.com.", "imap.googlemail.com", "ｉmap.gmail.com"])(
  "%s is one of Gmail's hosts",
  (host) => {
    expect(otherHosts([host], [])).toEqual([]);
  },
);

test.each([
  "imap.gmail.com.evil.example",
  "evil-imap.gmail.com",
  "gmail.com",
  "imap.gmail.com..",
  "imap.gmail.com/evil.example",
  "imap.gmail.com@evil.example",
  "imap.gmаil.com",
  "127.0.0.1",
])("%s is none of Gmail's hosts", (host) => {
  expect(otherHosts([host, "smtp.gmail.com", null], [])).toEqual([host]);
});

test("a host is allowed in every spelling, and those below it are not", () => {
  const allowed = ["Mäil.Own.Example."];
  expect(otherHosts(["mäil.own.example", "xn--mil-qla.own.example", "MÄIL.OWN.EXAMPLE."], allowed)).toEqual([]);
  expect(otherHosts(["a.mäil.own.example", "own.example"], allowed)).toEqual(["a.mäil.own.example", "own.example"]);
});

test("what is connected to is what was compared", () => {
  expect(hostKey("ｉmap.Gmail.com.")).toBe("imap.gmail.com");
});
