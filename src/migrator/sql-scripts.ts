import { DefaultNamingStrategy, type QueryRunner } from 'typeorm';
import { createWranglerTable, WRANGLER_TABLE } from '../engines/d1/wrangler-table';
import { firstLineOf, type ScriptDialect } from '../engines/d1/migration-file';
import { BillingError } from '../errors';
import type {
  HostColumn,
  ReversibleMigration,
  ReversibleMigrationClass,
} from '../migrations/reversible-migration';

export type { ScriptDialect };

/** A migration as plain SQL, there and back. */
export interface SqlScript {
  /** `0001_create_user_billing.sql`, of the forward file and of the one in `rollback`. */
  readonly file: string;
  readonly forward: string;
  readonly rollback: string;
}

export interface SqlScriptOptions {
  readonly dialect: ScriptDialect;
  /** Number of the first file; 1 if not given. */
  readonly from?: number;
  /** Where TypeORM keeps account; `migrations` if not given. */
  readonly migrationsTable?: string;
  /** wrangler's table of applied files, if its configuration names another than `d1_migrations`. */
  readonly wranglerTable?: string;
}

/** Largest number of a file: 14 digits, such as 20261120093000. */
export const MAX_NUMBER = 99_999_999_999_999;

/**
 * Writes migrations as SQL files. Each forward file also records itself in TypeORM's `migrations`,
 * each rollback file removes that record and, on D1, wrangler's own: whichever tool does the work,
 * the other knows.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if the files can't be numbered from `from`, or the
 *   table's name is none
 */
export async function sqlScripts(
  migrations: readonly ReversibleMigrationClass[],
  { from = 1, ...options }: SqlScriptOptions,
): Promise<SqlScript[]> {
  const last = MAX_NUMBER - migrations.length;
  if (!Number.isInteger(from) || from < 0 || from > last) {
    throw new BillingError(
      'CONFIGURATION_INVALID',
      `Files can't be numbered from ${from}: give a whole number from 0 to ${last}.`,
    );
  }
  const write = scriptWriter(options);
  const instances = migrations
    .map((Migration) => new Migration())
    .sort((a, b) => timestampOf(a) - timestampOf(b));
  return Promise.all(instances.map((one, index) => write(one, fileOf(one, from + index))));
}

/**
 * Writes one migration as a pair of files of the name it is given.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if a table's name is none
 */
export function scriptWriter({
  dialect,
  migrationsTable = 'migrations',
  wranglerTable = WRANGLER_TABLE,
}: SqlScriptOptions): (migration: ReversibleMigration, file: string) => Promise<SqlScript> {
  assertName(wranglerTable, "the migrations_table of wrangler's configuration");
  assertName(migrationsTable, "the DataSource's migrationsTableName");
  const kind =
    dialect === 'd1' ? d1Dialect(migrationsTable, wranglerTable) : postgresDialect(migrationsTable);
  return (migration, file) => script(migration, file, kind);
}

function fileOf({ name }: ReversibleMigration, number: number): string {
  const title = name
    .slice(0, -13)
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '_')
    .toLowerCase();
  return `${String(number).padStart(4, '0')}_${title}.sql`;
}

function assertName(table: string, wanted: string): void {
  if (/^[a-z_]\w*$/i.test(table)) return;
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `"${table}" is no name of a table: give ${wanted}.`,
  );
}

const timestampOf = ({ name }: ReversibleMigration): number => Number(name.slice(-13));

async function script(
  migration: ReversibleMigration,
  file: string,
  { dialect, wrap, look, assertKeys, makeTable, record, forget, run }: Dialect,
): Promise<SqlScript> {
  const { name, creates = [], references = [] } = migration;
  const up = await recorded((queryRunner) => migration.up(queryRunner));
  const down = await recorded((queryRunner) => migration.down(queryRunner));
  const makes =
    creates.length > 0 ? `Makes the table(s) ${creates.join(', ')}` : 'Changes tables of billing';
  const keys = references.map(({ table, column }) => `"${table}"."${column}"`).join(', ');
  return {
    file,
    forward: text(
      [
        firstLineOf(name, dialect),
        `-- ${makes}${keys === '' ? '' : `, which reference the host's ${keys}`}, and records it.`,
        `-- Run it with: ${run(file)}`,
        `-- Taken back by rollback/${file}`,
      ],
      wrap(
        [
          ...references.map(look),
          makeTable,
          ...up,
          ...(references.length > 0 ? creates.map(assertKeys) : []),
          record(name),
        ].filter(Boolean),
      ),
    ),
    rollback: text(
      [
        `-- typeorm-billing rollback of ${name}`,
        `-- ${creates.length > 0 ? `Drops the table(s) ${creates.join(', ')} with all their rows` : 'Takes the changes back'}, and the record of it. No host table is touched.`,
        `-- Run it with: ${run(`rollback/${file}`)}`,
      ],
      wrap([...down, ...forget(name, file)]),
    ),
  };
}

