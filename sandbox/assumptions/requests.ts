import type { Assumption } from "./assumption.ts";

const WEB_API = "https://learn.microsoft.com/power-apps/developer/data-platform/webapi";
const ERRORS = `${WEB_API}/compose-http-requests-handle-errors`;
const WILDCARDS = "https://learn.microsoft.com/power-apps/developer/data-platform/wildcard-characters";
const LIMITS = "https://learn.microsoft.com/power-apps/developer/data-platform/api-limits";
/** Described for the version before; the present reference is generated. */
const QUERY_FUNCTIONS = "https://learn.microsoft.com/previous-versions/dynamicscrm-2016/developers-guide";

export const REQUESTS: readonly Assumption[] = [
  {
    id: "url-too-long",
    what: "A URL of more than 32,768 characters is refused with 414 and an error without a code.",
    why: "Microsoft gives the limit and not the answer beyond it.",
    page: `${WEB_API}/query/overview`,
    matters:
      "Only who asks for a great many ids by hand: gmailsync cuts its lists of ids into requests that are far shorter.",
    see: "`GET mailboxes?$filter=name eq '…'` with a text of 33,000 letters.",
  },
  {
    id: "key-errors",
    what: "A row addressed by a column that is no key, or by what is no id, is refused with 400 and 0x80060888.",
    why: "Alternate keys are described, the refusal of a wrong one is not; none of the tables served has one.",
    page: `${WEB_API}/retrieve-entity-using-web-api`,
    matters: "The words of an error in scripts that address rows by hand. gmailsync addresses rows by their ids.",
    see: "`GET mailboxes(name='x')` and `GET mailboxes(x)`.",
  },
  {
    id: "unsupported-message",
    what: "A request for a message that a table does not have, such as an update of an alert, is refused with 405 and 0x80040800.",
    why: "405 is listed for operations that are not supported; code and text for tables without a message are not.",
    page: ERRORS,
    matters: "The words of the error only: gmailsync sends none of these requests.",
    see: "`PATCH tracelogs(<tracelogid>)` with `text` and `If-Match: *`.",
  },
  {
    id: "service-version",
    what: "`RetrieveVersion` answers 9.2.24073.198.",
    why: "The version of the service moves on; this one stands in a public capture.",
    page: `${WEB_API}/reference/retrieveversion`,
    matters: "Nothing: no behaviour depends on it.",
    see: "`GET RetrieveVersion()`.",
  },
  {
    id: "preference-syntax",
    what: "A `Prefer` header that is not well formed, a page size that is no positive number and annotations that are no names are refused with 400.",
    why: "RFC 7240 lets a server pass over what it does not understand; what the service does with them is not said.",
    page: ERRORS,
    matters: "A mistake in a script shows here at once, and might go unnoticed at the service.",
    see: "`GET mailboxes?$select=name` with `Prefer: odata.maxpagesize=none`.",
  },
  {
    id: "refused-requests-not-counted",
    what: "A request that was refused with 429 does not count against the limit, so `Retry-After` does not grow while a client goes on.",
    why: "Microsoft says that the wait gets longer if the client goes on sending, and not by how much.",
    page: LIMITS,
    matters:
      "A client that ignores `Retry-After` gets through sooner than at the service. gmailsync waits as long as it is told.",
    see: "On a trial environment send `GET WhoAmI` in parallel until 429 comes, go on without waiting, and watch `Retry-After`.",
  },
  {
    id: "order-of-equal-rows",
    what: "Rows that are equal in all of `$orderby`, and rows without an order, come in the order of their ids.",
    why: "Microsoft advises to order by a unique column and does not promise an order otherwise.",
    page: `${WEB_API}/query/order-rows`,
    matters: "Scripts that rely on the order of a list without a unique `$orderby`.",
    see: "`GET mailboxes?$select=mailboxid,statecode&$orderby=statecode` several times, with pages of different sizes.",
  },
  {
    id: "malformed-paging-cookie",
    what: "A `$skiptoken` that the sandbox has not given out, or one with another order, is refused with 400 and 0x80060888.",
    why: "Links are to be followed as they are; code and status for a changed one are not said, its words are the service's.",
    page: `${WEB_API}/query/page-results`,
    matters: "Only who builds links by hand: gmailsync follows `@odata.nextLink` unchanged.",
    see: "`GET mailboxes?$select=name&$skiptoken=x`.",
  },
  {
    id: "unclosed-bracket",
    what: "In the pattern of a text search a `[` without its `]` stands for itself.",
    why: "The page of wildcards shows closed ranges only.",
    page: WILDCARDS,
    matters: "A filter of a script by a text with `[` in it.",
    see: "`GET mailboxes?$select=name&$filter=contains(name,'[a')` beside a mailbox whose name has `[a` in it.",
  },
  {
    id: "not-in-without-value",
    what: "`NotIn` and `NotBetween` are true for rows without a value, as `ne` is.",
    why: "The reference describes rows whose value is not among those given, and not rows that have none.",
    page: `${QUERY_FUNCTIONS}/mt608049(v=crm.8)`,
    matters: "Scripts that filter with them; gmailsync uses `In` only.",
    see: `\`GET mailboxes?$select=name,emailaddress&$filter=Microsoft.Dynamics.CRM.NotIn(PropertyName='emailaddress',PropertyValues=["x"])\` where one mailbox has no address.`,
  },
  {
    id: "query-function-values",
    what: "A value of a query function that its column cannot hold, such as a word for a number, is refused with 400.",
    why: "The values are texts for every type of column; how they are read is not said.",
    page: `${QUERY_FUNCTIONS}/mt607541(v=crm.8)`,
    matters: "Scripts with a mistake in a value: here an error, perhaps an empty list at the service.",
    see: `\`GET mailboxes?$select=name&$filter=Microsoft.Dynamics.CRM.In(PropertyName='statecode',PropertyValues=["active"])\`.`,
  },
  {
    id: "formatted-values",
    what: "Formatted values are those of an American user in the time zone of UTC.",
    why: "They follow the settings of the user who asks; those of an application user are not described.",
    page: `${WEB_API}/query/select-columns`,
    matters: "Dates and numbers in scripts that read formatted values. gmailsync reads none.",
    see: '`GET mailboxes?$top=1&$select=createdon` as the application user, with `Prefer: odata.include-annotations="OData.Community.Display.V1.FormattedValue"`.',
  },
];
