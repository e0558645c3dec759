import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { FAMILIES } from '../host/families';

/** A DataSource that says whether stand-ins for missing host tables are created before migrating. */
export interface WithHostTables {
  readonly hostTables: 'expect' | 'create';
}

export const createsStandIns = (dataSource: DataSource & Partial<WithHostTables>): boolean =>
  dataSource.hostTables === 'create';

/** What creates the stand-ins that are missing. */
export const standInStatements = ({ standIns }: Engine): readonly string[] =>
  FAMILIES.flatMap((family) => standIns[family]);

/** Creates the stand-ins that are missing, if the DataSource says so. */
export async function createStandIns(
  dataSource: DataSource,
  engine: Engine,
  queryRunner?: QueryRunner,
): Promise<void> {
  if (!createsStandIns(dataSource)) return;
  const runner = queryRunner ?? dataSource.createQueryRunner();
  try {
    for (const statement of standInStatements(engine)) await runner.query(statement);
  } finally {
    if (runner !== queryRunner) await runner.release();
  }
}
