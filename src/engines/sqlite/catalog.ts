import type { QueryRunner } from 'typeorm';
import { byTable } from '../by-table';
import { quote } from '../../driver/sql/quote';
import { SqliteFamilySchemaBuilder } from '../../driver/schema/schema-builder';
import type { Engine, TableKey, TableName } from '../engine';
import { examineSqlite } from './examination';
import { SQLITE_STAND_INS } from '../../host/stand-in-tables/sqlite';

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

const TABLES = `
  SELECT "name" AS "table" FROM "sqlite_master"
  WHERE "type" = 'table' AND "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND "name" NOT LIKE '\\_cf\\_%' ESCAPE '\\'
  ORDER BY "name"`;

const KEYS = `
  SELECT m."name" AS "table", c."name" AS "column", lower(c."type") AS "type"
  FROM "sqlite_master" m JOIN pragma_table_xinfo(m."name") c
  WHERE m."type" = 'table' AND m."name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    AND m."name" NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND c."pk" = 1
    AND (SELECT count(*) FROM pragma_table_xinfo(m."name") k WHERE k."pk" > 0) = 1
  ORDER BY m."name"`;

/** Undefined if SQLite checks nothing, as a foreign key references a column that is not a key. */
async function violations(
  queryRunner: QueryRunner,
  pragma: string,
): Promise<readonly ViolationRow[] | undefined> {
  try {
    return (await queryRunner.query(pragma)) as ViolationRow[];
  } catch (error) {
    if (String(error).includes('foreign key mismatch')) return undefined;
    throw error;
  }
}

function countsOf(rows: readonly ViolationRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { table, parent, fkid } of rows) {
    // Not by row: a rebuild may number the rows anew.
    const key = `foreign key ${fkid} of "${table}" to "${parent}"`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** What SQLite knows of its tables, in a file or behind a D1 binding. */
export const sqliteCatalog: Pick<
  Engine,
  | 'fold'
  | 'describe'
  | 'tables'
  | 'keys'
  | 'accepts'
  | 'danglingKeys'
  | 'standIns'
  | 'schemaBuilder'
  | 'compare'
  | 'examine'
> = {
  /** SQLite takes no notice of case. */
  fold: (name) => name.toLowerCase(),

  async describe(queryRunner, tables) {
    const names = tables.map((name) => name.toLowerCase());
    const rows = (await queryRunner.query(DESCRIBE, [JSON.stringify(names)])) as ColumnRow[];
    return byTable(rows.map((row) => ({ ...row, isKey: row.isKey === 1 })));
  },

  async tables(queryRunner) {
    return (await queryRunner.query(TABLES)) as TableName[];
  },

  async keys(queryRunner) {
    return (await queryRunner.query(KEYS)) as TableKey[];
  },

  /** Any type that stores text, or whole numbers, unchanged will do. */
  accepts: (wanted, actual) =>
    wanted.includes('int') ? actual.includes('int') : /char|text|clob|uuid/.test(actual),

  async danglingKeys(queryRunner) {
    const whole = await violations(queryRunner, 'PRAGMA foreign_key_check');
    if (whole !== undefined) return countsOf(whole);
    // A foreign key of the host's references a column that is not a key, and SQLite checks none. Each
    // table by itself leaves out the one that has such a key.
    const tables = (await queryRunner.query(
      `SELECT "name" FROM "sqlite_master" WHERE "type" = 'table'`,
    )) as { name: string }[];
    const rows: ViolationRow[] = [];
    const unchecked = new Map<string, number>();
    for (const { name } of tables) {
      const own = await violations(queryRunner, `PRAGMA foreign_key_check(${quote(name)})`);
      if (own === undefined) unchecked.set(`a foreign key of "${name}" that references no key`, 1);
      else rows.push(...own);
    }
    return new Map([...countsOf(rows), ...unchecked]);
  },

  standIns: SQLITE_STAND_INS,

  schemaBuilder: (dataSource) => new SqliteFamilySchemaBuilder(dataSource),

  examine: examineSqlite,

  async compare(dataSource, entities) {
    const builder = new SqliteFamilySchemaBuilder(dataSource);
    const names = [...entities].map(({ tableName }) => tableName);
    const { statements, extras } = await builder.compare(new Set(names));
    return { differences: statements, hosts: extras, unchecked: [] };
  },
};
