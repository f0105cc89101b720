import { createServer } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { EngineWatch } from "../../provider/host/engine-watch.ts";

test("the engine is looked for past the proxy of the environment, also in a process that is not ours", async () => {
  for (const [name, value] of Object.entries({ grpc_proxy: "http://127.0.0.1:1", no_grpc_proxy: "", no_proxy: "" }))
    vi.stubEnv(name, value);
  const engine = createServer();
  const reached = new Promise<string>((resolve) => engine.once("connection", () => resolve("reached")));
  const port = await new Promise((resolve) =>
    engine.listen(0, "127.0.0.1", () => resolve(Reflect.get(Object(engine.address()), "port"))),
  );
  const watch = new EngineWatch(`127.0.0.1:${port}`, () => {});
  onTestFinished(() => {
    watch.stop();
    engine.close();
    vi.unstubAllEnvs();
  });
  expect(await reached).toBe("reached");
});
