import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';

/** A DataSource that says whether stand-ins for missing host tables are created before migrating. */
export interface WithHostTables {
  readonly hostTables: 'expect' | 'create';
}

export const createsStandIns = (dataSource: DataSource & Partial<WithHostTables>): boolean =>
  dataSource.hostTables === 'create';

/** Creates the stand-ins that are missing, if the DataSource says so. */
export async function createStandIns(
  dataSource: DataSource,
  engine: Engine,
  queryRunner?: QueryRunner,
): Promise<void> {
  if (!createsStandIns(dataSource)) return;
  const runner = queryRunner ?? dataSource.createQueryRunner();
  try {
    await engine.createHostTables(runner);
  } finally {
    if (runner !== queryRunner) await runner.release();
  }
}
