import { Type } from "typebox";
import { maskData } from "../../redaction/secrets.ts";
import { callable } from "../../resource/function.ts";
import { defineFunction } from "../../schema/function.ts";
import { organizationRow } from "./organization.ts";

const getOrganization = defineFunction({
  name: "getOrganization",
  description: "The organization behind the provider's environment. Changes nothing.",
  examples: [
    {
      title: "Which environment a stack leads to",
      yaml: `
variables:
  here:
    fn::invoke: {function: gmailsync:index:getOrganization}
outputs:
  organization: \${here.organizationId}
`,
    },
  ],
  inputs: Type.Object({}, { additionalProperties: false }),
  outputs: Type.Object(
    {
      organizationId: Type.String({ description: "Its id (GUID), which stays when its URL changes." }),
      name: Type.String({ description: "Its unique name." }),
      environmentUrl: Type.String({ description: "URL of the environment." }),
      defaultProfileId: Type.Optional(
        Type.String({ description: "Email server profile of new mailboxes, where there is one." }),
      ),
      requireApprovalForUserEmail: Type.Boolean({ description: "Whether addresses of users have to be approved." }),
      requireApprovalForQueueEmail: Type.Boolean({ description: "Whether addresses of queues have to be approved." }),
    },
    { additionalProperties: false },
  ),
});

export const organizationFunctions = [
  callable(getOrganization, async (_, context) => {
    const row = await organizationRow(context, context.deadline);
    const profile = row._defaultemailserverprofileid_value;
    return {
      organizationId: row.organizationid,
      name: maskData(row.name ?? ""),
      environmentUrl: context.environmentUrl,
      ...(profile && { defaultProfileId: profile }),
      requireApprovalForUserEmail: row.requireapprovalforuseremail,
      requireApprovalForQueueEmail: row.requireapprovalforqueueemail,
    };
  }),
];
