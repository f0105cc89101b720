/** Says what is on standard input at the pull request that this build is for; in place of what the build before has said. */
import { readFileSync } from "node:fs";

const {
  SYSTEM_COLLECTIONURI: collection,
  SYSTEM_TEAMPROJECTID: project,
  BUILD_REPOSITORY_ID: repository,
  SYSTEM_PULLREQUEST_PULLREQUESTID: pullRequest,
  SYSTEM_ACCESSTOKEN: token,
} = process.env;
const MARK = "<!-- gmailsync -->";
const threads = `${collection}${project}/_apis/git/repositories/${repository}/pullRequests/${pullRequest}/threads`;

async function ask(method, path, body) {
  const answer = await fetch(`${threads}${path}?api-version=7.1`, {
    method,
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (answer.ok) return answer.json();
  console.log(
    `##vso[task.logissue type=error]No comment: Azure DevOps answered ${answer.status}. The build service needs "Contribute to pull requests" in the repository.`,
  );
  process.exit(1);
}

const content = `${MARK}\n${readFileSync(0, "utf8")}`;
const { value } = await ask("GET", "");
const before = value.find(({ comments }) => comments?.[0]?.content?.startsWith(MARK));
// commentType 1 is text; status 4 is closed: nobody has to resolve it.
if (before) await ask("PATCH", `/${before.id}/comments/${before.comments[0].id}`, { content });
else await ask("POST", "", { comments: [{ parentCommentId: 0, content, commentType: 1 }], status: 4 });
