import { BillingError } from '../errors';
import type { Expected, RestoredTable } from './store';

/** What is in the way of a restore: `details` of `RESTORE_REFUSED`. */
export interface RestoreRefusal {
  readonly table?: string;
  /** Columns of the backup that the table lacks, or of the table that need a value. */
  readonly columns?: readonly string[];
  /** How many rows each of these tables has. */
  readonly rows?: Readonly<Record<string, number>>;
  /** Keys that refer to rows that are gone. */
  readonly orphans?: readonly Orphans[];
}

/** Rows of one table whose key refers to rows that are gone. */
export interface Orphans {
  readonly table: string;
  readonly columns: readonly string[];
  /** What they refer to: `user.id`. */
  readonly references: string;
  readonly rows: number;
  /** Up to 20 of the values that are gone. */
  readonly values: readonly string[];
  /** Whether such rows are left out or, where the key would be set to NULL, restored without it. */
  readonly leaves: 'row' | 'key';
}

export const refused = (
  problem: string,
  remedy: string,
  details: RestoreRefusal = {},
): BillingError<RestoreRefusal> =>
  BillingError.restoreRefused(`${problem}, and nothing was restored`, remedy, { details });

/** @throws BillingError `RESTORE_REFUSED` */
export function assertCount(
  { name, table }: RestoredTable,
  found: number,
  expected: Expected,
): void {
  const wanted = expected.get(name) ?? 0;
  if (found === wanted) return;
  throw refused(
    `${table} has ${found} rows after the restore, where the backup has ${wanted}`,
    'look for a trigger or a rule of the table that adds or drops rows, disable it and retry',
    { table },
  );
}
