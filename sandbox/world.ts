import type { DataverseState } from "./dataverse/state.ts";
import type { EntraState } from "./entra/state.ts";
import type { GoogleState } from "./google/state.ts";
import type { Pipelines } from "./pipelines/kinds.ts";

/** Everything the sandbox knows: plain data. */
export interface World {
  /** `https://contoso.crm.dynamics.com` */
  environmentUrl: string;
  dataverse: DataverseState;
  google: GoogleState;
  entra: EntraState;
  pipelines: Pipelines;
}
