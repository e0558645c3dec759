import type { DataSource, QueryRunner } from 'typeorm';
import type { Engine } from '../engines/engine';
import { BillingError } from '../errors';
import { sqlOf, STAND_IN_TABLES } from '../host/bindings';
import type { Family } from '../host/families';
import type { HostColumn, ReversibleMigration } from '../migrations/reversible-migration';
import { describeAll, following } from './host-check';
import { adviceOn, hostTablesIn, nearTables } from './near-tables';

/** A DataSource that says whether stand-ins for missing host tables are created before migrating. */
export interface WithHostTables {
  readonly hostTables: 'expect' | 'create';
}

export const createsStandIns = (dataSource: DataSource & Partial<WithHostTables>): boolean =>
  dataSource.hostTables === 'create';

/**
 * What creates the stand-ins that are missing, if the DataSource says so: those of the families that it
 * holds, and only in a database without a table of a host's.
 *
 * @throws BillingError `HOST_TABLE_MISSING` in a database that has one
 */
export async function standInStatements(
  dataSource: DataSource,
  engine: Engine,
  queryRunner: QueryRunner,
): Promise<readonly string[]> {
  if (!createsStandIns(dataSource)) return [];
  const wanted = wantedOf(dataSource, engine);
  const found = await describeAll(
    queryRunner,
    engine,
    wanted.map(({ reference }) => reference),
  );
  const missing = wanted.filter(({ reference }) => found(reference) === undefined);
  const [first] = missing;
  if (first === undefined) return [];
  if ((await hostTablesIn(queryRunner, engine)).length > 0) {
    const { migration, family, reference } = first;
    const { table, column } = reference;
    const near = await nearTables(queryRunner, engine, family, reference);
    const { found: there, remedy } = adviceOn(family, near);
    const place = { migration, path: sqlOf(reference).table, table, column };
    throw BillingError.hostTableMissing(place, there, remedy);
  }
  return missing.flatMap(({ family }) => engine.standIns[family]);
}

interface Wanted {
  readonly migration: string;
  readonly family: Family;
  readonly reference: HostColumn;
}

/** The tables that have a stand-in: one for each family whose migrations the DataSource holds. */
function wantedOf(dataSource: DataSource, engine: Engine): readonly Wanted[] {
  const wanted = new Map<Family, Wanted>();
  for (const migration of dataSource.migrations) {
    if (!('family' in migration)) continue;
    const one = following(migration as ReversibleMigration, engine, dataSource);
    const { table, column } = STAND_IN_TABLES[one.family];
    const reference = one.references?.find(
      (other) => other.schema === undefined && other.table === table && other.column === column,
    );
    if (reference !== undefined && !wanted.has(one.family)) {
      wanted.set(one.family, { migration: one.name, family: one.family, reference });
    }
  }
  return [...wanted.values()];
}

/** Creates the stand-ins that are missing, if the DataSource says so. */
export async function createStandIns(
  dataSource: DataSource,
  engine: Engine,
  queryRunner?: QueryRunner,
): Promise<void> {
  if (!createsStandIns(dataSource)) return;
  const runner = queryRunner ?? dataSource.createQueryRunner();
  try {
    const statements = await standInStatements(dataSource, engine, runner);
    for (const statement of statements) await runner.query(statement);
  } finally {
    if (runner !== queryRunner) await runner.release();
  }
}
