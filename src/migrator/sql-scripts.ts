import type { QueryRunner } from 'typeorm';
import { engineNamed } from '../engines/registry';
import { firstLineOf, type ScriptDialect, type Scripts } from '../engines/scripts';
import { BillingError } from '../errors';
import { sqlOf } from '../host/bindings';
import { createdTables, placeOn } from '../migrations/billing-tables';
import { setApart } from '../migrations/apart';
import { hostPartsQuery } from '../migrations/host-parts/guard';
import { rowsSql } from '../migrations/rows-guard';
import { boundReferences } from '../migrations/host-binding';
import type {
  ReversibleMigration,
  ReversibleMigrationClass,
} from '../migrations/reversible-migration';

export type { ScriptDialect };

/** A migration as plain SQL, up and down. */
export interface SqlScript {
  /** Name of the forward file and of its rollback file, in another folder: `0001_create_user_billing.sql`. */
  readonly file: string;
  readonly forward: string;
  readonly rollback: string;
}

export interface SqlScriptOptions {
  readonly dialect: ScriptDialect;
  /** Number of the first file; 1 if not given. */
  readonly from?: number;
  /** TypeORM's table of applied migrations; `migrations` if not given. */
  readonly migrationsTable?: string;
  /** wrangler's table of applied files; `d1_migrations` if not given. */
  readonly wranglerTable?: string;
}

/** Largest number of a file: 14 digits, such as 20261120093000. */
export const MAX_NUMBER = 99_999_999_999_999;

/**
 * Writes migrations as SQL files. Each forward file also records its migration in TypeORM's table;
 * each rollback file removes that record and, on D1, wrangler's. So both tools know what is applied,
 * whichever of them did it.
 *
 * @throws BillingError `INVALID_CALL` if the files can't be numbered from `from`, or if a table's
 *   name is not an identifier; `NOT_SUPPORTED` from `typeorm-billing/d1` with the dialect `postgres`
 */
export async function sqlScripts(
  migrations: readonly ReversibleMigrationClass[],
  { from = 1, ...options }: SqlScriptOptions,
): Promise<SqlScript[]> {
  const last = MAX_NUMBER - migrations.length;
  if (!Number.isInteger(from) || from < 0 || from > last) {
    throw BillingError.invalidCall(
      `Files can't be numbered from ${from}`,
      `give a whole number from 0 to ${last}`,
    );
  }
  const write = scriptWriter(options);
  const instances = migrations
    .map((Migration) => new Migration())
    .sort((a, b) => timestampOf(a) - timestampOf(b));
  return Promise.all(instances.map((one, index) => write(one, fileOf(one, from + index))));
}

/**
 * Writes one migration as a pair of files with the given name.
 *
 * @throws BillingError `INVALID_CALL` if a table's name is not an identifier
 */
export function scriptWriter({
  dialect,
  migrationsTable = 'migrations',
  wranglerTable,
}: SqlScriptOptions): (migration: ReversibleMigration, file: string) => Promise<SqlScript> {
  if (wranglerTable !== undefined)
    assertName(wranglerTable, "the migrations_table of wrangler's configuration");
  assertName(migrationsTable, "the DataSource's migrationsTableName");
  const { scripts } = engineNamed(dialect);
  if (scripts === undefined) {
    throw BillingError.invalidCall(
      `There are no SQL files for the dialect "${dialect}"`,
      'give "postgres" or "d1"',
    );
  }
  const kind = scripts({
    migrations: migrationsTable,
    ...(wranglerTable === undefined ? {} : { wrangler: wranglerTable }),
  });
  return (migration, file) => script(migration, file, dialect, kind, migrationsTable);
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
  throw BillingError.invalidCall(`"${table}" is not the name of a table`, `give ${wanted}`);
}

const timestampOf = ({ name }: ReversibleMigration): number => Number(name.slice(-13));

async function script(
  migration: ReversibleMigration,
  file: string,
  dialect: ScriptDialect,
  kind: Scripts,
  migrationsTable: string,
): Promise<SqlScript> {
  const { wrap, look, assertKeys, makeTable, record, setsApart, forget, refuse, run, guard } = kind;
  const { name } = migration;
  const { dialect: written } = engineNamed(dialect);
  const references = boundReferences(migration, written);
  const placed = createdTables(migration, placeOn(written));
  const creates = placed.map(({ schema, table }) =>
    schema === undefined ? table : `${schema}.${table}`,
  );
  const up = await recorded((queryRunner) => migration.up(queryRunner));
  const down = await recorded((queryRunner) => migration.down(queryRunner));
  const inTheWay = await hostPartsQuery(migration);
  const inTheWayThere = await hostPartsQuery(migration, 'up');
  const rows = await rowsSql(migration);
  const makes =
    creates.length > 0 ? `Makes the table(s) ${creates.join(', ')}` : 'Changes tables of billing';
  const keys = references
    .map(sqlOf)
    .map(({ table, column }) => `${table}.${column}`)
    .join(', ');
  return {
    file,
    forward: text(
      [
        firstLineOf(name, dialect),
        `-- ${makes}${keys === '' ? '' : `, which reference the host's ${keys}`}, and records it.`,
        `-- Run it with: ${run.forward}`,
        `-- Reverted by the rollback file of the same name.`,
      ],
      wrap([
        ...(look === undefined ? [] : references.map(look)),
        ...(inTheWayThere === undefined ? [] : [refuse(inTheWayThere.sql, 'migration')]),
        makeTable,
        ...up,
        ...(assertKeys === undefined || references.length === 0
          ? []
          : placed.map(({ table }) => assertKeys(table))),
        record(name),
        // A migration that the host has made from billing's is in the host's own history.
        ...(setsApart && migration.billing === name
          ? [setApart(`"${migrationsTable}"`, name)]
          : []),
      ]),
    ),
    rollback: text(
      [
        `-- typeorm-billing rollback of ${name}`,
        `-- ${creates.length > 0 ? `Drops the table(s) ${creates.join(', ')}` : 'Reverts the changes'}, and the record of it. No host table is touched.`,
        ...(inTheWay === undefined
          ? []
          : [`-- Refused, and changes nothing, while they have something that is not billing's.`]),
        ...(rows === undefined
          ? []
          : [
              `-- Refused, and changes nothing, while it would drop rows, unless a line below is uncommented.`,
            ]),
        `-- Run it with: ${run.rollback}`,
      ],
      wrap([
        ...(rows === undefined || !kind.locks ? [] : [rows.lock]),
        ...(inTheWay === undefined ? [] : [refuse(inTheWay.sql)]),
        ...(rows === undefined ? [] : [kind.refuseRows(rows)]),
        ...down,
        ...forget(name, file),
      ]),
    ).concat(guard ?? ''),
  };
}

/** The statements that a migration sends. */
export async function recorded(
  work: (queryRunner: QueryRunner) => Promise<void>,
): Promise<string[]> {
  const statements: string[] = [];
  const query = (sql: string): Promise<unknown[]> => {
    statements.push(dedent(sql.trim().replace(/;$/, '')));
    return Promise.resolve([]);
  };
  // Billing's migrations are plain SQL and use nothing else.
  await work({ query } as unknown as QueryRunner);
  return statements;
}

/** Removes the indentation that the SQL has in the source file. */
const dedent = (sql: string): string => sql.replaceAll(/^ {6}/gm, '');

const text = (header: readonly string[], statements: readonly string[]): string =>
  [...header, '', ...statements.map((sql) => `${sql};`), ''].join('\n');
