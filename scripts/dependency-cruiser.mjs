import { boundaryRules } from "./boundaries.ts";

/** Held by `npm run check`. Imports of types count: who needs another's types knows of it. */
const configuration = {
  forbidden: boundaryRules(),
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "node"] },
  },
};

// The tool reads the default export.
// biome-ignore lint/style/noDefaultExport: that is how it takes its configuration
export default configuration;
