import type { DataSource, Migration, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { engineOf } from '../engines/registry';
import { BillingError } from '../errors';
import { BillingMigrationExecutor, isBillingMigration, migrationNamed } from './executor';
import { assertHostIsReady } from './host-check';
import { inMigrationTransaction, underMigrationLock } from './migration-transaction';

export interface MigrateOptions {
  /**
   * `all` (the default): one transaction around all pending migrations. `each`: one around each.
   * `none`: no transaction, for statements that refuse one; on SQLite and D1 then without a lock
   * either. On D1 a transaction is one batch, and `all` is as `each`.
   */
  readonly transaction?: 'all' | 'each' | 'none';
  /** Records the pending migrations as applied without running them. */
  readonly fake?: boolean;
}

/** A DataSource that says whether stand-ins for missing host tables are made before migrating. */
export interface WithHostTables {
  readonly hostTables: 'expect' | 'create';
}

/**
 * Applies the pending migrations of an initialised DataSource, host's and billing's alike.
 *
 * Safe to call from many processes at once: one does the work, the others wait and find it done.
 * If anything fails, the database is as it was before (with `all`; on D1, as it was before the
 * migration that failed), and the error is thrown.
 *
 * @returns the migrations applied, oldest first; empty if none was pending
 * @throws BillingError `HOST_TABLE_MISSING`, `HOST_COLUMN_MISMATCH`, `TABLE_EXISTS`, `NOT_SUPPORTED`
 */
export async function migrate(
  dataSource: DataSource,
  options: MigrateOptions = {},
): Promise<Migration[]> {
  const engine = engineOf(dataSource);
  const pending = await new BillingMigrationExecutor(dataSource, engine).getPendingMigrations();
  // Looked at without the lock: with nothing to do, nobody is made to wait.
  if (pending.length === 0) {
    dataSource.logger.logSchemaBuild('No migrations are pending');
    return [];
  }
  const mode = options.transaction ?? dataSource.options.migrationsTransactionMode ?? 'all';
  const billing = pending.filter(({ instance }) => isBillingMigration(instance));
  const mixed = billing.length > 0 && billing.length < pending.length;
  const run = { dataSource, engine, options, mixed };
  if (billing.length > 0) assertPlainNames(dataSource);
  if (engine.atomicity === 'batch') return runInBatches(run, mode === 'none');
  if (mode === 'none') return underMigrationLock(dataSource, engine, () => runUnwrapped(run));
  return mode === 'all' ? runTogether(run) : runOneByOne(run);
}

interface Run {
  readonly dataSource: DataSource;
  readonly engine: Engine;
  readonly options: MigrateOptions;
  /** Whether migrations of the host are pending beside billing's. */
  readonly mixed: boolean;
}

/** Whether the DataSource makes stand-ins for host tables that are missing. */
export const makesHostTables = (dataSource: DataSource & Partial<WithHostTables>): boolean =>
  dataSource.hostTables === 'create';

function executorOf(
  { dataSource, engine, options }: Run,
  queryRunner?: QueryRunner,
): BillingMigrationExecutor {
  const executor = new BillingMigrationExecutor(dataSource, engine, queryRunner);
  executor.fake = options.fake ?? false;
  return executor;
}

function runTogether(run: Run, only?: string): Promise<Migration[]> {
  return inMigrationTransaction(run.dataSource, run.engine, async (queryRunner) => {
    if (makesHostTables(run.dataSource)) await run.engine.createHostTables(queryRunner);
    const executor = executorOf(run, queryRunner);
    executor.only = only;
    executor.transaction = only === undefined ? 'all' : 'each';
    return run.mixed && only === undefined
      ? runInTurn(executor, queryRunner)
      : executor.executePendingMigrations();
  });
}

function runInBatch(run: Run, only: string): Promise<Migration[]> {
  return inMigrationTransaction(run.dataSource, run.engine, (queryRunner) => {
    const executor = executorOf(run, queryRunner);
    executor.only = only;
    executor.transaction = 'each';
    return executor.executePendingMigrations();
  });
}

/**
 * A host's own migration that makes the table billing attaches to may well be younger than ours:
 * then each billing migration waits until what it references is there.
 */
async function runInTurn(
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

async function runUnwrapped(run: Run, only?: string): Promise<Migration[]> {
  if (makesHostTables(run.dataSource)) await makeHostTables(run);
  const executor = executorOf(run);
  executor.only = only;
  executor.transaction = 'none';
  return executor.executePendingMigrations();
}

async function runOneByOne(run: Run): Promise<Migration[]> {
  const applied: Migration[] = [];
  for (;;) {
    const name = await nameOfNext(run);
    if (name === undefined) return applied;
    const done =
      migrationNamed(run.dataSource, name)?.transaction === false
        ? await underMigrationLock(run.dataSource, run.engine, () => runUnwrapped(run, name))
        : await runTogether(run, name);
    applied.push(...done);
  }
}

async function nameOfNext(run: Run): Promise<string | undefined> {
  const queryRunner = run.dataSource.createQueryRunner();
  try {
    return await executorOf(run, queryRunner).nameOfNext(queryRunner);
  } finally {
    await queryRunner.release();
  }
}

async function makeHostTables({ dataSource, engine }: Run): Promise<void> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await engine.createHostTables(queryRunner);
  } finally {
    await queryRunner.release();
  }
}

