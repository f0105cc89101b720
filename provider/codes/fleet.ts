import { rows } from "./row.ts";

/** What `gmailsync check`, `lock` and a Fleet find in `mailboxes.yaml`; they name the place in the file. */
export const fleet = rows({
  "file/unreadable": {
    class: "file",
    seen: "file",
    words: "The file cannot be read as text of a fleet",
    hint: "Check its path, and that it is text in UTF-8.",
  },
  "file/syntax": {
    class: "file",
    seen: "file",
    words: "The file is not well-formed YAML",
    hint: "Mend the line; most often it is the indentation, or a value that needs quotes.",
  },
  "lock/unreadable": {
    class: "file",
    seen: "file",
    words: "The lock file is not as it was written",
    hint: "Take it from the version control again, or mend the merge: a new one could move mailboxes.",
  },
  "schema/invalid": {
    class: "file",
    seen: "file",
    words: "A value is not what is expected at its place",
    hint: "Write what the message names; editors complete it by `schema/mailboxes.schema.json`.",
  },
  "secret/inline": {
    class: "file",
    seen: "file",
    words: "A secret stands in the file instead of a reference to it",
    hint: "Put it into `pulumi config set --secret` and name it as `{config: NAME}`; a secret that was committed has to be replaced at Google.",
  },
  "activation/waiting": {
    class: "file",
    seen: "file",
    words: "A fleet does not wait for sign-ins",
    hint: "Take `waitForSignIn` out: a fleet goes on without those who have not signed in, and tests them with the first `pulumi up` after they have. `tolerate` says what it goes on without.",
  },
  "mailbox/duplicate": {
    class: "file",
    seen: "file",
    words: "An address is given more than once",
    hint: "Keep one of the entries.",
  },
  "address/unusual": {
    class: "told",
    seen: "file",
    words: "An address is allowed in mail, and no user of Google Workspace can have it",
    hint: "Look it up in the administrator's console; the address of an alias or a group cannot sign in.",
  },
  "mailbox/unknown-client": {
    class: "file",
    seen: "file",
    words: "A mailbox is pinned to a client that is not there",
    hint: "Name one of `clients`, or take the pin away.",
  },
  "mailbox/missing": {
    class: "file",
    seen: "file",
    words: "No mailbox in Dynamics has an address",
    hint: "Take the entry out if its user or queue was deleted; if it has another address by now, write that one, and `was` with the old one.",
  },
  "mailbox/disabled": {
    class: "told",
    seen: "file",
    words: "The user of a mailbox is disabled",
    hint: "Take the entry out, or enable the user in Dynamics.",
  },
  "mailbox/unassigned": {
    class: "file",
    seen: "file",
    words: "A mailbox has no client yet",
    hint: "Run `gmailsync lock`, and commit the lock file.",
  },
  "client/duplicate": {
    class: "file",
    seen: "file",
    words: "Two clients are the same one at Google",
    hint: "Make one of them, or give the other its own id.",
  },
  "client/incomplete": {
    class: "file",
    seen: "file",
    words: "A client has no id or no secret",
    hint: "`gmailsync guide mailboxes.yaml` shows how to make the client at Google; enter its id, and its secret by reference.",
  },
  "profile/two-defaults": {
    class: "file",
    seen: "file",
    words: "Several profiles are to be the default for new mailboxes, and an organisation has one",
    hint: "Leave `defaultForNewMailboxes: true` at one client, and not in the `profile` of all of them where there are several.",
  },
  "profile/other-host": {
    class: "told",
    seen: "file",
    words: "A profile names a mail host that is not Gmail's, which gets no token of a mailbox",
    hint: "Take the host out, which leaves Gmail's; or, if it is one of yours, name it in the provider's setting `mailHosts` (GMAILSYNC_MAIL_HOSTS). Settings are not known here, so that this is said in either case; without the setting the mailboxes fail with MAIL_HOST_OTHER.",
  },
  "consent/refused": {
    class: "file",
    seen: "file",
    words: "Google will not let the user of a mailbox consent",
    hint: "Use a client whose consent screen lets the user in, or change the screen and its declaration.",
  },
  "consent/capacity": {
    class: "file",
    seen: "file",
    words: "A project has more users than Google allows",
    hint: "Add a client of another project; `gmailsync lock` gives it the mailboxes that are new.",
  },
  "consent/nearly-full": {
    class: "told",
    seen: "file",
    words: "A project has few places left of those that Google allows",
    hint: "Make another project in time: `gmailsync guide` shows how, and `gmailsync lock` gives its client the mailboxes that are new.",
  },
  "lock/stale": {
    class: "told",
    seen: "file",
    words: "The lock file does not know a mailbox",
    hint: "Run `gmailsync lock`, and commit the lock file: it remembers who has had a place in a project.",
  },
  "lock/unknown-project": {
    class: "told",
    seen: "file",
    words: "The lock file retires places of a project that no client has",
    hint: "Write the project's id as a client has it, or take the line out where the project has gone.",
  },
  "environment/mismatch": {
    class: "file",
    seen: "file",
    words: "A value does not fit the environment",
    hint: "Check the value against `environmentUrl`.",
  },
});
