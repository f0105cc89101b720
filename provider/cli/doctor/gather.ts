import { type Look, type Looks, lookAtAll } from "./look.ts";
import { Progress } from "./progress.ts";

/** Looks at all mailboxes, and shows on a terminal how far it is. `tell` gets each in order, as soon as those before it are there. */
export async function gather<T>(
  looks: Looks,
  look: Look<T>,
  tell: (fresh: readonly T[]) => void = () => {},
): Promise<T[]> {
  const progress = new Progress(process.stderr, looks.targets.length);
  progress.show(0);
  try {
    return await lookAtAll(looks, look, (fresh, looked) => {
      progress.clear();
      tell(fresh);
      progress.show(looked);
    });
  } finally {
    progress.clear();
  }
}
