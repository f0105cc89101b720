/** What lies in the folder of a case beside its program. */
export const STATE = "state.json";
export const WORLD = "world.json";
export const EXPECTED = "expected.json";
/** The stack's settings, with the salt of the state's secrets. */
export const SETTINGS = "Pulumi.test.yaml";

/** What the version that wrote the state does next with it. */
export interface Expected {
  /** What `pulumi preview --expect-no-changes` names when it fails; absent where it passes. */
  readonly due?: string;
  /** Who signs in to Gmail before the next `up`. */
  readonly signIns: readonly string[];
  /** What the next `up` writes to Microsoft and Google, sorted. */
  readonly changes: readonly string[];
}

/** A state, as far as it is looked at. */
export interface State {
  readonly deployment: {
    /** `time` (RFC 3339) is that of the last deployment. */
    readonly manifest: { readonly time: string };
    readonly resources: readonly {
      /** `original` is what a Mailbox keeps of the mailbox before it was adopted. */
      readonly outputs?: { readonly emailAddress?: string; readonly original?: { readonly profileId?: string } };
    }[];
  };
}
