import type { DataSource, Migration, QueryRunner } from 'typeorm';
import { engineOf } from '../engines/registry';
import { assertPlainNames } from '../migrations/plain-names';
import { BillingMigrationExecutor, isBillingMigration, migrationNamed } from './executor';
import { LACKING_REMEDY, lackingMigrations, lackingText } from './lacking';
import { madeAlready } from './made-already';
import { inMigrationTransaction } from './migration-transaction';
import { preflight } from './preflight';
import { createStandIns, createsStandIns } from './stand-ins';
import { inOrder, runUnits, type Site, type Unit } from './units';
import type { WaitOptions } from './waiting';

export interface MigrateOptions extends WaitOptions {
  /**
   * `all` (the default): one transaction around all pending migrations. `each`: one around each.
   * `none`: no transaction, for statements that can't be in one; on SQLite and D1 there is then no
   * lock either. On D1 a transaction is one batch, and `all` means `each`.
   */
  readonly transaction?: 'all' | 'each' | 'none';
  /** Records the pending migrations as applied without running them. */
  readonly fake?: boolean;
}

/**
 * Applies the pending migrations of an initialised DataSource, the host's and billing's.
 *
 * Safe to call from many processes at once: one does the work, the others wait and find it done.
 * If anything fails, the database is as it was before (with `all`; on D1, as it was before the
 * migration that failed), and the error is thrown.
 *
 * Billing's tables that `synchronize: true` has made are not made again: where they are exactly those of a
 * migration, it is recorded as applied.
 *
 * @returns the migrations applied, oldest first; empty if none was pending
 * @throws BillingError before the first statement `HOST_TABLE_MISSING`, `HOST_COLUMN_MISMATCH`,
 *   `TABLE_EXISTS`, `RIGHTS_MISSING`, `DATABASE_READ_ONLY`, or `PREFLIGHT_FAILED` for several; `DANGLING_KEYS`;
 *   `DATABASE_BUSY` if others did not let it in within `lockTimeout`; `CONFIGURATION_INVALID` for a
 *   DataSource that renames tables; `NOT_SUPPORTED` for another database
 */
export async function migrate(
  dataSource: DataSource,
  options: MigrateOptions = {},
): Promise<Migration[]> {
  const engine = engineOf(dataSource);
  const lacking = await lackingMigrations(dataSource);
  if (lacking.length > 0) {
    dataSource.logger.log('warn', `${lackingText(lacking)}: ${LACKING_REMEDY}.`);
  }
  const pending = await new BillingMigrationExecutor(dataSource, engine).getPendingMigrations();
  // Without the lock: if nothing is pending, nobody waits.
  if (pending.length === 0) {
    dataSource.logger.logSchemaBuild('No migrations are pending');
    return [];
  }
  const mode = options.transaction ?? dataSource.options.migrationsTransactionMode ?? 'all';
  const billing = pending.filter(({ instance }) => isBillingMigration(instance));
  if (billing.length > 0) assertPlainNames(dataSource);
  const run: Run = {
    dataSource,
    engine,
    fake: options.fake ?? false,
    made: options.fake ? new Set() : await madeAlready(dataSource, engine, billing),
    mode,
    waits: options,
    mixed: billing.length > 0 && billing.length < pending.length,
  };
  if (!run.fake) await lookFirst(run, pending);
  if (engine.atomicity === 'batch') await prepareBatches(run);
  return engine.atomicity === 'batch' || mode === 'each'
    ? runUnits(run, () => nextPending(run))
    : runUnits(run, inOrder([allPending(run)]));
}

interface Run extends Site {
  readonly mode: 'all' | 'each' | 'none';
  /** Whether migrations of the host are pending beside billing's. */
  readonly mixed: boolean;
}

/** All pending migrations as one unit. */
function allPending({ dataSource, engine, mode, mixed }: Run): Unit<Migration> {
  return {
    wrapped: mode !== 'none',
    async work(executor, queryRunner) {
      await createStandIns(dataSource, engine, queryRunner);
      return mixed && queryRunner
        ? executeInTurn(executor, queryRunner)
        : executor.executePendingMigrations();
    },
  };
}

/** The pending migration that comes next, as a unit; undefined after the last. */
async function nextPending({
  dataSource,
  engine,
  mode,
}: Run): Promise<Unit<Migration> | undefined> {
  const name = await withExecutor({ dataSource, engine }, (executor, queryRunner) =>
    executor.nameOfNext(queryRunner),
  );
  if (name === undefined) return undefined;
  const wrapped = mode !== 'none' && migrationNamed(dataSource, name)?.transaction !== false;
  return {
    wrapped,
    async work(executor, queryRunner) {
      // What a batch creates can't be looked at before it is sent: prepareBatches() has created them.
      if (engine.atomicity === 'transaction') {
        await createStandIns(dataSource, engine, queryRunner);
      }
      executor.only = name;
      if (wrapped) executor.transaction = 'each';
      return executor.executePendingMigrations();
    },
    isDone: () => isApplied({ dataSource, engine }, name),
  };
}

/**
 * A host's own migration that creates the table billing attaches to may be younger than ours: each
 * billing migration then waits until what it references is there.
 */
async function executeInTurn(
  executor: BillingMigrationExecutor,
  queryRunner: QueryRunner,
): Promise<Migration[]> {
  const applied: Migration[] = [];
  for (;;) {
    executor.only = undefined;
    executor.only = await executor.nameOfNext(queryRunner);
    if (executor.only === undefined) return applied;
    applied.push(...(await executor.executePendingMigrations()));
  }
}

type Place = Pick<Site, 'dataSource' | 'engine'>;

async function withExecutor<T>(
  { dataSource, engine }: Place,
  work: (executor: BillingMigrationExecutor, queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    return await work(new BillingMigrationExecutor(dataSource, engine, queryRunner), queryRunner);
  } finally {
    await queryRunner.release();
  }
}

const isApplied = (place: Place, name: string): Promise<boolean> =>
  withExecutor(place, async (executor) => {
    const pending = await executor.getPendingMigrations();
    return pending.every((one) => one.name !== name);
  });

/** Without the lock: what is in the way may be what another process has just done. */
async function lookFirst(run: Run, pending: readonly Migration[]): Promise<void> {
  await withExecutor(run, async (executor, queryRunner) => {
    try {
      await preflight(queryRunner, run, pending);
    } catch (error) {
      const left = await executor.getPendingMigrations();
      if (left.length === pending.length) throw error;
    }
  });
}

/** Creates what each batch counts on. */
async function prepareBatches(run: Run): Promise<void> {
  const { dataSource, engine } = run;
  if (createsStandIns(dataSource)) {
    await inMigrationTransaction(
      dataSource,
      engine,
      (queryRunner) => createStandIns(dataSource, engine, queryRunner),
      run.waits,
    );
  }
  await withExecutor(run, (executor) => executor.createMigrationsTable());
}
