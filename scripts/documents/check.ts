/** Part of `npm run check`: links of all documents lead somewhere, tests that they name are there, and every block of README.md and `docs` has its proof. */
import { allDocuments, documentsOf, INDEX, PAGES } from "./all.ts";
import { brokenLinks, goneTests, unlinked } from "./links.ts";
import { unproven } from "./proofs.ts";

const documents = allDocuments(".");
const problems = [
  ...brokenLinks(".", documents),
  ...goneTests(".", documents),
  ...unlinked(documents, INDEX),
  ...unproven(".", documentsOf(".", PAGES)),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
