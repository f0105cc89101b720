import type { World } from "../world.ts";
import { buildDataverse, buildEntra, identityOf } from "./build-dataverse.ts";
import { buildGoogle } from "./build-google.ts";
import { buildPipelines } from "./build-pipelines.ts";
import { pastConsents } from "./consents.ts";
import type { WorldDefinition } from "./definition.ts";

/** The world that a definition describes: the same one each time, but for moments. */
export function buildWorld(definition: WorldDefinition): World {
  const identity = identityOf(definition);
  const pipelines = buildPipelines(definition);
  const google = buildGoogle(definition, identity.url, pipelines);
  return {
    environmentUrl: identity.url,
    dataverse: buildDataverse(definition, identity, pastConsents(definition, google)),
    google,
    entra: buildEntra(definition, identity, pipelines),
    pipelines,
  };
}
