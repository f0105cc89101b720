import { rows } from "./row.ts";

const SET_RIGHT = "a declared one is set right by `pulumi up`";

/** What an activation looks at before, during and after Dynamics' Test & Enable. */
export const activation = rows({
  PROFILE_MISSING: {
    class: "configuration",
    seen: "live",
    words: "The mailbox has no email server profile",
    hint: `Assign one with a Mailbox resource; ${SET_RIGHT}.`,
  },
  PROFILE_OTHER: {
    class: "configuration",
    seen: "live",
    words: "The mailbox has another email server profile than the one that is expected",
    hint: "Who gave it that profile looks after the mailbox by now, or the program names another one: agree on who holds it, then `pulumi up` takes it back, or take it out of the program, which leaves it there.",
  },
  PROFILE_INACTIVE: {
    class: "configuration",
    seen: "live",
    words: "The email server profile is inactive",
    hint: "Activate it, or declare it with an EmailServerProfile resource.",
  },
  PROFILE_NOT_GMAIL: {
    class: "configuration",
    seen: "live",
    words: "The email server profile is not one for Gmail by OAuth 2.0",
    hint: "Give the mailbox a profile that an EmailServerProfile resource has made, or declare this one with it.",
  },
  OAUTH_CLIENT_MISSING: {
    class: "configuration",
    seen: "live",
    words: "The email server profile lacks the id or the secret of its OAuth client",
    hint: `Declare the profile with an EmailServerProfile resource; its id and secret are then written by \`pulumi up\`.`,
  },
  MAILBOX_INACTIVE: {
    class: "configuration",
    seen: "live",
    words: "The mailbox is inactive",
    hint: "Activate it, or declare it with a Mailbox resource.",
  },
  USER_DISABLED: {
    class: "configuration",
    seen: "live",
    words: "The mailbox's user is disabled in Dynamics, and the mailbox inactive with it",
    hint: "Enable the user in Dynamics, or take the mailbox out of the program; nobody can activate the mailbox before.",
  },
  DELIVERY_OFF: {
    class: "configuration",
    seen: "live",
    words: "The mailbox neither receives nor sends by server-side synchronization",
    hint: `Set the delivery methods with a Mailbox resource; ${SET_RIGHT}.`,
  },
  ACT_NOT_NONE: {
    class: "configuration",
    seen: "live",
    words: "Appointments, contacts and tasks are not set to None, which Gmail profiles need",
    hint: `Set \`appointmentsContactsAndTasks\` with a Mailbox resource; ${SET_RIGHT}.`,
  },
  NOT_APPROVED: {
    class: "configuration",
    seen: "live",
    words: "The mailbox's address is not approved",
    hint: "Declare the mailbox with `approved: true`, or approve it at {mailboxUrl}.",
  },
  NOT_SIGNED_IN: {
    class: "consent",
    seen: "live",
    words: "Nobody has signed in to Gmail for the mailbox, so Dynamics holds no token for it",
    hint: 'Its user opens {mailboxUrl} and chooses "Sign in to Gmail"; then run `pulumi up` again.',
  },
  SIGN_IN_AGAIN: {
    class: "consent",
    seen: "live",
    words: "The mailbox's token was given to another OAuth client than the profile has now, and serves that one only",
    hint: 'Its user opens {mailboxUrl} and chooses "Sign in to Gmail" once more; then run `pulumi up` again.',
  },
  NOT_FOUND: {
    class: "configuration",
    seen: "live",
    words: "Dataverse shows no mailbox, or several, for the address",
    hint: "Check the address, and that the application user may read mailboxes.",
  },
  UNREADABLE: {
    class: "unproven",
    seen: "live",
    words: "What Dataverse holds about the mailbox could not be read",
    hint: "Let the application user's security role read what the message names, or run it again.",
  },
  DELIVERY_SWITCHED_OFF: {
    class: "configuration",
    seen: "live",
    words: "A direction was switched off after it had been tested",
    hint: "Run `pulumi up` to set it as declared and test again.",
  },
  TEST_RUNNING: {
    class: "unproven",
    seen: "live",
    words: "Test & Enable is running, and what Dynamics shows is from before",
    hint: "Run `pulumi up` to wait for its end.",
    again: true,
  },
  NOT_RUN: {
    class: "unproven",
    seen: "test",
    words: "Dynamics shows no result of a test",
    hint: "Run `pulumi up` to test it.",
  },
  TEST_FAILED: {
    class: "test",
    seen: "test",
    words: "Dynamics shows Failure",
    hint: "The alerts of the mailbox say why; after mending it run `pulumi up` again.",
  },
  NOT_SCHEDULED: {
    class: "test",
    seen: "test",
    words: "Test & Enable could not be scheduled",
    hint: "What Dataverse said tells why; run `pulumi up` again when it is mended.",
  },
  NOT_FINISHED: {
    class: "unproven",
    seen: "test",
    words: "Test & Enable had not ended when the time was over",
    hint: "The next `pulumi up` joins the test; `customTimeouts` sets how long to wait.",
    again: true,
  },
  CANCELLED: {
    class: "unproven",
    seen: "test",
    words: "The deployment was cancelled while Test & Enable was running",
    hint: "The next `pulumi up` joins the test or starts another.",
    again: true,
  },
  ALERTS: {
    class: "test",
    seen: "test",
    words: "Dynamics has written alerts about the failure",
    hint: "Mend what the alert names; they stand on the Alerts tab of {mailboxUrl}, too.",
  },
  ALERTS_UNREADABLE: {
    class: "unproven",
    seen: "test",
    words: "The alerts of the mailbox could not be read",
    hint: "Let the application user's security role read the table `tracelog`, or look at the Alerts tab of {mailboxUrl}.",
  },
  AFTER_FAILURE: {
    class: "told",
    seen: "live",
    words: "not looked at, because a step before it failed",
    hint: "Mend the step that failed; this one is looked at then.",
  },
  NOT_SWITCHED_ON: {
    class: "told",
    seen: "live",
    words: "not switched on",
    hint: "Set the direction's delivery method to `serverSideSynchronization`, if it is wanted.",
  },
});
