import { Type } from "typebox";
import { define, type InputsOf, type OutputsOf } from "../../schema/define.ts";
import { PROJECT_ID } from "../../schema/forms.ts";

/** A Google Cloud project: Cloud Resource Manager v3 and Service Usage v1. */
export const googleProject = define({
  name: "GoogleProject",
  description:
    "A Google Cloud project, adopted or created, with the APIs that mail needs enabled. Works with the Google credentials of the pipeline (Application Default Credentials). Destroying the resource leaves the project and its APIs as they are.",
  examples: [
    {
      title: "A project with the Gmail API, adopted or created",
      yaml: `
resources:
  project:
    type: gmailsync:GoogleProject
    properties:
      projectId: northwind-mail
`,
    },
    {
      title: "Created in a folder, with more APIs",
      yaml: `
resources:
  project:
    type: gmailsync:GoogleProject
    properties:
      projectId: northwind-mail
      displayName: Northwind mail
      parent: folders/123456789012
      services: [gmail.googleapis.com, iamcredentials.googleapis.com]
`,
    },
  ],
  importId: "the project id, or the project's number",
  timeoutSeconds: 300,
  inputs: Type.Object(
    {
      projectId: Type.String({
        description: "Id of the project; it can never be changed or used again.",
        ...PROJECT_ID,
        replaceOnChanges: true,
      }),
      displayName: Type.Optional(
        Type.String({
          description: "Name of a project that is created. Default: its id. An existing project keeps its own.",
          // Cloud Resource Manager v3, `Project.displayName`.
          pattern: "^[A-Za-z0-9 '\"!-]{4,30}$",
          form: "4 to 30 letters without accents, digits, spaces, hyphens, quotation marks and exclamation marks",
          writeOnly: true,
        }),
      ),
      parent: Type.Optional(
        Type.String({
          description: "Where a project is created; an existing project stays where it is.",
          pattern: "^(organizations|folders)/[0-9]+$",
          form: "organizations/<number> or folders/<number>",
          writeOnly: true,
        }),
      ),
      services: Type.Optional(
        Type.Array(
          Type.String({ pattern: "^[a-z0-9.-]+\\.googleapis\\.com$", form: "an API such as gmail.googleapis.com" }),
          {
            description: "APIs that have to be enabled. Default: `gmail.googleapis.com`. Others are left alone.",
            maxItems: 20,
          },
        ),
      ),
    },
    { additionalProperties: false },
  ),
  outputs: Type.Object(
    {
      projectNumber: Type.String({ description: "Number of the project, with which its client ids begin." }),
      created: Type.Boolean({ description: "Whether this resource has created it." }),
    },
    { additionalProperties: false },
  ),
});

export type GoogleProjectInputs = InputsOf<typeof googleProject>;
export type GoogleProjectOutputs = OutputsOf<typeof googleProject>;
