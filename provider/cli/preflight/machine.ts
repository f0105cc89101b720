import { execFile } from "node:child_process";
import manifest from "../../../package.json" with { type: "json" };
import { messageOf, remoteText } from "../../fault.ts";
import type { Deadline } from "../../network/deadline.ts";
import type { Look } from "../../resource/looks.ts";
import { type Finding, found, good, skipped } from "../../schema/step.ts";
import type { Surroundings } from "./surroundings.ts";

/** What drift on a plain preview needs: inputs that a read gives back (pulumi/pulumi#21315). */
const PULUMI_MINIMUM = { major: 3, minor: 216 } as const;

/** What this machine runs; older versions of Node.js do not get as far as this. */
export function machineLooks({ environment, deadline }: Surroundings): readonly Look[] {
  return [
    { id: "plugin", look: () => good({ message: manifest.version }) },
    { id: "node", look: () => good({ message: process.version }) },
    { id: "pulumi", look: () => pulumiFinding(environment, deadline) },
  ];
}

/** The CLI on PATH is asked for its version only, and not to look for a newer one. */
function pulumiFinding(environment: NodeJS.ProcessEnv, { signal }: Deadline): Promise<Finding> {
  const env = { ...environment, PULUMI_SKIP_UPDATE_CHECK: "true" };
  return new Promise((resolve) => {
    const child = execFile("pulumi", ["version"], { env, signal }, (error, stdout) => {
      if (!error) resolve(versionFinding(stdout.trim()));
      else if (child.pid === undefined) resolve(skipped("PULUMI_MISSING"));
      else resolve(found("NOT_SEEN", { message: `\`pulumi version\` failed: ${remoteText(messageOf(error))}` }));
    });
  });
}

function versionFinding(text: string): Finding {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(text) ?? [];
  if (major === undefined) return found("NOT_SEEN", { message: `\`pulumi version\` says ${remoteText(text)}` });
  const [here, least] = [Number(major) * 1e6 + Number(minor), PULUMI_MINIMUM.major * 1e6 + PULUMI_MINIMUM.minor];
  const wanted = `${PULUMI_MINIMUM.major}.${PULUMI_MINIMUM.minor}`;
  if (here < least) return found("PULUMI_OLD", { message: `${text} is on PATH, and ${wanted} or newer is needed` });
  return good({ message: text });
}
