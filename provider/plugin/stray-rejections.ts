import grpc from "@grpc/grpc-js";

/** How the engine's monitor answers when it ends a deployment, which it tells by itself. */
const ENDING: readonly unknown[] = [grpc.status.CANCELLED, grpc.status.UNAVAILABLE];

/**
 * The one net for rejections that nobody awaits, for the life of the process: none of them ends it, as other operations may be
 * writing, and none goes unheard. Each is a defect.
 */
export class StrayRejections {
  readonly #tell: (error: unknown) => void;
  readonly #told = new Set<unknown>();
  /** Work that would wait for ever for what was rejected. */
  readonly #waiting = new Set<(error: unknown) => void>();

  constructor(tell: (error: unknown) => void) {
    this.#tell = tell;
  }

  /** To be called for every one, the listener of `unhandledRejection`. One error may reject many promises. */
  readonly caught = (error: unknown): void => {
    if (this.#told.has(error) || ENDING.includes(Reflect.get(Object(error), "code"))) return;
    this.#told.add(error);
    if (this.#waiting.size === 0) this.#tell(error);
    for (const fail of this.#waiting) fail(error);
  };

  /** The result of the work, or the first error that goes astray meanwhile. */
  async orStray<T>(work: () => Promise<T>): Promise<T> {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#waiting.add(reject);
    try {
      return await Promise.race([work(), promise]);
    } catch (error) {
      this.#told.add(error);
      throw error;
    } finally {
      this.#waiting.delete(reject);
    }
  }
}
