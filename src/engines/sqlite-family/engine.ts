import { BillingError } from '../../errors';
import { byTable, type Engine } from '../engine';
import { SQLITE_STAND_INS } from '../../host/stand-in-tables/sqlite';
import { SqliteFamilySchemaBuilder } from './schema-builder';

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly isKey: number;
}

interface ViolationRow {
  readonly table: string;
  readonly parent: string;
  readonly fkid: number;
}

const DESCRIBE = `
  SELECT m."name" AS "table", lower(c."name") AS "name", lower(c."type") AS "type",
    (c."pk" = 1 AND (SELECT count(*) FROM pragma_table_xinfo(m."name") k WHERE k."pk" > 0) = 1)
    OR EXISTS (
      SELECT 1 FROM pragma_index_list(m."name") l
      WHERE l."unique" = 1 AND l."partial" = 0
        AND (SELECT group_concat(i."name") FROM pragma_index_info(l."name") i) = c."name"
    ) AS "isKey"
  FROM "sqlite_master" m JOIN pragma_table_xinfo(m."name") c
  WHERE m."type" IN ('table', 'view') AND lower(m."name") IN (SELECT "value" FROM json_each(?))
  ORDER BY m."name", c."cid"`;

/** A SQLite file. */
export const sqliteEngine: Engine = {
  name: 'sqlite',
  atomicity: 'transaction',

  /** Every transaction of this driver has the database's one write lock from its beginning. */
  lock: () => Promise.resolve(),

  /** The write lock would keep the other connection out. */
  locksApart: false,

  migrationIsolation: undefined,

  isBusy: (error) =>
    (error instanceof BillingError && error.code === 'DATABASE_BUSY') ||
    /\bSQLITE_(BUSY|LOCKED)\b/.test(String(error)),

  async describe(queryRunner, tables) {
    const rows = (await queryRunner.query(DESCRIBE, [JSON.stringify(tables)])) as ColumnRow[];
    return byTable(rows.map((row) => ({ ...row, isKey: row.isKey === 1 })));
  },

  /** Both kinds of id are text here: what counts is that no conversion takes place. */
  accepts: (_wanted, actual) => /char|text|clob|uuid/.test(actual),

  async danglingKeys(queryRunner) {
    const counts = new Map<string, number>();
    try {
      const rows = (await queryRunner.query('PRAGMA foreign_key_check')) as ViolationRow[];
      for (const { table, parent, fkid } of rows) {
        // Not by row: a rebuild may give rows other numbers.
        const key = `foreign key ${fkid} of "${table}" to "${parent}"`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    } catch (error) {
      // A host's key to a column that is none: SQLite then checks nothing, and it is not ours to mend.
      if (!String(error).includes('foreign key mismatch')) throw error;
    }
    return counts;
  },

  async createHostTables(queryRunner) {
    for (const statement of Object.values(SQLITE_STAND_INS).flat()) {
      await queryRunner.query(statement);
    }
  },

  schemaBuilder: (dataSource) => new SqliteFamilySchemaBuilder(dataSource),
};
