import type { DataSource, EntityMetadata, QueryRunner, Table } from 'typeorm';
import type { Comparison, HostPart } from '../engine';
import { PostgresSchemaBuilder } from './schema-builder';

/** All parts of a table but its primary key, NOT NULLs, and the indexes behind constraints. */
const PARTS = `
  SELECT 'column' AS "kind", attname AS "name", format_type(atttypid, atttypmod) AS "definition"
  FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
  UNION ALL
  SELECT 'constraint', conname, pg_get_constraintdef(oid)
  FROM pg_constraint WHERE conrelid = $1::regclass AND contype IN ('c', 'u', 'f', 'x')
  UNION ALL
  SELECT 'index', c.relname, pg_get_indexdef(i.indexrelid)
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = $1::regclass AND NOT EXISTS (
    SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
  UNION ALL
  SELECT 'trigger', tgname, pg_get_triggerdef(oid)
  FROM pg_trigger WHERE tgrelid = $1::regclass AND NOT tgisinternal
  ORDER BY 1, 2`;

/** Compares some tables, and keeps what they have besides what the entities name. */
export async function compareOnPostgres(
  dataSource: DataSource,
  tables: ReadonlySet<string>,
): Promise<Comparison> {
  const entityMetadatas = dataSource.entityMetadatas.filter((one) => tables.has(one.tableName));
  // TypeORM's builder compares all entities, and the table of its query cache with them.
  const scope = Object.create(dataSource, {
    entityMetadatas: { value: entityMetadatas },
    queryResultCache: { value: undefined },
    createQueryRunner: { value: () => withoutGeneratedColumns(dataSource.createQueryRunner()) },
  }) as DataSource;
  const builder = new KeepingSchemaBuilder(scope);
  const { upQueries } = await builder.log();
  return { differences: upQueries.map(({ query }) => query), hosts: builder.hosts };
}

/**
 * TypeORM looks up a generated column, such as one the host added, in a table of its own, which is
 * not there unless an entity has one.
 */
function withoutGeneratedColumns(queryRunner: QueryRunner): QueryRunner {
  const query = queryRunner.query.bind(queryRunner) as (...all: unknown[]) => Promise<unknown>;
  return Object.assign(queryRunner, {
    query: (...all: unknown[]) =>
      /^SELECT .* FROM (?:"\w+"\.)*"typeorm_metadata"/s.test(String(all[0]))
        ? Promise.resolve([])
        : query(...all),
  });
}

/** Hides from TypeORM's builder what the entities don't name, so that it can't drop it. */
class KeepingSchemaBuilder extends PostgresSchemaBuilder {
  readonly hosts: HostPart[] = [];

  protected override async executeSchemaSyncOperationsInProperOrder(): Promise<void> {
    for (const metadata of this.entityToSyncMetadatas) {
      const table = this.tables.find(({ name }) => name.split('.').at(-1) === metadata.tableName);
      if (table === undefined) continue;
      const { columns, others } = namesOf(metadata);
      const name = this.dataSource.driver.escape(metadata.tableName);
      const parts = (await this.queryRunner.query(PARTS, [name])) as Omit<HostPart, 'table'>[];
      this.hosts.push(
        ...parts
          .filter((part) => !(part.kind === 'column' ? columns : others).has(part.name))
          .map((part) => ({ table: metadata.tableName, ...part })),
      );
      hideExtras(table, metadata);
    }
    await super.executeSchemaSyncOperationsInProperOrder();
  }
}

function namesOf(metadata: EntityMetadata): {
  readonly columns: ReadonlySet<string>;
  readonly others: ReadonlySet<string | undefined>;
} {
  const { columns, checks, uniques, foreignKeys, indices, exclusions } = metadata;
  return {
    columns: new Set(
      columns.filter((one) => !one.isVirtualProperty).map((one) => one.databaseName),
    ),
    others: new Set(
      [...checks, ...uniques, ...foreignKeys, ...indices, ...exclusions].map(({ name }) => name),
    ),
  };
}

function hideExtras(table: Table, metadata: EntityMetadata): void {
  const { columns, others } = namesOf(metadata);
  const isNamed = ({ name }: { name?: string | undefined }): boolean => others.has(name);
  table.columns = table.columns.filter(({ name }) => columns.has(name));
  table.indices = table.indices.filter(isNamed);
  table.checks = table.checks.filter(isNamed);
  table.uniques = table.uniques.filter(isNamed);
  table.foreignKeys = table.foreignKeys.filter(isNamed);
  table.exclusions = table.exclusions.filter(isNamed);
  if (metadata.comment === undefined) delete table.comment;
  for (const column of table.columns) {
    column.isUnique = table.uniques.some(
      ({ columnNames }) => columnNames.length === 1 && columnNames[0] === column.name,
    );
    const wanted = metadata.columns.find(({ databaseName }) => databaseName === column.name);
    if (wanted?.comment === undefined) delete column.comment;
  }
}