/** The statements that a migration sends. */
async function recorded(work: (queryRunner: QueryRunner) => Promise<void>): Promise<string[]> {
  const statements: string[] = [];
  const query = (sql: string): Promise<unknown[]> => {
    statements.push(dedent(sql.trim().replace(/;$/, '')));
    return Promise.resolve([]);
  };
  // Billing's own migrations are plain SQL and ask for nothing else.
  await work({ query } as unknown as QueryRunner);
  return statements;
}

/** Takes off the indentation of the source that the SQL stands in. */
const dedent = (sql: string): string => sql.replaceAll(/^ {6}/gm, '');

const text = (header: readonly string[], statements: readonly string[]): string =>
  [...header, '', ...statements.map((sql) => `${sql};`), ''].join('\n');

interface Dialect {
  readonly dialect: ScriptDialect;
  /** What stands around the statements, where the tool does not make a transaction of a file. */
  readonly wrap: (statements: readonly string[]) => readonly string[];
  /** Fails if the host's column is not there; empty where the database itself sees to that. */
  readonly look: (column: HostColumn) => string;
  /** Fails if a foreign key of the table refers to what is no key; empty likewise. */
  readonly assertKeys: (table: string) => string;
  /** Makes the table of migrations as TypeORM does. */
  readonly makeTable: string;
  readonly record: (name: string) => string;
  readonly forget: (name: string, file: string) => string[];
  /** The command that runs a file. */
  readonly run: (file: string) => string;
}

const recordOf = (table: string, name: string): string =>
  `INSERT INTO "${table}" ("timestamp", "name") VALUES (${name.slice(-13)}, '${name}')`;

const forgetOf = (table: string, name: string): string =>
  `DELETE FROM "${table}" WHERE "name" = '${name}'`;

/** wrangler sends a file as one batch, which is atomic. */
const d1Dialect = (table: string, wranglerTable: string): Dialect => ({
  dialect: 'd1',
  wrap: (statements) => statements,
  // SQLite itself would notice neither when a table is made, but refuse the first row.
  look: ({ table: host, column }) =>
    `-- Refused where the host's table or column is missing.\n` +
    `SELECT "${host}"."${column}" FROM "${host}" LIMIT 0`,
  assertKeys: (child) => `PRAGMA foreign_key_check("${child}")`,
  makeTable: `CREATE TABLE IF NOT EXISTS "${table}" ("id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "timestamp" bigint NOT NULL, "name" varchar NOT NULL)`,
  record: (name) => recordOf(table, name),
  forget: (name, file) => [
    forgetOf(table, name),
    createWranglerTable(wranglerTable),
    `DELETE FROM ${wranglerTable} WHERE name = '${file}'`,
  ],
  run: (file) =>
    file.startsWith('rollback/')
      ? 'wrangler d1 execute <database> --file <this file>'
      : 'wrangler d1 migrations apply <database>',
});

const postgresDialect = (table: string): Dialect => ({
  dialect: 'postgres',
  wrap: (statements) => ['BEGIN', ...statements, 'COMMIT'],
  look: () => '',
  assertKeys: () => '',
  makeTable: `CREATE TABLE IF NOT EXISTS "${table}" ("id" SERIAL NOT NULL, "timestamp" bigint NOT NULL, "name" character varying NOT NULL, CONSTRAINT "${new DefaultNamingStrategy().primaryKeyName(table, ['id'])}" PRIMARY KEY ("id"))`,
  record: (name) => recordOf(table, name),
  forget: (name) => [forgetOf(table, name)],
  run: () => 'psql --set ON_ERROR_STOP=1 --file <this file>',
});
