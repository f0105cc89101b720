import { beforeAll, expect, test } from "vitest";
import { readGmailSettings } from "../../provider/google/gmail-settings.ts";
import { Deadline } from "../../provider/network/deadline.ts";
import { Network } from "../../provider/network/network.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { atEnd, testSandbox } from "../support/sandbox.ts";

let sandbox: Sandbox;
let network: Network;
beforeAll(async () => {
  sandbox = await testSandbox();
  network = new Network({}, { ...sandbox.environment });
  atEnd(() => network.close());
});

/** What is told where Gmail refuses with these links. */
function refusedWith(...urls: readonly string[]): Promise<unknown> {
  const error = {
    code: 403,
    message: "Gmail API has not been used",
    details: [{ links: urls.map((url) => ({ url })) }],
  };
  const effect = { status: 403, body: { error } };
  const fault = sandbox.addFault({ service: "google", path: "/settings/", times: 2, effect });
  const mailbox = { address: "anna@northwind.example", accessToken: "token", network, deadline: Deadline.after(9000) };
  return readGmailSettings(mailbox)
    .catch((thrown: unknown) => (thrown instanceof Error ? thrown.message : thrown))
    .finally(() => fault.remove());
}

const PAGE = "https://console.cloud.google.com/apis/library/gmail.googleapis.com?project=1";

test("the page that Google names is told", async () => {
  expect(await refusedWith("https://console.evil.example/", PAGE)).toSatisfy((told: string) => told.endsWith(PAGE));
});

test.each([
  "https://console.evil.example/",
  "http://console.cloud.google.com/",
  "https://console.cloud.google.com.evil.example/",
  "https://console.cloud.google.com@evil.example/",
  "https://console.",
])("nobody is sent to %s", async (url) => {
  expect(await refusedWith(url)).not.toContain(url);
});

test("a link is told on one line, and not longer than other texts", async () => {
  const told = await refusedWith(`${PAGE}&x=\nSuccess:\u001b[2J${"x".repeat(100_000)}`);
  expect(told).toMatch(/^.{500,1000}$/);
});
