import { createServer } from "node:http";
import { atEnd } from "../sandbox.ts";
import type { Place } from "./systems.ts";

/** What Azure DevOps serves of a pull request's threads. */
export async function commentServer(): Promise<Place["comments"]> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      if (body) {
        const { content, comments } = JSON.parse(body);
        received.push(content ?? comments[0].content);
      }
      const value = received.length ? [{ id: 1, comments: [{ id: 1, content: received.at(-1) }] }] : [];
      response.setHeader("content-type", "application/json").end(JSON.stringify({ value }));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  atEnd(() => server.close());
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}/`, received };
}
