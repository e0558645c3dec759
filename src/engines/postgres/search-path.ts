import type { EntityMetadata, QueryRunner, Table } from 'typeorm';

const VISIBLE = `
  SELECT c.relname AS "table", n.nspname AS "schema"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND c.relname = ANY ($1)`;

/** The schema in which the search_path finds each table. */
export type FoundTables = ReadonlyMap<string, string>;

/** Looks up the tables of the entities, and those that they reference, where they name no schema. */
export async function resolve(
  queryRunner: QueryRunner,
  entities: readonly EntityMetadata[],
): Promise<FoundTables> {
  const names = entities
    .flatMap((one) => [one, ...one.foreignKeys.map((key) => key.referencedEntityMetadata)])
    .filter(({ schema }) => schema === undefined)
    .map(({ tableName }) => tableName);
  const rows = (await queryRunner.query(VISIBLE, [names])) as { table: string; schema: string }[];
  return new Map(rows.map(({ table, schema }) => [table, schema]));
}

/**
 * Names the live table of an entity, and the tables that it references, as TypeORM names those of the
 * first schema of the search_path, if the path finds them. Statements then name them without a schema.
 */
export function asResolved(
  tables: readonly Table[],
  entity: EntityMetadata,
  found: FoundTables,
  first: string,
): void {
  const isFound = (
    { schema, tableName }: EntityMetadata,
    live: { readonly schema: string | undefined; readonly name: string },
  ): boolean =>
    schema === undefined &&
    live.name.split('.').at(-1) === tableName &&
    live.schema === found.get(tableName);
  const table = tables.find(({ schema, name }) => isFound(entity, { schema, name }));
  if (table !== undefined) {
    table.name = entity.tableName;
    table.schema = first;
  }
  const live =
    table ??
    tables.find(
      ({ schema, name }) => schema === entity.schema && name.split('.').at(-1) === entity.tableName,
    );
  for (const key of live?.foreignKeys ?? []) {
    const wanted = entity.foreignKeys.find(
      ({ name }) => name === key.name,
    )?.referencedEntityMetadata;
    const target = { schema: key.referencedSchema, name: key.referencedTableName };
    if (wanted === undefined || !isFound(wanted, target)) continue;
    key.referencedTableName = wanted.tableName;
    key.referencedSchema = first;
  }
}
