import { expect } from "vitest";
import type { HttpEffect } from "../../sandbox/faults/fault.ts";
import { matrix } from "./matrix.ts";
import { UP_POINTS } from "./points.ts";
import { SHAPES } from "./world.ts";

const done = true;
const html = (status: number, text: string) => ({ status, headers: { "content-type": "text/html" }, body: text, done });

/** A write is carried out, and this comes back. */
const ANSWERS: Readonly<Record<string, HttpEffect>> = {
  "nothing, ever": "no-answer",
  "half an answer": "half-answer",
  "half an answer in chunks": "half-chunks",
  "a reset": "lost-answer",
  "a firewall's 403": html(403, "<html><title>Blocked</title></html>"),
  "a page of HTML": html(200, "<html><title>Welcome</title></html>"),
  "a gateway's 504": html(504, "<html><title>Gateway Time-out</title></html>"),
  "204 with nothing": { status: 204, body: "", done },
  "an empty list": { status: 200, headers: { "content-type": "application/json" }, body: { value: [] }, done },
};

const cases = Object.entries(UP_POINTS).flatMap(([where, point]) =>
  Object.entries(ANSWERS).flatMap(([what, effect]) =>
    SHAPES.map((shape) => [`${shape}, the answer to ${where} is: ${what}`, { point, effect, shape }] as const),
  ),
);
const groupOf = (name: string) => `an answer is ${name.replace(/^.*: /, "")}`;

matrix(
  "an up of which one write is carried out and its answer lost",
  cases,
  groupOf,
  async (run, { point, effect }) => {
    const fault = run.disturb({ ...point, effect });
    await run.stack.up();
    expect(fault.disturbed).toBe(1);
    await run.converges();
    await run.restores();
  },
);
