import type { DataSource, EntityMetadata } from 'typeorm';
import { BillingError } from '../errors';

/**
 * Refuses a DataSource that gives billing's tables or columns other names: the migrations are plain SQL,
 * and the first query would look for a table that is not there.
 *
 * @throws BillingError `CONFIGURATION_INVALID`, which names the option and the remedy
 */
export function assertPlainNames(dataSource: DataSource): void {
  const { options, entityMetadatas } = dataSource;
  const { entityPrefix } = options as { entityPrefix?: string };
  if (entityPrefix) throw refusal(`entityPrefix "${entityPrefix}" renames the tables`);
  for (const metadata of entityMetadatas.filter(isBilling)) {
    const [from, to] = renamed(metadata) ?? [];
    if (from === undefined || to === undefined) continue;
    throw refusal(`namingStrategy makes "${to}" of "${from}" and so renames the tables`);
  }
}

const refusal = (what: string): BillingError =>
  BillingError.configurationInvalid(
    `The DataSource's ${what} of the entities, but not those that the migrations create`,
    "give billing a DataSource without it; a prefix for billing's tables alone is bindHost({ prefix: … })",
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
