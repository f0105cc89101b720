/** An error as the Web API answers it. */
export class ServiceError extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.headers = headers;
    this.status = status;
    this.code = code;
  }
}

export function doesNotExist(entity: string, id: string): ServiceError {
  return new ServiceError(404, "0x80040217", `${entity} With Id = ${id} Does Not Exist`);
}

/** Something in the address or its query that OData refuses. What the client has sent is to be cut before. */
export function badRequest(text: string): ServiceError {
  return new ServiceError(400, "0x80060888", text);
}

/** Documented at the service and not served here. No 501: clients take it for a passing failure, and come again. */
export function notServed(what: string): ServiceError {
  return badRequest(`${what} is not implemented by the sandbox.`);
}

export function noSegment(segment: string): ServiceError {
  return new ServiceError(404, "0x80060888", `Resource not found for the segment '${shorten(segment)}'.`);
}

export function noProperty(entity: string, name: string): ServiceError {
  return badRequest(`Could not find a property named '${shorten(name)}' on type 'Microsoft.Dynamics.CRM.${entity}'.`);
}

/** Something in the payload that OData itself refuses. */
export function payloadError(set: string, inner: string): ServiceError {
  return new ServiceError(
    400,
    "0x80048d19",
    `Error identified in Payload provided by the user for Entity :'${set}', For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: ${inner}`,
  );
}

/** What a client has sent, as far as an error quotes it. */
export function shorten(text: string): string {
  return text.slice(0, 80);
}
