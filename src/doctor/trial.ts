import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import type { Found } from '../engines/examination';
import type { Finding } from './report';

type Tried = Pick<Finding, 'tried' | 'reason'>;

/** Tries the statements of all findings, one after the other, in a transaction that is rolled back. */
export async function tryStatements(
  dataSource: DataSource,
  engine: Engine,
  found: readonly Found[],
): Promise<Tried[]> {
  if (engine.atomicity === 'batch') {
    const reason =
      'this database takes a transaction as one batch, and can’t roll it back afterwards';
    return found.map((one) =>
      one.sql.length === 0 ? nothing(one) : { tried: 'not tried', reason },
    );
  }
  const queryRunner = dataSource.createQueryRunner();
  try {
    await queryRunner.startTransaction();
    try {
      for (const sql of engine.trialSettings) await queryRunner.query(sql);
      const tried: Tried[] = [];
      for (const one of found) tried.push(await tryOne(queryRunner, one));
      return tried;
    } finally {
      await queryRunner.rollbackTransaction();
    }
  } catch (error) {
    // The transaction itself: a read-only file, or one that is locked.
    const reason = messageOf(error);
    return found.map((one) =>
      one.sql.length === 0 ? nothing(one) : { tried: 'not tried', reason },
    );
  } finally {
    await queryRunner.release();
  }
}

const nothing = ({ reason = 'no statement puts it right by itself' }: Found): Tried => ({
  tried: 'not tried',
  reason,
});

async function tryOne(queryRunner: QueryRunner, one: Found): Promise<Tried> {
  const { sql } = one;
  if (sql.length === 0) return nothing(one);
  await queryRunner.startTransaction();
  try {
    for (const statement of sql) await queryRunner.query(statement);
    const left =
      one.ineffective === undefined
        ? []
        : ((await queryRunner.query(one.ineffective)) as unknown[]);
    if (left.length > 0)
      throw new Error('the database takes it, and it has no effect for this user');
    await queryRunner.commitTransaction();
    return { tried: 'works' };
  } catch (error) {
    await queryRunner.rollbackTransaction();
    const tried = isTimeout(error) ? 'not tried' : 'fails';
    return { tried, reason: messageOf(error) };
  }
}

/** SQLSTATEs of a lock that was not had, and of a statement that took too long: that says nothing of it. */
const isTimeout = (error: unknown): boolean =>
  ['55P03', '57014'].includes(
    String((error as { driverError?: { code?: unknown } }).driverError?.code),
  );

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
