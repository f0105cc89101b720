import type { Commands } from "./command.ts";

/** What each needs is loaded when it is called. */
export const COMMANDS: Commands = {
  doctor: {
    summary: "looks at mailboxes, step by step, without changing anything",
    load: () => import("./doctor.ts"),
  },
  preflight: {
    summary: "looks at what a deployment needs, before the first one and in every pipeline",
    load: () => import("./preflight.ts"),
  },
  report: {
    summary: "one page about all mailboxes, for people, pull requests and CI services",
    load: () => import("./report.ts"),
  },
  signin: {
    summary: "who has yet to sign in to Gmail, and what to send them",
    load: () => import("./signin.ts"),
  },
  consent: {
    summary: "a refresh token for a mailbox's own logins, by its user's consent in a browser",
    load: () => import("./consent.ts"),
  },
  check: {
    summary: "looks at a fleet's mailboxes.yaml, without any network",
    load: () => import("./check.ts"),
  },
  lock: {
    summary: "decides which client each new mailbox of a fleet uses, and writes it down",
    load: () => import("./lock.ts"),
  },
  export: {
    summary: "makes code of what is there, with the file that imports it",
    load: () => import("./export.ts"),
  },
  init: {
    summary: "begins a fleet, or adds to one, from Dynamics or from a spreadsheet",
    load: () => import("./init.ts"),
  },
  guide: {
    summary: "the steps in Google's console, with every value to paste",
    load: () => import("./guide.ts"),
  },
  originals: {
    summary: "how mailboxes were before a stack adopted them, and how to mend that",
    load: () => import("./originals.ts"),
  },
  sandbox: {
    summary: "a local Microsoft and Google to try everything against",
    load: () => import("../../sandbox/cli.ts"),
  },
  completion: {
    summary: "lets bash or zsh complete all of this",
    load: () => import("./completion.ts"),
  },
};
