import { byTable, type ColumnSummary, type Engine } from '../engine';
import { POSTGRES_STAND_INS } from '../../host/stand-in-tables/postgres';
import { PostgresSchemaBuilder } from './schema-builder';

const DESCRIBE = `
  SELECT c.relname AS "table", a.attname AS "name", format_type(a.atttypid, a.atttypmod) AS "type",
    EXISTS (
      SELECT 1 FROM pg_index i
      WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
        AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum
    ) AS "isKey"
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND pg_table_is_visible(c.oid) AND c.relname = ANY ($1)
    AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY c.relname, a.attnum`;

/** "billing" in ASCII: the first half of the advisory lock's key, to stay clear of others' keys. */
const LOCK_CLASS = 0x62696c6c;

export const postgresEngine: Engine = {
  name: 'postgres',
  atomicity: 'transaction',

  /** A transaction's lock, not a session's: it holds behind a pooler too, and dies with us. */
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

  isBusy: () => false,

  async describe(queryRunner, tables) {
    const rows: unknown = await queryRunner.query(DESCRIBE, [tables]);
    return byTable(rows as (ColumnSummary & { table: string })[]);
  },

  accepts: (wanted, actual) =>
    wanted === 'text' ? /^(text|character varying)/.test(actual) : actual === wanted,

  danglingKeys: () => Promise.resolve(new Map()),

  async createHostTables(queryRunner) {
    await queryRunner.query(Object.values(POSTGRES_STAND_INS).flat().join(';\n'));
  },

  schemaBuilder: (dataSource) => new PostgresSchemaBuilder(dataSource),
};
