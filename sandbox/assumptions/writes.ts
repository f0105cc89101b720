import type { Assumption } from "./assumption.ts";

const WEB_API = "https://learn.microsoft.com/power-apps/developer/data-platform/webapi";
const CREATE = `${WEB_API}/create-entity-web-api`;
const UPDATE = `${WEB_API}/update-delete-entities-using-web-api`;
const ASSOCIATE = `${WEB_API}/associate-disassociate-entities-using-web-api`;
const ERRORS = `${WEB_API}/compose-http-requests-handle-errors`;
const CONCURRENCY = "https://learn.microsoft.com/power-apps/developer/data-platform/optimistic-concurrency";
const METADATA = "https://learn.microsoft.com/power-apps/developer/data-platform/entity-attribute-metadata";

export const WRITES: readonly Assumption[] = [
  {
    id: "profile-versions",
    what: "An email server profile may be written under the condition of its version (`If-Match` with an ETag), as a mailbox may.",
    why: "The tables that keep versions are not listed; only of `mailbox` the metadata have been seen.",
    page: CONCURRENCY,
    matters:
      "Where the service keeps none (0x8006088d) gmailsync writes a profile whatever its version, and what somebody else changes between its look and its write is not seen.",
    see: "`GET EntityDefinitions(LogicalName='emailserverprofile')?$select=IsOptimisticConcurrencyEnabled`.",
  },
  {
    id: "content-type",
    what: "A body that is not said to be `application/json` is refused with 415.",
    why: "The header is asked for; the answer to another one is not given.",
    page: ERRORS,
    matters: "Scripts that forget the header: here an error, perhaps none at the service.",
    see: "`PATCH mailboxes(<mailboxid>)` with a JSON body and `Content-Type: text/plain`.",
  },
  {
    id: "two-links-in-one-lookup",
    what: "A payload that sets one lookup by two of its navigation properties is refused with 400 and 0x80048d19.",
    why: "Each navigation property is described alone; two at once are not.",
    page: ASSOCIATE,
    matters: "Scripts only: gmailsync sets the profile of a mailbox, which has one navigation property.",
    see: "`POST tracelogs` with `regardingobjectid_mailbox@odata.bind` and `regardingobjectid_emailserverprofile@odata.bind`.",
  },
  {
    id: "required-null",
    what: "Null for a column that the system requires is refused with 400 and 0x80040200.",
    why: "That the system insists on a value is said; code, text and status of the refusal are not.",
    page: METADATA,
    matters: "The words of an error. gmailsync writes null only to columns that may be empty.",
    see: '`PATCH emailserverprofiles(<emailserverprofileid>)` with `{"statecode": null}`, then with `{"name": null}`, which only applications require.',
  },
  {
    id: "required-on-create",
    what: "Of the columns that the system requires, only a missing name refuses a new row; the others get their defaults.",
    why: "That the system insists on values is said, and that it does not on those that only applications require; which of them it fills in by itself is not.",
    page: METADATA,
    matters:
      "Whether a forward mailbox made by a script with few columns is refused. gmailsync makes profiles only, and writes all of their columns.",
    see: '`POST mailboxes` with `{"emailaddress": "x@example.com"}`, then with `{"name": "x"}` alone.',
  },
  {
    id: "not-writable-columns",
    what: "A value for a column that cannot be created or updated has to be one of its type, though it is ignored; a link likewise, but a request for nothing but that link is refused with 400.",
    why: "That the value is ignored is said of columns; nothing of values of another type, and of links.",
    page: METADATA,
    matters: "gmailsync writes none of them. A script that does seems to work, here as there.",
    see: '`POST mailboxes` with `{"name": "x", "emailaddress": "x@example.com", "statecode": "no number"}`, then with `"statecode": 1`, and read the row back.',
  },
  {
    id: "key-in-payload",
    what: "A payload for a new row that names another id than its address is refused with 400.",
    why: "The id of a new row may stand in the address or in the payload; both at odds are not described.",
    page: CREATE,
    matters: "Scripts only: gmailsync puts the id of a profile into the address.",
    see: '`PATCH emailserverprofiles(<new id>)` with `{"name": "x", "emailserverprofileid": "<another id>"}`.',
  },
  {
    id: "status-of-other-state",
    what: "A status reason that belongs to another state is refused with 400 and 0x80048408, and a status reason alone does not take its state along.",
    why: "That each status reason belongs to a state is said; the refusal is not, nor whether the state follows the reason.",
    page: UPDATE,
    matters: "gmailsync always sets both. A script that sets `statuscode` alone may succeed at the service.",
    see: '`PATCH mailboxes(<mailboxid>)` of an active mailbox with `{"statuscode": 2}`, and read `statecode`.',
  },
];
