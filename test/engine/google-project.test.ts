import { expect, test } from "vitest";
import { testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";
import { TestStack } from "../support/stack.ts";

const PIPELINE = "pipeline@northwind.iam.gserviceaccount.com";
const PROGRAM = `
project:
  type: gmailsync:GoogleProject
  properties:
    projectId: northwind-new
    parent: folders/42`;

test("a Google project is created once, with the API that mail needs, and stays when the resource goes", async () => {
  const sandbox = await testSandbox();
  const stack = new TestStack(sandbox, { environment: pipelineCredentials(sandbox, PIPELINE) });
  const project = () => sandbox.world.google.projects.find(({ projectId }) => projectId === "northwind-new");
  const posts = () => sandbox.requests.filter(({ method, path }) => method === "POST" && path.includes("/projects"));
  await stack.init(PROGRAM);
  const { code, output } = await stack.up();
  expect(code, output).toBe(0);
  expect(project()).toMatchObject({ parent: "folders/42", services: ["gmail.googleapis.com"] });
  expect((await stack.resource("project"))?.outputs).toMatchObject({
    created: true,
    projectNumber: project()?.number,
  });
  const { length } = posts();
  expect((await stack.preview("--expect-no-changes")).code).toBe(0);
  expect((await stack.destroy()).code).toBe(0);
  expect(posts()).toHaveLength(length);
  expect(project()?.state).toBe("ACTIVE");
});
