/** How the engine writes a value that it does not know yet (pulumi/pulumi `sdk/nodejs/runtime/rpc.ts`). */
export const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
