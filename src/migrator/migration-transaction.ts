import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';

/**
 * Runs `work` in a transaction, while no other process migrates.
 *
 * Where tables can be rebuilt only with foreign keys off, they are off during the transaction; it is
 * rolled back if a key would then reference a missing row. They are always on again afterwards.
 */
export async function inMigrationTransaction<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.beforeMigration();
    await beginLocked(queryRunner, engine);
    const before = await engine.danglingKeys(queryRunner);
    const result = await work(queryRunner);
    const after = await engine.danglingKeys(queryRunner);
    const dangling = [...after].filter(([key, count]) => count > (before.get(key) ?? 0));
    if (dangling.length > 0) {
      throw BillingError.danglingKeys(dangling.map(([key]) => key));
    }
    await queryRunner.commitTransaction();
    return result;
  } catch (error) {
    // The first error is the one to throw; the release below ends what can't be rolled back.
    if (queryRunner.isTransactionActive) {
      await queryRunner.rollbackTransaction().catch(() => undefined);
    }
    throw error;
  } finally {
    if (!queryRunner.isTransactionActive) {
      await queryRunner.afterMigration().catch(() => undefined);
    }
    await queryRunner.release();
  }
}

/**
 * Runs `work` outside a transaction, while another transaction holds the lock; where the engine can't
 * do that, without a lock.
 *
 * @param work is given the only connection, if there is no other
 */
export async function underMigrationLock<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner?: QueryRunner) => Promise<T>,
): Promise<T> {
  if (!engine.locksApart) return work();
  if (engine.hasOneConnection(dataSource)) return underSessionLock(dataSource, engine, work);
  const holder = dataSource.createQueryRunner();
  try {
    await beginLocked(holder, engine);
    return await work();
  } finally {
    if (holder.isTransactionActive) await holder.rollbackTransaction();
    await holder.release();
  }
}

async function underSessionLock<T>(
  dataSource: DataSource,
  engine: Engine,
  work: (queryRunner: QueryRunner) => Promise<T>,
): Promise<T> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const unlock = await untilFree(() => engine.lockSession(queryRunner));
    try {
      return await work(queryRunner);
    } finally {
      if (queryRunner.isTransactionActive) await queryRunner.rollbackTransaction();
      await unlock();
    }
  } finally {
    await queryRunner.release();
  }
}

/** Begins a transaction that holds the lock, however long another process has it. */
async function beginLocked(queryRunner: QueryRunner, engine: Engine): Promise<void> {
  await untilFree(async () => {
    await begin(queryRunner, engine);
    if (await engine.lock(queryRunner)) return true;
    // In the meantime it holds no connection of a pooler's.
    await queryRunner.rollbackTransaction();
    return undefined;
  });
}

const FIRST_WAIT_MS = 50;
const LONGEST_WAIT_MS = 500;

/** Tries again, ever less often, until there is a result. */
async function untilFree<T extends object | true>(
  attempt: () => Promise<T | undefined>,
): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 1.5, LONGEST_WAIT_MS)) {
    const result = await attempt();
    if (result !== undefined) return result;
    // Not all at the same time.
    const milliseconds = wait * (0.5 + Math.random() / 2);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
}

/** Begins a transaction, however long another process's migration takes. */
async function begin(queryRunner: QueryRunner, engine: Engine): Promise<void> {
  for (;;) {
    try {
      await queryRunner.startTransaction(engine.migrationIsolation);
      return;
    } catch (error) {
      if (!engine.isBusy(error)) throw error;
    }
  }
}
