import type { Fault, HttpEffect } from "../../sandbox/faults/fault.ts";
import { matrix } from "./matrix.ts";
import { SHAPES, writeProgram } from "./world.ts";

const html = (status: number) => ({ status, headers: { "content-type": "text/html" }, body: "<html>blocked</html>" });
const json = (status: number, body: unknown, headers = {}) => ({
  status,
  headers: { "content-type": "application/json", ...headers },
  body,
});

/** From the second request on: the first one asks who is there. */
const always = (effect: HttpEffect): Fault => ({ service: "dataverse", path: "/api/data/", nth: 2, every: 1, effect });
const often = (effect: HttpEffect): Fault => ({ service: "dataverse", path: "/api/data/", every: 3, effect });
const once = (effect: HttpEffect): Fault => ({ service: "dataverse", path: "/api/data/", nth: 3, effect });

const FAULTS: Readonly<Record<string, Fault>> = {
  "Dataverse cuts every connection": always("reset"),
  "Dataverse cuts every third connection": often("reset"),
  "Dataverse gives half answers": often("half-answer"),
  "Dataverse gives half answers in chunks": often("half-chunks"),
  "Dataverse hangs once": once("hang"),
  "Dataverse answers 500": always(json(500, { error: { code: "0x80040216", message: "Unexpected." } })),
  "a gateway answers 502": always(html(502)),
  "Dataverse answers 503 and asks to wait": often(json(503, {}, { "retry-after": "1" })),
  "Dataverse throttles": { ...often(json(429, {}, { "retry-after": "1" })), times: 5 },
  "Dataverse throttles without a word of how long": { ...often(json(429, {})), times: 3 },
  "Dataverse takes the token no more, once": once({ status: 401 }),
  "Dataverse takes no token": always({ status: 401 }),
  "a firewall answers 403": always(html(403)),
  "a page says 404": always(html(404)),
  "Dataverse leads elsewhere": always({ status: 302, headers: { location: "https://login.example/" } }),
  "a page of HTML comes back": always(html(200)),
  "204 comes back with nothing": always({ status: 204 }),
  "an empty list comes back": always(json(200, { value: [] })),
  "Dataverse is slow": { ...often({ delayMs: 1500 }), times: 6 },
  "Dataverse shows rows as they were": { ...often({ staleMs: 4000 }) },
  "Dataverse's clock is two hours ahead": { ...always({ skewMs: 7_200_000 }), nth: 1 },
  "Entra is out of order": { service: "entra", every: 1, effect: json(500, { error: "server_error" }) },
  "Entra throttles for an hour": { service: "entra", every: 1, effect: json(429, {}, { "retry-after": "3600" }) },
  "a page of HTML is in Entra's place": { service: "entra", every: 1, effect: html(200) },
  "Google cuts every connection": { service: "google", every: 1, effect: "reset" },
  "Google answers 500": { service: "google", every: 1, effect: json(500, {}) },
  "Google throttles": { service: "google", every: 1, effect: json(429, {}) },
  "Gmail's IMAP cuts every connection": { service: "imap", command: "CONNECT", every: 1, effect: "reset" },
  "Gmail's IMAP hangs": { service: "imap", command: "AUTHENTICATE", every: 1, effect: "hang" },
  "Gmail's IMAP is too busy": {
    service: "imap",
    command: "GREETING",
    every: 1,
    effect: { reply: "* BYE Too busy", close: true },
  },
  "Gmail's SMTP has no TLS": {
    service: "smtp",
    command: "STARTTLS",
    every: 1,
    effect: { reply: "454 4.7.0 TLS not available" },
  },
  "Gmail's SMTP gives half answers": { service: "smtp", command: "AUTH", every: 1, effect: "half-answer" },
};

const COMMANDS = {
  up: ["up", "--yes", "--skip-preview"],
  "an up with a change": ["up", "--yes", "--skip-preview"],
  "a first up": ["up", "--yes", "--skip-preview"],
  preview: ["preview"],
  refresh: ["refresh", "--yes", "--skip-preview"],
  destroy: ["destroy", "--yes", "--skip-preview"],
} as const;

/** Resource by resource and as a fleet in turns: every command and every fault with both. */
const cases = Object.entries(FAULTS).flatMap(([what, fault], row) =>
  Object.entries(COMMANDS).map(([command, args], column) => {
    const shape = SHAPES[(row + column) % SHAPES.length] ?? "single";
    return [`${shape}, ${command} while ${what}`, { fault, command, args, shape }] as const;
  }),
);

/** However the command ends, it ends, and loses nothing. */
matrix(
  "a command that is disturbed",
  cases,
  (name) => name.replace(/^.* while /, ""),
  async (run, { command, args, shape, fault: given }) => {
    if (command !== "a first up") await run.up();
    // The same goal, and something to write to the profile on the way there.
    if (command === "an up with a change")
      writeProgram(run.stack, shape, ["defaultForNewMailboxes: true", "description: another"]);
    const fault = run.sandbox.addFault(given);
    await run.stack.run(args);
    fault.remove();
    await run.converges();
    await run.restores();
  },
);
