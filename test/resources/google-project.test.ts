import { beforeAll, describe, expect, test, vi } from "vitest";
import { googleProject } from "../../provider/resources/google-project/definition.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { testDrift } from "../support/drift.ts";
import { type Life, lifeOf } from "../support/life.ts";
import { testSandbox } from "../support/sandbox.ts";
import { pipelineCredentials } from "../support/service-account.ts";

const GMAIL = "gmail.googleapis.com";
const IAM = "iamcredentials.googleapis.com";
const NEW = { projectId: "northwind-new", displayName: "Northwind new", parent: "folders/42", services: [GMAIL, IAM] };

let sandbox: Sandbox;
let life: Life;
const project = (id: string) => sandbox.world.google.projects.find(({ projectId }) => projectId === id);
const there = (id: string) => {
  const found = project(id);
  if (!found) throw new Error(`the sandbox has no project ${id}`);
  return found;
};
const posts = (since: number) =>
  sandbox.requests
    .slice(since)
    .flatMap(({ method, path }) => (method === "POST" && path.includes("/projects") ? [path] : []));

beforeAll(async () => {
  sandbox = await testSandbox();
  // The library of Google reads the process's own environment.
  for (const [name, value] of Object.entries(
    pipelineCredentials(sandbox, "pipeline@northwind.iam.gserviceaccount.com"),
  ))
    vi.stubEnv(name, value);
  life = await lifeOf("GoogleProject", sandbox);
});

describe("a Google project", () => {
  test("that is not there is said to come, and a preview changes nothing", async () => {
    expect(await life.preview(NEW)).toEqual({});
    expect(life.logs).toEqual([
      "info: The project northwind-new does not exist for these credentials, and will be created.",
    ]);
    expect(project("northwind-new")).toBeUndefined();
  });

  test("is created where it belongs, with its APIs", async () => {
    await life.create(NEW);
    expect(there("northwind-new")).toMatchObject({
      displayName: "Northwind new",
      parent: "folders/42",
      services: [GMAIL, IAM],
    });
    expect(life.id).toBe("northwind-new");
    expect(life.outputs).toEqual({ projectNumber: there("northwind-new").number, created: true });
  });

  test("is created once, and left alone while it is as declared", async () => {
    const since = sandbox.requests.length;
    expect(await life.update(NEW)).toBe("nothing");
    expect(posts(since)).toEqual([]);
  });

  test("keeps an API that the program no longer asks for", async () => {
    const since = sandbox.requests.length;
    expect(await life.update({ ...NEW, services: [GMAIL] })).toBe("update");
    expect(posts(since)).toEqual([]);
    expect(there("northwind-new").services).toEqual([GMAIL, IAM]);
    expect(life.outputs["created"]).toBe(true);
    await life.update(NEW);
  });

  test("that exists is adopted, with the API of mail where nothing is declared", async () => {
    const adopted = await lifeOf("GoogleProject", sandbox);
    there("northwind-mail").services = [];
    expect(await adopted.preview({ projectId: "northwind-mail" })).toEqual({ projectNumber: "123456789012" });
    await adopted.create({ projectId: "northwind-mail", displayName: "Another name", parent: "folders/7" });
    expect(adopted.outputs).toEqual({ projectNumber: "123456789012", created: false });
    expect(there("northwind-mail")).toMatchObject({ displayName: "Northwind mail", services: [GMAIL] });
    expect(there("northwind-mail").parent).not.toBe("folders/7");
  });
});

test.each([
  [{ parent: "42" }, /^parent must be organizations\/<number> or folders\/<number>/],
  [{ services: ["gmail"] }, /^services\[0\] must be an API such as gmail\.googleapis\.com/],
  [{ displayName: "Northwind (mail)" }, /^displayName must be 4 to 30 letters/],
  [{ displayName: "Nordwind Müller" }, /^displayName must be 4 to 30 letters/],
  [{ projectId: "N" }, /^projectId must be /],
])("a project that can be none is refused by its property: %j", (wrong, says) => {
  expect(life.failures({ ...NEW, ...wrong })).toEqual([expect.stringMatching(says)]);
});

describe("drift of a project", () => {
  testDrift({
    definition: googleProject,
    life: () => life,
    inputs: () => NEW,
    live: () => structuredClone({ ...there("northwind-new"), services: there("northwind-new").services.toSorted() }),
    drifts: {
      projectId: "it can never be changed",
      displayName: "an existing project keeps its own",
      parent: "an existing project stays where it is",
      services: {
        by: () => {
          there("northwind-new").services = [IAM];
        },
        seen: [IAM],
      },
    },
  });
});

