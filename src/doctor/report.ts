import type { Found, HostAddition, Owner } from '../engines/examination';
import type { Unchecked } from '../engines/engine';

export type { Owner };

/** Something that is not as it should be. */
export interface Finding {
  /** Whose it is: a part of billing's, or something of the host's that billing counts on. */
  readonly owner: Owner;
  readonly kind: Found['kind'];
  readonly problem: Found['problem'];
  /** The table, without its schema. Undefined if it is about none. */
  readonly table?: string;
  /** The column, constraint, index, trigger, setting, right or migration; of a table its own name. */
  readonly name: string;
  /** What is there, as the database says it. */
  readonly is: string;
  readonly shouldBe: string;
  /** The statements that put it right on this database, in order. Empty where a person has to decide. */
  readonly sql: readonly string[];
  /**
   * Whether they work, after those of the findings before it: tried in a transaction that was rolled back.
   * `not tried` where there are none, and where the database can't try them.
   */
  readonly tried: 'works' | 'fails' | 'not tried';
  /** Why they fail, or were not tried. */
  readonly reason?: string;
}

/** What the doctor says of a database. */
export interface DoctorReport {
  /** Whether nothing was found and nothing was left out. */
  readonly healthy: boolean;
  /** In the order in which their statements have to be run: in one transaction. */
  readonly findings: readonly Finding[];
  /** What the host added to billing's tables. It is no finding. */
  readonly hosts: readonly HostAddition[];
  /** What could not be looked at, and why. */
  readonly unchecked: readonly Unchecked[];
  /** The statements that fix what differs from the entities alone, as `compare()` returns them. */
  readonly differences: readonly string[];
}

export interface DoctorOptions {
  /**
   * Whether the statements of findings are tried, in a transaction that is rolled back. On Postgres each
   * waits at most a second for a lock and runs for at most 30 seconds; on a SQLite file others can't write
   * meanwhile. Default: true.
   */
  readonly try?: boolean;
}
