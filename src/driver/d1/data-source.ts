import type {
  DataSource,
  DataSourceOptions,
  EntityManager,
  ObjectLiteral,
  QueryRunner,
  SelectQueryBuilder,
} from 'typeorm';
import type { BaseDataSourceOptions } from '../typeorm';
import { SqliteFamilyDataSource } from '../queries/query-builder';
import type { D1Binding } from './binding';
import { type BindingSource, D1Database } from './database';
import type { Cascade } from './held-writes';
import { D1Driver } from './driver';
import { OwningEntityManager, OwningRelationLoader } from './owners';
import { D1QueryBuilder } from './query-builder';
import { type D1SessionBinding, type D1SessionBookmark, onSession } from './session';

/** Options of a D1 DataSource: TypeORM's options without `type`, and the binding. */
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
    this.driver = new D1Driver(this, new D1Database(database, () => cascadesOf(this)));
    Object.assign(this, { relationLoader: new OwningRelationLoader(this) });
  }

  /**
   * A DataSource for one request, whose queries all go to a D1 session, such as
   * `env.DB.withSession(bookmark)`. It shares the entity metadata, subscribers and options, is open from
   * the start, and holds nothing: `destroy()` is not needed, and leaves this one open.
   *
   * Active Record's methods (`BaseEntity`) and entities that this DataSource has loaded stay with this
   * one.
   *
   * @throws BillingError `INVALID_CALL` for a session of a session, or what is not a session;
   *   `DATA_SOURCE_CLOSED` before `initialize()`
   */
  withSession(session: D1SessionBinding): this & D1SessionBookmark {
    return onSession(this, session, () => cascadesOf(this));
  }

  override createEntityManager(queryRunner?: QueryRunner): EntityManager {
    return new OwningEntityManager(this, queryRunner);
  }

  protected override refineQueryBuilder<Entity extends ObjectLiteral>(
    builder: SelectQueryBuilder<Entity>,
  ): SelectQueryBuilder<Entity> {
    return new D1QueryBuilder(builder);
  }
}

/** The foreign keys that delete or change rows, by the table that they reference. */
function cascadesOf({ entityMetadatas }: DataSource): ReadonlyMap<string, readonly Cascade[]> {
  const found = new Map<string, Cascade[]>();
  const acts = (action = ''): boolean => /cascade|set/i.test(action);
  for (const { tableName, foreignKeys } of entityMetadatas) {
    for (const key of foreignKeys) {
      if (!acts(key.onDelete) && !acts(key.onUpdate)) continue;
      const name = key.referencedEntityMetadata.tableName.toLowerCase();
      const onUpdate = acts(key.onUpdate)
        ? key.referencedColumns.map(({ databaseName }) => databaseName.toLowerCase())
        : [];
      found.set(name, [
        ...(found.get(name) ?? []),
        { child: tableName.toLowerCase(), onDelete: acts(key.onDelete), onUpdate },
      ]);
    }
  }
  return found;
}