describe("a project that is not as it should be", () => {
  test("is unhealthy while it is marked for deletion, with the page that restores it", async () => {
    there("northwind-new").state = "DELETE_REQUESTED";
    const since = sandbox.requests.length;
    const fresh = await lifeOf("GoogleProject", sandbox);
    await fresh.preview(NEW);
    expect(fresh.logs).toEqual([expect.stringMatching(/^warning: .*is marked for deletion/)]);
    expect(await life.update(NEW)).toBe("update");
    expect(life.problems).toEqual([expect.stringContaining("cloud-resource-manager?pendingDeletion=true")]);
    expect(posts(since)).toEqual([]);
    there("northwind-new").state = "ACTIVE";
    expect(await life.update(NEW)).toBe("nothing");
    expect(life.problems).toEqual([]);
  });

  test("is kept with the reason when its APIs cannot be enabled", async () => {
    const refused = await lifeOf("GoogleProject", sandbox);
    const inputs = { projectId: "northwind-next" };
    sandbox.addFault({
      service: "google",
      path: ":enable",
      times: 1,
      effect: { status: 403, body: { error: { code: 403, status: "PERMISSION_DENIED", message: "No billing" } } },
    });
    await refused.create(inputs);
    expect(refused.problems).toEqual([expect.stringContaining("No billing")]);
    expect(refused.outputs["created"]).toBe(true);
    expect(await refused.update(inputs)).toBe("update");
    expect(refused.problems).toEqual([]);
    expect(refused.outputs["created"]).toBe(true);
    expect(there("northwind-next").services).toEqual([GMAIL]);
  });

  test("is kept with the reason while an API of it cannot be read, and stops nothing else", async () => {
    const mistyped = await lifeOf("GoogleProject", sandbox);
    const inputs = { projectId: "northwind-typo", services: [GMAIL, "gmial.googleapis.com"] };
    await mistyped.create(inputs);
    await mistyped.refresh();
    expect(mistyped.problems).toEqual([
      expect.stringContaining("Not found or permission denied for service(s): gmial"),
    ]);
    expect(mistyped.changes(inputs)).toEqual([]);
    expect(await mistyped.update({ projectId: "northwind-typo" })).toBe("update");
    expect(mistyped.problems).toEqual([]);
    const none = { status: 503, body: { error: { code: 503, status: "UNAVAILABLE", message: "none" } } };
    const fault = sandbox.addFault({ service: "google", path: "/services/", times: 9, effect: none });
    await expect(mistyped.refresh()).rejects.toMatchObject({ kind: "unavailable" });
    fault.remove();
  });

  test.each(["constructor", "__proto__"])(
    "is told like any other refusal where the status is called %s",
    async (status) => {
      const refused = await lifeOf("GoogleProject", sandbox);
      const effect = { status: 400, body: `{"error": {"code": 400, "status": "${status}", "message": "no"}}` };
      const fault = sandbox.addFault({ service: "google", method: "GET", path: "projects", times: 9, effect });
      await expect(refused.create({ projectId: "northwind-named" })).rejects.toMatchObject({
        kind: "failed-precondition",
        code: status,
      });
      fault.remove();
    },
  );

  test("is kept with the reason while these credentials are not shown it: that does not mean it is gone", async () => {
    const { projects } = sandbox.world.google;
    const [hidden] = projects.splice(projects.indexOf(there("northwind-new")), 1);
    await life.refresh();
    expect(life.problems).toEqual([expect.stringContaining("is not shown to these credentials")]);
    expect(life.outputs).toMatchObject({ created: true, projectNumber: hidden?.number });
    const said = /northwind-new \(\d+\) is not shown to these credentials.*roles\/browser.*declare another projectId/;
    const refusal = { kind: "permission-denied", message: expect.stringMatching(said) };
    await expect(life.preview(NEW)).rejects.toMatchObject(refusal);
    await expect(life.update(NEW)).rejects.toMatchObject(refusal);
    if (hidden) projects.push(hidden);
    expect(await life.update(NEW)).toBe("nothing");
  });

  test.each([
    ["SERVICE_DISABLED", "console.developers.google.com/apis/api/cloudresourcemanager"],
    ["ACCESS_TOKEN_SCOPE_INSUFFICIENT", "the scope https://www.googleapis.com/auth/cloud-platform"],
  ])("is not said to be gone where Google looks at nothing: %s", async (reason, says) => {
    const url = "https://console.developers.google.com/apis/api/cloudresourcemanager.googleapis.com/overview?project=1";
    const details = [{ links: [{ url }] }, { reason, domain: "googleapis.com" }];
    const body = { error: { code: 403, status: "PERMISSION_DENIED", message: "refused", details } };
    const refusal = { kind: "failed-precondition", message: expect.stringContaining(says) };
    const fault = sandbox.addFault({
      service: "google",
      path: "/v3/projects",
      times: 9,
      effect: { status: 403, body },
    });
    const fresh = await lifeOf("GoogleProject", sandbox);
    await expect(fresh.preview({ projectId: "northwind-mail" })).rejects.toMatchObject(refusal);
    await expect(fresh.import("northwind-mail")).rejects.toMatchObject(refusal);
    await life.refresh();
    expect(life.problems).toEqual([expect.stringContaining(says)]);
    await expect(life.update(NEW)).rejects.toMatchObject(refusal);
    fault.remove();
    expect(await life.update(NEW)).toBe("nothing");
  });

  test("is created again when Google says that there is none", async () => {
    const { projects } = sandbox.world.google;
    projects.splice(projects.indexOf(there("northwind-new")), 1);
    const none = { status: 404, body: { error: { code: 404, status: "NOT_FOUND", message: "none" } } };
    sandbox.addFault({ service: "google", method: "GET", path: "/v3/projects/northwind-new", times: 1, effect: none });
    expect(await life.update(NEW)).toBe("create");
    expect(there("northwind-new").services).toEqual([GMAIL, IAM]);
  });

  test("of an id that somebody else has is refused, with the role to ask for", async () => {
    const taken = await lifeOf("GoogleProject", sandbox);
    const hidden = { status: 403, body: { error: { code: 403, status: "PERMISSION_DENIED", message: "no" } } };
    sandbox.addFault({
      service: "google",
      method: "GET",
      path: "/v3/projects/northwind-mail",
      times: 1,
      effect: hidden,
    });
    await expect(taken.create({ projectId: "northwind-mail" })).rejects.toMatchObject({
      kind: "permission-denied",
      message: expect.stringMatching(/northwind-mail exists, and these credentials may not see it.*roles\/browser/),
    });
    expect(taken.exists).toBe(false);
  });
});

