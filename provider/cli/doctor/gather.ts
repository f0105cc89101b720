import { type Looks, lookAtAll } from "./look.ts";
import { Progress } from "./progress.ts";
import type { Report } from "./report.ts";

/** Looks at all mailboxes, and shows on a terminal how far it is. `tell` gets each in order, as soon as those before it are there. */
export async function gather(looks: Looks, tell: (fresh: readonly Report[]) => void = () => {}): Promise<Report[]> {
  const progress = new Progress(process.stderr, looks.targets.length);
  progress.show(0);
  try {
    return await lookAtAll(looks, (fresh, looked) => {
      progress.clear();
      tell(fresh);
      progress.show(looked);
    });
  } finally {
    progress.clear();
  }
}
