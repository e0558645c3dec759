import type { DataSource, EntityMetadata } from 'typeorm';
import { BillingError } from '../errors';

/**
 * Refuses a DataSource that gives billing's tables or columns other names: the migrations are plain SQL,
 * and the first query would look for a table that is not there.
 *
 * @throws BillingError `CONFIGURATION_INVALID`, which names the option and the remedy
 */
export function assertPlainNames(dataSource: DataSource): void {
  const { options, driver, entityMetadatas } = dataSource;
  const { entityPrefix, schema } = options as { entityPrefix?: string; schema?: string };
  // The schema in which the migrations, which name none, create their tables.
  const { searchSchema = 'public' } = driver as { searchSchema?: string };
  if (entityPrefix) throw refusal(`entityPrefix "${entityPrefix}" renames the tables`, '');
  if (schema && schema !== searchSchema) {
    throw refusal(
      `schema "${schema}" renames the tables`,
      ', and set the search_path of its user instead',
    );
  }
  for (const metadata of entityMetadatas.filter(isBilling)) {
    const [from, to] = renamed(metadata) ?? [];
    if (from === undefined || to === undefined) continue;
    throw refusal(`namingStrategy makes "${to}" of "${from}" and so renames the tables`, '');
  }
}

const refusal = (what: string, more: string): BillingError =>
  BillingError.configurationInvalid(
    `The DataSource's ${what} of the entities, but not those that the migrations create`,
    `give billing a DataSource without it${more}`,
  );

const isBilling = ({ target }: EntityMetadata): boolean =>
  typeof target === 'function' && 'isCompleteBeforeInsert' in target;

/** The first name that is not as an entity gives it, and what has become of it. */
function renamed({
  givenTableName,
  tableName,
  columns,
}: EntityMetadata): readonly [string, string] | undefined {
  if (givenTableName !== undefined && givenTableName !== tableName) {
    return [givenTableName, tableName];
  }
  const column = columns.find(
    ({ givenDatabaseName, databaseName }) =>
      givenDatabaseName !== undefined && givenDatabaseName !== databaseName,
  );
  return column && [column.givenDatabaseName ?? '', column.databaseName];
}