describe("a project that is there already", () => {
  test.each(["northwind-mail", "123456789012", "projects/northwind-mail", "projects/123456789012"])(
    "is imported as %s, and then has no changes",
    async (id) => {
      const imported = await lifeOf("GoogleProject", sandbox);
      expect(await imported.import(id)).toBe(true);
      expect(imported.id).toBe("northwind-mail");
      expect(imported.inputs).toEqual({ projectId: "northwind-mail", services: [GMAIL] });
      expect(imported.outputs).toEqual({ projectNumber: "123456789012", created: false });
      expect(await imported.update({ projectId: "northwind-mail" })).toBe("nothing");
    },
  );

  test.each([{}, { projectId: "somebody-elses", name: "projects/42" }])(
    "is not believed to be another one, whatever the answer says: %j",
    async (body) => {
      const kept = await lifeOf("GoogleProject", sandbox);
      await kept.import("northwind-mail");
      const fault = sandbox.addFault({
        service: "google",
        path: "/v3/projects/",
        every: 1,
        effect: { status: 200, body },
      });
      await expect(kept.refresh()).rejects.toThrow("the answer is about no such project");
      fault.remove();
      expect(kept.exists).toBe(true);
    },
  );

  test("is not imported by an id that nobody has", async () => {
    expect(await (await lifeOf("GoogleProject", sandbox)).import("northwind-none")).toBe(false);
  });

  test("of another id is another project", async () => {
    expect(life.changes({ ...NEW, projectId: "northwind-mail" })).toEqual(["projectId"]);
    expect(await life.update({ ...NEW, projectId: "northwind-mail" })).toBe("replace");
    expect(life.outputs["created"]).toBe(false);
  });

  test("stays with its APIs when the resource goes, and that is said", async () => {
    const before = structuredClone(sandbox.world.google.projects);
    await life.destroy();
    expect(sandbox.world.google.projects).toEqual(before);
    expect(life.logs.at(-1)).toBe("info: The Google project northwind-mail stays as it is, with its APIs.");
  });
});

test("without credentials it is said where they come from", async () => {
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/no/such/file");
  const without = await lifeOf("GoogleProject", sandbox);
  await expect(without.create({ projectId: "northwind-mail" })).rejects.toThrow("workload identity federation");
});
