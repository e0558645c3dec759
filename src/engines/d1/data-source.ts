import type { DataSource, DataSourceOptions, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import type { BaseDataSourceOptions } from 'typeorm/data-source/BaseDataSourceOptions.js';
import { SqliteFamilyDriver } from '../sqlite-family/driver';
import { SqliteFamilyDataSource } from '../sqlite-family/query-builder';
import type { D1Binding } from './binding';
import { type BindingSource, D1Database } from './database';
import { D1QueryBuilder } from './query-builder';

/** Options of a D1 DataSource: TypeORM's own, without `type`, and the binding. */
export interface D1DataSourceOptions extends Omit<BaseDataSourceOptions, 'type'> {
  /** The Worker's binding, such as `env.DB`, or a function that opens one. */
  readonly database: D1Binding | BindingSource;
}

/** A TypeORM DataSource on a D1 binding. */
export class D1BindingDataSource extends SqliteFamilyDataSource {
  constructor({ database, ...options }: D1DataSourceOptions) {
    super({
      ...options,
      type: 'capacitor',
      driver: undefined,
      database: 'd1',
    } as unknown as DataSourceOptions);
    this.driver = new SqliteFamilyDriver(
      this,
      new D1Database(database, () => cascadesOf(this)),
      true,
    );
  }

  protected override refineQueryBuilder<Entity extends ObjectLiteral>(
    builder: SelectQueryBuilder<Entity>,
  ): SelectQueryBuilder<Entity> {
    return new D1QueryBuilder(builder);
  }
}

/** Tables with foreign keys that cascade or set NULL, by the table they refer to. */
function cascadesOf({ entityMetadatas }: DataSource): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { tableName, foreignKeys } of entityMetadatas) {
    for (const { referencedEntityMetadata: parent, onDelete } of foreignKeys) {
      if (!onDelete || /restrict|no action/i.test(onDelete)) continue;
      const name = parent.tableName.toLowerCase();
      found.set(name, [...(found.get(name) ?? []), tableName.toLowerCase()]);
    }
  }
  return found;
}
