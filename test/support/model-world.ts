import type { Cell, Row } from "../../sandbox/dataverse/state.ts";
import { rowsNamed, saveRows, takeRow } from "../../sandbox/orders/rows.ts";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import { changeRow, mailboxRow, mailboxSettings, rowWhere } from "./sandbox.ts";

export const PEOPLE = ["anna", "bert", "dora", "support"] as const;
export type Person = (typeof PEOPLE)[number];

/** A cell with everything that it may hold when nobody of ours holds its row any more. */
interface Truth {
  /** What it was before we wrote it first, while somebody of ours holds its row. */
  past: Cell | undefined;
  /** That, and what somebody else has set since. */
  readonly rightful: Set<Cell>;
  /** What somebody else has set last, unless we have written over it. */
  theirs: Cell | undefined;
  /** What we have written last. */
  ours: Cell | undefined;
}

/**
 * People who were something before us, each something else, and the truth about every cell: what it was, who has set it since, and whether
 * it may be what it is.
 */
export class ModelWorld {
  readonly sandbox: Sandbox;
  /** By person. */
  readonly ids: ReadonlyMap<Person, string>;
  readonly exchange: Cell;
  readonly #truth = new Map<string, Truth>();

  constructor(sandbox: Sandbox) {
    this.sandbox = sandbox;
    sandbox.reset();
    this.exchange =
      rowWhere(sandbox, "emailserverprofiles", "name", "Microsoft Exchange Online")["emailserverprofileid"] ?? null;
    changeRow(sandbox, this.organization, { _defaultemailserverprofileid_value: this.exchange });
    const past: Readonly<Partial<Record<Person, Row>>> = {
      anna: {
        _emailserverprofile_value: this.exchange,
        incomingemaildeliverymethod: 1,
        outgoingemaildeliverymethod: 1,
        emailrouteraccessapproval: 2,
      },
      bert: { statecode: 1, statuscode: 2, outgoingemaildeliverymethod: 1 },
      support: { emailrouteraccessapproval: 1 },
    };
    this.ids = new Map(
      PEOPLE.map((person) => {
        const row = mailboxRow(sandbox, `${person}@northwind.example`);
        changeRow(sandbox, row, past[person] ?? {});
        return [person, String(row["mailboxid"])];
      }),
    );
    for (const [key, cell] of this.#cells())
      this.#truth.set(key, { past: undefined, rightful: new Set([cell]), theirs: undefined, ours: undefined });
  }

  get organization(): Row {
    return rowWhere(this.sandbox, "organizations", "name", "Contoso");
  }

  /** Undefined once it was deleted. */
  row(person: Person): Row | undefined {
    return this.#rows("mailboxes").find(({ mailboxid }) => mailboxid === this.ids.get(person));
  }

  address(person: Person): string {
    return String(this.row(person)?.["emailaddress"] ?? `${person}@northwind.example`);
  }

  /** Somebody else does something; what the service refuses does not happen. */
  outside(work: () => void): void {
    const before = this.#cells();
    try {
      work();
    } catch {
      return;
    }
    for (const [key, cell] of this.#cells()) {
      const truth = this.#truth.get(key);
      if (!truth || before.get(key) === cell) continue;
      truth.rightful.add(cell);
      const lost = cell === null && this.#wentWith(before.get(key), key);
      truth.theirs = cell === truth.ours || lost ? undefined : cell;
    }
  }

  /** The cell may be so from now on, whoever has made it so. */
  allow(person: Person, column: string, cell: Cell): void {
    this.#truth.get(`${this.ids.get(person)}/${column}`)?.rightful.add(cell);
  }

  /** A command that was cut off may have written it: should somebody else write the same, nobody can tell who it was. */
  mayBeOurs(person: Person, column: string, cell: Cell): void {
    const truth = this.#truth.get(`${this.ids.get(person)}/${column}`);
    if (truth) truth.ours = cell;
  }

  /** One of our commands. What it has changed: keys of rows, and cells of others that it wrote over, in words. */
  async ours<T>(command: () => Promise<T>): Promise<{ result: T; changed: Set<string>; overwritten: string[] }> {
    const before = this.#cells();
    const result = await command();
    const changed = new Set<string>();
    const overwritten: string[] = [];
    for (const [key, cell] of this.#cells()) {
      const truth = this.#truth.get(key);
      if (!truth || before.get(key) === cell || (cell === null && this.#wentWith(before.get(key), key))) continue;
      changed.add(rowOf(key));
      // Who took away a profile that is gone by now, nobody can tell.
      const untold = truth.theirs === null && this.#wentWith(truth.ours, key);
      if (truth.theirs !== undefined && !untold) overwritten.push(`${key} from ${truth.theirs} to ${cell}`);
      if (truth.past === undefined) truth.past = before.get(key);
      truth.theirs = undefined;
      truth.ours = cell;
    }
    return { result, changed, overwritten };
  }

  /** Nobody of ours holds the mailbox any more: who gave it another profile counts on the rest, too. */
  letGo(person: Person): void {
    const row = this.ids.get(person);
    const profile = this.#truth.get(`${row}/_emailserverprofile_value`);
    const past = profile?.past;
    for (const [key, truth] of this.#truth) if (rowOf(key) === row) truth.past = undefined;
    if (!profile?.theirs || profile.theirs === past) return;
    for (const [key, cell] of this.#cells()) if (rowOf(key) === row) this.#truth.get(key)?.rightful.add(cell);
  }

  /** Cells of a row that are neither as they were nor as somebody else has set them. */
  wrong(row: string): string[] {
    return [...this.#cells()]
      .filter(([key, cell]) => rowOf(key) === row && !this.#truth.get(key)?.rightful.has(cell))
      .map(([key, cell]) => `${key} is ${cell}`);
  }

  /** An administrator saves columns by the rules of the service. */
  save(set: string, row: Row, cells: Row): void {
    saveRows(this.sandbox.world, set, [row], cells);
  }

  owner(person: Person): { readonly set: string; readonly row: Row; readonly disabled: (yes: boolean) => Row } {
    const owner = String(this.row(person)?.["_regardingobjectid_value"]);
    const [user] = this.#rows("systemusers").filter(({ systemuserid }) => systemuserid === owner);
    if (user) return { set: "systemusers", row: user, disabled: (isdisabled) => ({ isdisabled }) };
    const [queue] = rowsNamed(this.sandbox.world, "queues", "queueid", owner);
    return { set: "queues", row: queue ?? {}, disabled: (yes) => ({ statecode: yes ? 1 : 0 }) };
  }

  /** A user or queue goes, and the mailbox with it. */
  remove(person: Person): void {
    const row = this.row(person);
    if (!row) return;
    const { set, row: owner } = this.owner(person);
    takeRow(this.sandbox.world, "mailboxes", row);
    takeRow(this.sandbox.world, set, owner);
  }

  /** A profile goes; who points to it loses the link. */
  removeProfile(id: string | undefined): void {
    const row = this.profile(id);
    if (row) takeRow(this.sandbox.world, "emailserverprofiles", row);
  }

  profile(id: string | undefined): Row | undefined {
    return this.#rows("emailserverprofiles").find(({ emailserverprofileid }) => emailserverprofileid === id);
  }

  hasProfile(wanted: string): boolean {
    return this.#rows("emailserverprofiles").some(({ name }) => name === wanted);
  }

  /** Whether the cell was a profile that is gone: nobody has set what it is now. */
  #wentWith(profile: Cell | undefined, key: string): boolean {
    const isProfile = key.endsWith("/_emailserverprofile_value") && typeof profile === "string";
    return isProfile && !this.#rows("emailserverprofiles").some((row) => row["emailserverprofileid"] === profile);
  }

  #rows(set: string): Row[] {
    return this.sandbox.world.dataverse.rows[set] ?? [];
  }

  /** Of every mailbox, also those that no program knows, and of the organisation: `row/column`. */
  #cells(): Map<string, Cell> {
    const cells = this.#rows("mailboxes").flatMap((row) =>
      Object.entries(mailboxSettings(row)).map(
        ([column, cell]) => [`${row["mailboxid"]}/${column}`, cell ?? null] as const,
      ),
    );
    return new Map([
      ...cells,
      ["organization/default", this.organization["_defaultemailserverprofileid_value"] ?? null],
    ]);
  }
}

export function rowOf(key: string): string {
  return key.slice(0, key.indexOf("/"));
}
