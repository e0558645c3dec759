import type { DataSource } from 'typeorm';
import { engineOf } from '../engines/registry';
import { declaredBy } from '../migrations/billing-migration';
import { createdTables, placeOn, type PlacedTable } from '../migrations/billing-tables';
import { BillingMigrationExecutor } from './executor';
import { describeAll } from './host-check';

export interface MigrationStatus {
  readonly name: string;
  readonly state: 'applied' | 'pending';
  /** When the migration was written: the timestamp at the end of its name. */
  readonly date: Date;
}

/** The DataSource's migrations and all others that are applied, oldest first. */
export async function status(dataSource: DataSource): Promise<MigrationStatus[]> {
  const executor = new BillingMigrationExecutor(dataSource, engineOf(dataSource));
  const applied = await executor.getExecutedMigrations();
  const names = new Set(applied.map(({ name }) => name));
  const pending = (await executor.getPendingMigrations()).filter(({ name }) => !names.has(name));
  const describe =
    (state: MigrationStatus['state']) => (migration: { name: string; timestamp: number }) => ({
      name: migration.name,
      state,
      date: new Date(migration.timestamp),
    });
  return [...applied.map(describe('applied')), ...pending.map(describe('pending'))].sort(
    (a, b) => a.date.getTime() - b.date.getTime(),
  );
}

export interface TableStatus {
  readonly table: string;
  readonly columns: number;
}

/** The tables of the DataSource's migrations and entities that are in the database. */
export async function tables(dataSource: DataSource): Promise<TableStatus[]> {
  const { entityMetadatas, migrations } = dataSource;
  const engine = engineOf(dataSource);
  const place = placeOn(engine.dialect, dataSource);
  const all = new Map<string, PlacedTable>();
  const add = (one: PlacedTable): unknown => all.set(`${one.schema ?? ''}.${one.table}`, one);
  for (const one of migrations) {
    createdTables(declaredBy(one, engine.dialect) ?? one, place).forEach(add);
  }
  for (const { synchronize, schema, tableName } of entityMetadatas) {
    const there = engine.hasSchemas ? schema : undefined;
    if (synchronize) add({ schema: there, table: tableName });
  }
  const queryRunner = dataSource.createQueryRunner();
  try {
    const found = await describeAll(queryRunner, engine, [...all.values()]);
    return [...all.values()].flatMap((one) => {
      const columns = found(one);
      return columns ? [{ table: one.table, columns: columns.length }] : [];
    });
  } finally {
    await queryRunner.release();
  }
}
