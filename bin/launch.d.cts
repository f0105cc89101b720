/** What a launcher knows of the system. */
export interface LaunchSystem {
  readonly platform: string;
  /** Of the Node.js that runs it. */
  readonly version: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The launcher's folder. */
  readonly here: string;
  exists(file: string): boolean;
}

export type LaunchPlan =
  | { readonly run: string; readonly cache: string }
  | { readonly handOver: string }
  | { readonly refuse: string };

export function plan(system: LaunchSystem, module: string): LaunchPlan;
export function launch(module: string): void;
