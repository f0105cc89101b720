import { beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";
import { TestStack } from "../support/stack.ts";

const PIPELINE = "pipeline@northwind.iam.gserviceaccount.com";
const program = (projectId: string, more = "") => `
project:
  type: gmailsync:GoogleProject
  properties:
    projectId: ${projectId}${more}`;

describe("a Google project", () => {
  let sandbox: Sandbox;
  let stack: TestStack;

  const project = (id: string) => sandbox.world.google.projects.find(({ projectId }) => projectId === id);
  const posts = (since: number) =>
    sandbox.requests
      .slice(since)
      .filter(({ method, path }) => method === "POST" && path.includes("/projects"))
      .map(({ path }) => path);

  beforeAll(async () => {
    sandbox = await testSandbox();
    stack = new TestStack(sandbox, { environment: pipelineCredentials(sandbox, PIPELINE) });
    await stack.init(program("northwind-new", "\n    parent: folders/42"));
  });

  test("is created once, with the API that mail needs; the preview changes nothing", async () => {
    const preview = await stack.preview();
    expect(preview.output).toContain("northwind-new does not exist for these credentials, and will be created");
    expect(project("northwind-new")).toBeUndefined();
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect(project("northwind-new")).toMatchObject({
      displayName: "northwind-new",
      parent: "folders/42",
      services: ["gmail.googleapis.com"],
    });
    expect((await stack.resource("project"))?.outputs).toMatchObject({
      created: true,
      projectNumber: project("northwind-new")?.number,
    });
    const since = sandbox.requests.length;
    expect((await stack.preview("--expect-no-changes")).code).toBe(0);
    expect((await stack.up()).code).toBe(0);
    expect(posts(since)).toEqual([]);
  });

  test("shows an API that somebody disabled on a plain preview, and enables it again", async () => {
    const live = project("northwind-new");
    if (live) live.services = [];
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain("project update [diff: ~services]");
    expect((await stack.up()).code).toBe(0);
    expect(live?.services).toEqual(["gmail.googleapis.com"]);
  });

  test("that is marked for deletion is unhealthy, with the page that restores it", async () => {
    const live = project("northwind-new");
    if (live) live.state = "DELETE_REQUESTED";
    const { code, output } = await stack.preview("--expect-no-changes");
    expect(code).toBe(7);
    expect(output).toContain("cloud-resource-manager?pendingDeletion=true");
    if (live) live.state = "ACTIVE";
    expect((await stack.up()).code).toBe(0);
  });

  test("that exists is adopted, and stays when the resource goes", async () => {
    stack.program(program("northwind-mail"));
    const since = sandbox.requests.length;
    const { code, output } = await stack.up();
    expect(code, output).toBe(0);
    expect((await stack.resource("project"))?.outputs["created"]).toBe(false);
    expect((await stack.destroy()).code).toBe(0);
    expect(posts(since)).toEqual([]);
    expect(sandbox.world.google.projects.map(({ state }) => state)).toEqual(["ACTIVE", "ACTIVE"]);
  });

  test("needs credentials, and says where they come from", async () => {
    const without = new TestStack(sandbox, { environment: { GOOGLE_APPLICATION_CREDENTIALS: "/no/such/file" } });
    await without.init(program("northwind-mail"));
    const { code, output } = await without.up();
    expect(code).not.toBe(0);
    expect(output).toContain("workload identity federation");
  });
});
