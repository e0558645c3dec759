import type { QueryRunner } from 'typeorm';
import { besideBroken, looksAtAll, readBroken } from './broken';
import type { MasterRow } from './definition';
import { type Circumstances, planChange, type Schema } from './plan';

/** A change of tables. */
export interface Change {
  readonly live: Schema;
  readonly intended: Schema;
  readonly rows: readonly MasterRow[];
  readonly moved?: Circumstances['moved'];
  /** The statements that rename columns after the change, and those that undo it. */
  readonly renames?: { readonly up: readonly string[]; readonly down: readonly string[] };
}

/**
 * Plans a change beside whatever else there is.
 *
 * @returns the statements, and those that undo them
 * @throws BillingError `NOT_SUPPORTED` if a view or trigger stands in the way
 */
export async function planned(
  queryRunner: Pick<QueryRunner, 'query'>,
  { live, intended, rows, moved, renames = { up: [], down: [] } }: Change,
): Promise<{ readonly up: string[]; readonly down: string[] }> {
  const back = moved && new Map([...moved].map(([table, names]) => [table, reversed(names)]));
  const plan = (kept: readonly MasterRow[]): { up: string[]; down: string[] } => ({
    up: [...planChange(live, intended, { rows: kept, moved }), ...renames.up],
    down: [
      ...renames.down,
      ...planChange(intended, live, { rows: kept, moved: back, undoes: true }),
    ],
  });
  const bare = plan([]);
  if (![...bare.up, ...bare.down].some(looksAtAll)) return plan(rows);
  const broken = await readBroken(queryRunner, rows);
  const { up, down } = plan(rows.filter((row) => !broken.includes(row)));
  return { up: besideBroken(broken, up), down: besideBroken(broken, down) };
}

const reversed = (names: ReadonlyMap<string, string>): ReadonlyMap<string, string> =>
  new Map([...names].map(([young, old]) => [old, young]));
