import type { EntityMetadata, QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import { BillingError } from '../../errors';
import type { Unchecked } from '../engine';
import { dataSourceOf } from '../typeorm';
import { pathOf } from './schema-builder';

/** The columns of a table that `information_schema`, which TypeORM reads, leaves out for this user. */
const HIDDEN_COLUMNS = `
  SELECT a.attname AS "name", quote_ident(current_user) AS "user"
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
    AND NOT pg_has_role(c.relowner, 'USAGE')
    AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT, INSERT, UPDATE, REFERENCES')`;

/** Schemas of the search_path that the server passes over, as the user has no right to use them. */
const CLOSED_SCHEMAS = `
  SELECT n.nspname AS "schema", quote_ident(current_user) AS "user"
  FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid
  WHERE c.relname = $1 AND c.relkind IN ('r', 'p') AND NOT has_schema_privilege(n.oid, 'USAGE')
    AND n.nspname = ANY (string_to_array(
      replace(replace(current_setting('search_path'), '"$user"', current_user), '"', ''), ', '))`;

/** The tables that the user can't see, as a whole or some of their columns, and why. */
export async function hiddenTables(
  queryRunner: QueryRunner,
  entities: readonly EntityMetadata[],
): Promise<Map<EntityMetadata, Unchecked>> {
  const hidden = new Map<EntityMetadata, Unchecked>();
  for (const entity of entities) {
    const reason = await whyHidden(queryRunner, pathOf(entity), entity.tableName);
    if (reason !== undefined) hidden.set(entity, { object: entity.tableName, reason });
  }
  return hidden;
}

/**
 * Refuses a table that is there and that the user has no right on: `information_schema` leaves it out.
 * Where its schema is not there, it can't be made either.
 *
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export async function assertSeen(queryRunner: QueryRunner, table: string): Promise<void> {
  const { schema } = dataSourceOf(queryRunner).driver;
  const path = [schema, table].flatMap((part) => (part === undefined ? [] : quote(part))).join('.');
  await assertSchema(queryRunner);
  const reason = await whyHidden(queryRunner, path, table);
  if (reason === undefined) return;
  throw BillingError.configurationInvalid(
    `The table ${path} of applied migrations can't be read (${reason})`,
    'grant this user what it needs, or connect as the owner of the tables',
  );
}

/** Looks for the schema that the DataSource's options name. */
async function assertSchema(queryRunner: QueryRunner): Promise<void> {
  const { schema } = dataSourceOf(queryRunner).options as { readonly schema?: string };
  if (!schema) return;
  const sql = 'SELECT 1 FROM pg_namespace WHERE nspname = $1';
  const rows = (await queryRunner.query(sql, [schema])) as unknown[];
  if (rows.length > 0) return;
  throw BillingError.configurationInvalid(
    `The DataSource's schema "${schema}" is not in this database`,
    `run CREATE SCHEMA ${quote(schema)} first, or name one that is there`,
  );
}

async function whyHidden(
  queryRunner: QueryRunner,
  path: string,
  table: string,
): Promise<string | undefined> {
  const columns = (await queryRunner.query(HIDDEN_COLUMNS, [path])) as Row[];
  if (columns[0] !== undefined) {
    const names = columns.map(({ name }) => name).join(', ');
    return `the user ${columns[0].user} has no right on the columns ${names}`;
  }
  const closed = (await queryRunner.query(CLOSED_SCHEMAS, [table])) as Row[];
  if (closed[0] === undefined) return undefined;
  return `the user ${closed[0].user} has no right to use the schema ${closed[0].schema}`;
}

interface Row {
  readonly name?: string;
  readonly schema?: string;
  readonly user: string;
}
