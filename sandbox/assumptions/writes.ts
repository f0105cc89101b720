import type { Assumption } from "./assumption.ts";

const WEB_API = "https://learn.microsoft.com/power-apps/developer/data-platform/webapi";
const CREATE = `${WEB_API}/create-entity-web-api`;
const UPDATE = `${WEB_API}/update-delete-entities-using-web-api`;
const ASSOCIATE = `${WEB_API}/associate-disassociate-entities-using-web-api`;
const ERRORS = `${WEB_API}/compose-http-requests-handle-errors`;
const METADATA = "https://learn.microsoft.com/power-apps/developer/data-platform/entity-attribute-metadata";

export const WRITES: readonly Assumption[] = [
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
    what: "Null for a column that the system requires, or for a row's name, is refused with 400 and 0x80040200.",
    why: "That required columns refuse null is said; code, text and status are not, nor whether the name counts.",
    page: METADATA,
    matters: "The words of an error. gmailsync writes null only to columns that may be empty.",
    see: '`PATCH emailserverprofiles(<emailserverprofileid>)` with `{"name": null}`, then with `{"servertype": null}`.',
  },
  {
    id: "required-on-create",
    what: "Of the columns that an application has to set, only a missing name refuses a new row; the others get their defaults.",
    why: "The requirement is one of forms; for which columns the service itself insists is not said.",
    page: METADATA,
    matters: "Whether a profile made by a script with few columns is refused. An `EmailServerProfile` writes them all.",
    see: '`POST emailserverprofiles` with `{"servertype": 4}`, then with `{"name": "x"}`.',
  },
  {
    id: "not-writable-columns",
    what: "A column whose metadata says that it cannot be created or updated is refused with 400 and 0x80040203.",
    why: "The flags are documented; whether such a value is refused or passed over in silence is not.",
    page: METADATA,
    matters:
      "gmailsync writes none of them. A script that does shows an error here and may seem to work at the service.",
    see: '`POST mailboxes` with `{"name": "x", "emailaddress": "x@example.com", "statecode": 1}`, and read the row back.',
  },
  {
    id: "key-in-payload",
    what: "A payload that names another id than its address is refused with 400.",
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
