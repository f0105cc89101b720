import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Report, reportWithout } from "../../provider/cli/doctor/report.ts";
import { htmlOf } from "../../provider/cli/report/html.ts";
import { MARKDOWN_LIMIT, markdownOf } from "../../provider/cli/report/markdown.ts";
import type { Survey } from "../../provider/cli/report/survey.ts";
import { FORMS } from "../../provider/cli/report.ts";
import { writeMasked } from "../../provider/cli/write-masked.ts";
import { found } from "../../provider/schema/step.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { gmailsync } from "../support/command.ts";
import { ALERT, at, FLEET, mixed, NOT_SIGNED_IN } from "../support/mixed-fleet.ts";
import { changeRow, mailboxRow, temporaryDirectory, testSandbox } from "../support/sandbox.ts";

describe("gmailsync report", () => {
  let sandbox: Sandbox;
  const directory = temporaryDirectory();
  const path = (name: string) => join(directory, name);
  const read = (name: string) => readFileSync(path(name), "utf8");

  beforeAll(async () => {
    sandbox = await testSandbox({ extraUsers: 6 });
    mixed(sandbox);
    changeRow(sandbox, mailboxRow(sandbox, at("anna")), { actdeliverymethod: 0 });
    writeFileSync(
      path("mailboxes.yaml"),
      FLEET.replace("{projectId: northwind-mail}", "{projectId: northwind-mail, audience: external}"),
    );
  });

  const report = (args: readonly string[], environment: NodeJS.ProcessEnv = sandbox.environment) =>
    gmailsync(["report", ...args], environment);

  test("writes all its forms by one look, and ends as doctor does", async () => {
    const forms = ["html", "markdown", "junit", "csv", "json"];
    const seen = sandbox.requests.length;
    const { code, stdout } = await report([
      path("mailboxes.yaml"),
      ...forms.flatMap((form) => [`--${form}`, path(`report.${form}`)]),
    ]);
    expect(code).toBe(1);
    expect(stdout.trimEnd().split("\n").at(-1)).toBe("9 mailboxes: 1 ok, 3 waiting, 3 failed, 2 not activated");
    expect(
      sandbox.requests.slice(seen).filter(({ service, method }) => service === "dataverse" && method !== "GET"),
    ).toEqual([]);

    const page = read("report.html");
    expect(page).toContain("<h1>Mailboxes of contoso.crm.dynamics.com</h1>");
    expect(page.match(/Its user opens the mailbox&#39;s page|Its user opens the mailbox's page/g)).toHaveLength(1);
    expect(page).toContain("5 of 100 places are taken; 95 left");
    expect(page).toContain("&quot;invalid_grant&quot; &lt;b&gt;");
    const { counts, places, mailboxes, testAges } = JSON.parse(read("report.json"));
    expect(counts).toEqual({ all: 9, ok: 1, waiting: 3, failed: 3, unknown: 0, notActivated: 2 });
    expect(places).toEqual([{ project: "northwind-mail", taken: 5, of: 100, others: 0, left: 95 }]);
    expect(testAges).toMatchObject({ "1 to 7 days": 8, "never tested": 1 });
    const drift = mailboxes.map((one: { address: string; drift: string[] }) => [one.address, one.drift]);
    expect(Object.fromEntries(drift)).toMatchObject({
      [at("anna")]: ["appointmentsContactsAndTasks"],
      [at("bert")]: [],
      [at("user0004")]: ["approved"],
    });
    expect(read("report.junit")).toContain('<testsuite name="gmailsync report" tests="9" failures="3"');
    expect(read("report.csv").split("\r\n")).toHaveLength(11);
    const markdown = read("report.markdown");
    expect(markdown).toContain("**9 mailboxes: 1 ok, 3 waiting, 3 failed, 2 not activated**");
    expect(markdown).toContain(ALERT.replace("<b>", "\\<b\\>").replace("invalid_grant", "invalid\\_grant"));
    for (const name of NOT_SIGNED_IN) expect(markdown).toMatch(new RegExp(`^- ${at(name)} <https://\\S+>$`, "m"));
  });

  test("goes to standard output on request, alone", async () => {
    const { stdout } = await report([path("mailboxes.yaml"), "--markdown", "-"]);
    expect(stdout).toMatch(/^## Mailboxes of contoso/);
    expect(stdout.trimEnd()).toMatch(/\| never tested \| 1 \|$/);
    expect(await report([path("mailboxes.yaml"), "--markdown", "-", "--json", "-"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("only one form goes to standard output; name a file for --json"),
    });
  });

  test("tells what a stack has stored without asking anybody, and nothing of what is in no state", async () => {
    const resource = (type: string, inputs: object, outputs: object) => ({
      type: `gmailsync:index:${type}`,
      inputs,
      outputs,
    });
    const webUrl = "https://contoso.crm.dynamics.com/main.aspx?id=1";
    const client = { projectId: "northwind-mail", clientId: "1-a.apps.googleusercontent.com", audience: "external" };
    const resources = [
      resource("GoogleOAuthClient", client, client),
      resource("EmailServerProfile", { oauthClientId: client.clientId }, { profileId: "p" }),
      ...["anna", "bert"].flatMap((name, index) => [
        resource("Mailbox", { emailAddress: at(name), profileId: "p" }, { emailAddress: at(name), webUrl }),
        resource(
          "MailboxActivation",
          {},
          {
            emailAddress: at(name),
            testedOn: "2026-01-01T00:00:00Z",
            steps: [
              { id: "signIn", status: index === 0 ? "ok" : "failed", ...(index === 1 && { code: "NOT_SIGNED_IN" }) },
              ...["incoming", "outgoing"].map((id) => ({ id, status: index === 0 ? "ok" : "skipped" })),
            ],
          },
        ),
      ]),
    ];
    writeFileSync(path("stack.json"), JSON.stringify({ version: 3, deployment: { resources } }));
    const { code, stdout } = await report([path("stack.json"), "--stored", "--json", "-"], {});
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      environmentUrl: "https://contoso.crm.dynamics.com",
      from: "state",
      counts: { all: 2, ok: 1, failed: 1 },
      places: [{ project: "northwind-mail", taken: 2 }],
      mailboxes: [{ status: "ok" }, { code: "NOT_SIGNED_IN", hint: expect.stringContaining(webUrl) }],
    });
    expect(await report([at("anna"), "--stored"])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("nothing is stored of anna@northwind.example"),
    });
  });

  const failed = (address: string, said: string): Report =>
    reportWithout({ address, tolerate: [], activate: true }, { id: "imap", ...found("IMAP_DISABLED", { said }) });
  const surveyOf = (reports: readonly Report[]): Survey => ({
    environmentUrl: undefined,
    at: "2026-01-01T00:00:00Z",
    from: "Dynamics",
    reports,
    rooms: [],
  });

  test("has a Markdown that fits a comment, whatever there is to tell, and says what it leaves out", () => {
    const long = Array.from({ length: 60 }, (_, index) =>
      failed(`user${index}@northwind.example`, `${"x".repeat(2000)}${index}`),
    );
    const markdown = markdownOf(surveyOf(long));
    expect(markdown.length).toBeLessThanOrEqual(MARKDOWN_LIMIT);
    expect(markdown.length).toBeGreaterThan(MARKDOWN_LIMIT - 5000);
    expect(markdown).toMatch(/… and \d+ more lines, which a page \(`--html`\) has\.\n$/);
  });

  test("takes nothing from outside for markup", () => {
    const hostile = `</script><img src=x onerror=alert(1)> "' [a](javascript:b) | \`c\` https://evil.example/"onclick=x`;
    const survey = surveyOf([failed("a@b.example", hostile)]);
    const page = [...htmlOf(survey)].join("");
    expect(page).not.toContain("<img");
    expect(page).toContain('<a href="https://evil.example/" target="_blank" rel="noreferrer">');
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(markdownOf(survey)).toContain(
      "\\</script\\>\\<img src=x onerror=alert(1)\\> \"' \\[a\\](javascript:b) \\| `c` ",
    );
  });

  test("has a page for 5,000 that stays small", () => {
    const many = Array.from({ length: 5000 }, (_, index) => failed(`user${index}@northwind.example`, "no"));
    writeMasked(path("many.html"), htmlOf(surveyOf(many)));
    expect(statSync(path("many.html")).size).toBeLessThan(8_000_000);
    expect(read("many.html").match(/class="mailbox"/g)).toHaveLength(5000);
  });

  // A page of 5,000 took 200 MB as a whole, most of it while secrets were looked for.
  test.each([
    ["html", /class="mailbox"/g],
    ["json", /"address":/g],
    ["junit", /<testcase/g],
    ["csv", /@northwind/g],
  ] as const)("is written a mailbox at a time: %s", (form, one) => {
    const many = Array.from({ length: 50 }, (_, index) => failed(`user${index}@northwind.example`, "no"));
    const counts = [...FORMS[form](surveyOf(many))].map((part) => part.match(one)?.length ?? 0);
    expect(counts.filter((count) => count > 0)).toEqual(many.map(() => 1));
  });
});