/**
 * One atomic batch for each migration and its record. There is no lock: if two processes send the
 * same migration, one batch is refused as a whole, and whoever sent it finds the other's work done.
 */
async function runInBatches(run: Run, unwrapped: boolean): Promise<Migration[]> {
  const { dataSource, engine } = run;
  if (makesHostTables(dataSource)) {
    await inMigrationTransaction(dataSource, engine, (queryRunner) =>
      engine.createHostTables(queryRunner),
    );
  }
  if (!run.mixed && !run.options.fake) await assertHostIsReadyForAll(run);
  await executorOf(run).createMigrationsTable();
  const applied: Migration[] = [];
  for (;;) {
    const name = await nameOfNext(run);
    if (name === undefined) return applied;
    const alone = unwrapped || migrationNamed(dataSource, name)?.transaction === false;
    await unlessDoneElsewhere(run, name, async () => {
      applied.push(...(await (alone ? runUnwrapped(run, name) : runInBatch(run, name))));
    });
  }
}

async function unlessDoneElsewhere(
  run: Run,
  name: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    const pending = await executorOf(run).getPendingMigrations();
    if (pending.some((one) => one.name === name)) throw error;
  }
}

/** Looks before the first batch, as those that went well would stay. */
async function assertHostIsReadyForAll(run: Run): Promise<void> {
  const queryRunner = run.dataSource.createQueryRunner();
  try {
    for (const { name, instance } of await executorOf(run, queryRunner).getPendingMigrations()) {
      if (!isBillingMigration(instance)) continue;
      await unlessDoneElsewhere(run, name, () =>
        assertHostIsReady(queryRunner, run.engine, instance),
      );
    }
  } finally {
    await queryRunner.release();
  }
}

/** The migrations are plain SQL: they would not follow options that give tables other names. */
function assertPlainNames({ options }: DataSource): void {
  const { entityPrefix, schema } = options as { entityPrefix?: string; schema?: string };
  const [option, value] = entityPrefix ? ['entityPrefix', entityPrefix] : ['schema', schema];
  if (!value || (option === 'schema' && value === 'public')) return;
  throw new BillingError(
    'NOT_SUPPORTED',
    `The DataSource's ${option} "${value}" would have the entities look for other tables than the ` +
      'migrations make: give billing a DataSource without it' +
      (option === 'schema' ? ', and set the search_path of its user instead.' : '.'),
  );
}
