import type { Assumption } from "./assumption.ts";

const SYNCHRONIZATION = "https://learn.microsoft.com/power-platform/admin/server-side-synchronization";
const TROUBLESHOOTING =
  "https://learn.microsoft.com/troubleshoot/power-platform/dataverse/email-exchange-synchronization/troubleshooting-monitoring-server-side-synchronization";

export const POLLING: readonly Assumption[] = [
  {
    id: "poll-verdict",
    what: "A mailbox that can no longer be fetched gets `incomingemailstatus` failure, `mailboxstatus` failure and `enabledforincomingemail` false, and stays active; its outgoing side is not touched. A refusal by Google or Gmail does so at once; no connection, a server that is busy, or Google out of order only at the tenth round in a row.",
    why: "Microsoft says that a mailbox is disabled after a permanent error, and that a transient one is tried ten times; which columns show it is not said, nor which of Google's refusals are permanent, nor that a dead token stops the sending side before there is something to send.",
    page: TROUBLESHOOTING,
    matters:
      "Drift on a plain preview: a dead consent shows as a mailbox that has to be signed in and tested again. Did the service leave the statuses as they were, only a new test would find it.",
    see: "Revoke a tested mailbox's grant at Google, wait for half an hour, and compare `GET mailboxes(<mailboxid>)?$select=incomingemailstatus,outgoingemailstatus,mailboxstatus,enabledforincomingemail,statecode` with before.",
  },
  {
    id: "poll-alerts",
    what: "The alert is an error with the text that a test has for the same cause, after the tenth transient failure with that of a lost connection. A transient failure before writes none, as warnings are off by default.",
    why: "The texts are documented for mailboxes with passwords; no alert of a Gmail mailbox with OAuth is published, nor in which column the error code stands.",
    page: TROUBLESHOOTING,
    matters: "Which code a mailbox gets that has failed by itself, as after a test.",
    see: "As above, and `GET tracelogs?$filter=_regardingobjectid_value eq <mailboxid>&$orderby=modifiedon desc&$select=level,text,tracecode,errortypedisplay,errordetails`.",
  },
  {
    id: "poll-rounds",
    what: "All mailboxes are fetched in rounds: the first an interval after the start, each next one an interval after the end of the last. A clock that is moved ahead makes a round due at once, one for all that were missed. The mail itself becomes nothing.",
    why: "Five minutes after the end of the last cycle are documented, without a promise; whether mailboxes go in step is not.",
    page: SYNCHRONIZATION,
    matters: "How long it takes until a lost consent shows. gmailsync relies on no moment of it.",
    see: "Watch `GET mailboxes(<mailboxid>)?$select=receivingpostponeduntil,processingstatecode` of two mailboxes for half an hour.",
  },
];
