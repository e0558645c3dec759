import { byTable } from '../by-table';
import type { ColumnSummary, Engine } from '../engine';

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

/** What Postgres knows of its tables. */
export const postgresCatalog: Pick<Engine, 'describe' | 'accepts'> = {
  async describe(queryRunner, tables) {
    const rows: unknown = await queryRunner.query(DESCRIBE, [tables]);
    return byTable(rows as (ColumnSummary & { table: string })[]);
  },

  accepts: (wanted, actual) =>
    wanted === 'text' ? /^(text|character varying)/.test(actual) : actual === wanted,
};
