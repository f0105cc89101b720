/** Part of `npm run check`: links of all documents lead somewhere, and every block of README.md and `docs` has its proof. */
import { allDocuments, documentsOf, INDEX, PAGES } from "./all.ts";
import { brokenLinks, unlinked } from "./links.ts";
import { unproven } from "./proofs.ts";

const documents = allDocuments(".");
const problems = [
  ...brokenLinks(".", documents),
  ...unlinked(documents, INDEX),
  ...unproven(".", documentsOf(".", PAGES)),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
