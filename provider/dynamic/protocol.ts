export interface StackConfiguration {
  get(key: string): string | undefined;
}

export interface CheckAnswer {
  readonly inputs: object;
  readonly failures: { property: string; reason: string }[];
}

export interface DiffAnswer {
  readonly changes: boolean;
  readonly replaces: string[];
}
