import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingMigrationExecutor } from './executor';
import { inMigrationTransaction, underMigrationLock } from './migration-transaction';
import type { WaitOptions } from './waiting';

/** What units of work are done on. */
export interface Site {
  readonly dataSource: DataSource;
  readonly engine: Engine;
  /** Whether only the record of a migration is written or removed. */
  readonly fake: boolean;
  /** The migrations whose tables are there already, and which are only recorded; none if not given. */
  readonly made?: ReadonlySet<string>;
  readonly waits?: WaitOptions;
}

/** Work that is done as a whole or not at all: one migration, or several. */
export interface Unit<Result> {
  /** Whether a transaction is around it, which on D1 is one batch. */
  readonly wrapped: boolean;
  /** @param queryRunner the transaction's; undefined where none is around the work */
  readonly work: (
    executor: BillingMigrationExecutor,
    queryRunner: QueryRunner | undefined,
  ) => Promise<readonly Result[]>;
  /**
   * Whether another process has done it in the meantime. Asked only where there is no lock; if not
   * given, nobody else can have done it.
   */
  readonly isDone?: () => Promise<boolean>;
}

/**
 * Does one unit after another until `next` has no more.
 *
 * Where there is no lock and two processes send the same unit, the database refuses one of them as a
 * whole. Whoever sent that one finds the work done, and goes on.
 *
 * @returns the results of all units, in their order
 */
export async function runUnits<Result>(
  site: Site,
  next: () => Promise<Unit<Result> | undefined>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let unit = await next(); unit !== undefined; unit = await next()) {
    try {
      results.push(...(await runUnit(site, unit)));
    } catch (error) {
      const isLocked = site.engine.atomicity === 'transaction';
      if (isLocked || !(await unit.isDone?.())) throw error;
    }
  }
  return results;
}

function runUnit<Result>(
  { dataSource, engine, fake, made, waits }: Site,
  { wrapped, work }: Unit<Result>,
): Promise<readonly Result[]> {
  const run = (queryRunner?: QueryRunner): Promise<readonly Result[]> => {
    const executor = new BillingMigrationExecutor(dataSource, engine, queryRunner);
    executor.fake = fake;
    executor.made = made;
    executor.transaction = wrapped ? 'all' : 'none';
    return work(executor, queryRunner);
  };
  return wrapped
    ? inMigrationTransaction(dataSource, engine, run, waits)
    : underMigrationLock(dataSource, engine, run, waits);
}

/** The `next` of a list of units. */
export function inOrder<Result>(
  units: readonly Unit<Result>[],
): () => Promise<Unit<Result> | undefined> {
  const left = [...units];
  return () => Promise.resolve(left.shift());
}
