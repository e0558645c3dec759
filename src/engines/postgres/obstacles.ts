import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import { BillingError } from '../../errors';
import type { Needs } from '../engine';
import { dataSourceOf } from '../typeorm';

const OLDEST = 13;

/** One row about the server and the session, as the user of the migrations sees them. */
const SESSION = `
SELECT current_setting('server_version_num')::int / 10000 AS "version",
  current_setting('server_version') AS "fullVersion",
  pg_is_in_recovery() AS "isStandby",
  current_setting('transaction_read_only') = 'on' AS "isReadOnly",
  quote_ident(current_user) AS "user",
  quote_ident(current_database()) AS "database",
  current_schema() AS "schema",
  has_database_privilege(current_database(), 'CREATE') AS "makesSchemas"`;

interface Session {
  readonly version: number;
  readonly fullVersion: string;
  readonly isStandby: boolean;
  readonly isReadOnly: boolean;
  readonly user: string;
  readonly database: string;
  readonly schema: string | null;
  readonly makesSchemas: boolean;
}

/** An old server, a standby, a read-only session, and rights that the user lacks. */
export async function postgresObstacles(
  queryRunner: QueryRunner,
  needs: Needs,
): Promise<readonly BillingError[]> {
  const [session] = (await queryRunner.query(SESSION)) as Session[];
  if (session === undefined) return [];
  const found: BillingError[] = [];
  if (session.version < OLDEST) {
    found.push(
      BillingError.notSupported(
        `This server is Postgres ${session.fullVersion}, which is too old`,
        `use Postgres ${OLDEST} or newer`,
      ),
    );
  }
  if (session.isStandby) {
    found.push(
      BillingError.databaseReadOnly(
        'This server is a standby, which takes no writes',
        'connect to the primary',
      ),
    );
  } else if (session.isReadOnly) {
    found.push(
      BillingError.databaseReadOnly(
        `This session of ${session.user} is read-only`,
        `connect as a user that may write, or run \`ALTER ROLE ${session.user} RESET default_transaction_read_only\``,
      ),
    );
  }
  return [
    ...found,
    ...(await schemaRights(queryRunner, needs, session)),
    ...(await referenceRights(queryRunner, needs, session)),
    ...(await recordRights(queryRunner, needs, session)),
  ];
}

async function schemaRights(
  queryRunner: QueryRunner,
  { schemas }: Needs,
  { user, database, schema: first, makesSchemas }: Session,
): Promise<BillingError[]> {
  const names = [...new Set(schemas.map((schema) => schema ?? first))];
  if (names.includes(null)) {
    return [
      BillingError.configurationInvalid(
        `No schema of the search_path is there for ${user}, so that no table can be made`,
        'create the schema, grant USAGE on it, or set the search_path',
      ),
    ];
  }
  const rows = (await queryRunner.query(
    `SELECT name, n.oid IS NOT NULL AS "isThere",
       coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'), false) AS "isOpen"
     FROM unnest($1::text[]) name LEFT JOIN pg_namespace n ON n.nspname = name`,
    [names],
  )) as { name: string; isThere: boolean; isOpen: boolean }[];
  return rows.flatMap(({ name, isThere, isOpen }) => {
    if (isThere ? isOpen : makesSchemas) return [];
    return isThere
      ? BillingError.rightsMissing(
          `${user} may not make tables in the schema ${quote(name)}`,
          `GRANT USAGE, CREATE ON SCHEMA ${quote(name)} TO ${user}`,
        )
      : BillingError.rightsMissing(
          `The schema ${quote(name)} is not there, and ${user} may make none`,
          `GRANT CREATE ON DATABASE ${database} TO ${user}`,
        );
  });
}

/** Of the tables that are there: that one is missing is found elsewhere. */
async function referenceRights(
  queryRunner: QueryRunner,
  { references }: Needs,
  { user }: Session,
): Promise<BillingError[]> {
  const paths = references.map(({ schema, table }) =>
    schema === undefined ? quote(table) : `${quote(schema)}.${quote(table)}`,
  );
  const rows = (await queryRunner.query(
    `SELECT DISTINCT path FROM unnest($1::text[], $2::text[]) r (path, name)
     JOIN pg_attribute a ON a.attrelid = to_regclass(path) AND a.attname = name AND NOT a.attisdropped
     WHERE NOT has_column_privilege(a.attrelid, a.attnum, 'REFERENCES')`,
    [paths, references.map(({ column }) => column)],
  )) as { path: string }[];
  return rows.map(({ path }) =>
    BillingError.rightsMissing(
      `${user} may make no foreign keys to the table ${path}`,
      `GRANT REFERENCES ON ${path} TO ${user}`,
    ),
  );
}

async function recordRights(
  queryRunner: QueryRunner,
  { migrationsTable }: Needs,
  { user }: Session,
): Promise<BillingError[]> {
  const { schema } = dataSourceOf(queryRunner).options as { readonly schema?: string };
  const path = schema ? `${quote(schema)}.${quote(migrationsTable)}` : quote(migrationsTable);
  const rows = (await queryRunner.query(
    `SELECT 1 FROM pg_class c WHERE c.oid = to_regclass($1) AND NOT (
       has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
       AND has_table_privilege(c.oid, 'DELETE'))`,
    [path],
  )) as unknown[];
  if (rows.length === 0) return [];
  return [
    BillingError.rightsMissing(
      `${user} may not write the table ${path} of applied migrations`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ${path} TO ${user}`,
    ),
  ];
}
