import type { CheckAnswer, DiffAnswer, StackConfiguration } from "./protocol.ts";

/**
 * What is serialised into the state of every dynamic resource and runs there on refresh and destroy, whatever the program has
 * become meanwhile: it captures nothing, and finds the package in the project's `node_modules`.
 */
export interface Shim {
  readonly kind: string;
  /** The stack's configuration, once `configure` was called. */
  settings: StackConfiguration | undefined;
  configure(request: { readonly config: StackConfiguration }): Promise<void>;
  check(olds: object, news: object): Promise<CheckAnswer>;
  diff(id: string, olds: object, news: object): Promise<DiffAnswer>;
  create(inputs: object): Promise<{ readonly id: string; readonly outs: object }>;
  read(id: string, props: object): Promise<{ readonly id: string; readonly props?: object; readonly inputs?: object }>;
  update(id: string, olds: object, news: object): Promise<{ readonly outs: object }>;
  delete(id: string, props: object): Promise<void>;
}

const shims = new Map<string, Shim>();

/** One object per kind: another object would be serialised anew for every resource. */
export function shimOf(kind: string): Shim {
  const known = shims.get(kind);
  if (known) return known;
  const fresh = newShim(kind);
  shims.set(kind, fresh);
  return fresh;
}

function newShim(kind: string): Shim {
  return {
    kind,
    settings: undefined,
    // Before the first await: operations of the same process may not wait for this one to end.
    async configure(request) {
      this.settings = request.config;
    },
    async check(olds, news) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.check(this.kind, this.settings, olds, news);
    },
    async diff(id, olds, news) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.diff(this.kind, this.settings, id, olds, news);
    },
    async create(inputs) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.create(this.kind, this.settings, inputs);
    },
    async read(id, props) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.read(this.kind, this.settings, id, props);
    },
    async update(id, olds, news) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.update(this.kind, this.settings, id, olds, news);
    },
    async delete(id, props) {
      const host = await import("pulumi-gmailsync/dynamic/host");
      return host.destroy(this.kind, this.settings, id, props);
    },
  };
}
