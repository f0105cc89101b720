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

/** Something in the payload that OData itself refuses. */
export function payloadError(set: string, inner: string): ServiceError {
  return new ServiceError(
    400,
    "0x80048d19",
    `Error identified in Payload provided by the user for Entity :'${set}', For more information on this error please follow this help link https://go.microsoft.com/fwlink/?linkid=2195293  ---->  InnerException : Microsoft.OData.ODataException: ${inner}`,
  );
}
