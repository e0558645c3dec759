import { POSTGRES_STAND_INS } from '../../host/stand-in-tables/postgres';
import { DEFAULTS, type Engine } from '../engine';
import { postgresCatalog } from './catalog';
import { compareOnPostgres } from './comparison';
import { readPostgresRefusal } from './refusal';
import { PostgresSchemaBuilder } from './schema-builder';
import { postgresScripts } from './scripts';

/** "billing" in ASCII: the first half of the advisory lock's key, to avoid other applications' keys. */
const LOCK_CLASS = 0x62696c6c;

/** Postgres, from version 13, through the package `pg`. */
export const postgresEngine: Engine = {
  ...DEFAULTS,
  ...postgresCatalog,
  name: 'postgres',
  dialect: 'postgres',
  owns: ({ options }) => options.type === 'postgres',

  /** A transaction's lock, not a session's: it holds behind a pooler too, and ends with the process. */
  async lock(queryRunner) {
    const table = queryRunner.dataSource.options.migrationsTableName ?? 'migrations';
    // Without parameters: an open portal would keep a snapshot, for which CREATE INDEX
    // CONCURRENTLY of a migration outside a transaction would wait for ever.
    await queryRunner.query(
      `SELECT pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(current_schema() || '.${table.replaceAll("'", "''")}'))`,
    );
  },

  locksApart: true,

  /** With an older snapshot than the lock, the others' work would not be seen. */
  migrationIsolation: 'READ COMMITTED',

  standIns: POSTGRES_STAND_INS,

  schemaBuilder: (dataSource) => new PostgresSchemaBuilder(dataSource),
  compare: compareOnPostgres,
  readRefusal: readPostgresRefusal,
  scripts: postgresScripts,
};
