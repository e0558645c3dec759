import type { QueryRunner } from 'typeorm';
import { DEFAULTS, type Engine } from '../engine';
import { D1Driver } from '../../driver/d1/driver';
import { sqliteCatalog } from '../sqlite/catalog';
import { readSqliteRefusal } from '../sqlite/refusal';
import { dataSourceOf } from '../typeorm';
import { d1Scripts } from './scripts';
import { D1Database } from '../../driver/d1/database';
import { createWranglerTable, wranglerRecordOf } from './wrangler';

/** SQLite behind a D1 binding. */
export const d1Engine: Engine = {
  ...DEFAULTS,
  ...sqliteCatalog,
  name: 'd1',
  dialect: 'sqlite',
  frontDoor: 'typeorm-billing/d1',
  owns: ({ driver }) => driver instanceof D1Driver,
  atomicity: 'batch',

  /** D1 never turns foreign keys off, so none can be left dangling. */
  danglingKeys: DEFAULTS.danglingKeys,
  readRefusal: readSqliteRefusal,
  scripts: d1Scripts,

  async guardRecord(queryRunner, migrationsTable, migration, record) {
    const table = dataSourceOf(queryRunner).driver.escape(migrationsTable);
    // The name can't be NULL: if the SELECT has a row, the batch fails as a whole.
    await queryRunner.query(
      `INSERT INTO ${table} ("timestamp", "name") SELECT 0, NULL
       WHERE ${record === 'absent' ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${table} WHERE "name" = ?)`,
      [migration],
    );
  },

  async recordElsewhere(queryRunner, migration) {
    const found = recordOf(queryRunner, migration);
    if (found === undefined) return;
    await queryRunner.query(createWranglerTable(found.table));
    await queryRunner.query(`INSERT OR IGNORE INTO ${found.table} (name) VALUES (?)`, [found.file]);
  },

  async forgetElsewhere(queryRunner, migration) {
    const found = recordOf(queryRunner, migration);
    if (found === undefined) return;
    await queryRunner.query(createWranglerTable(found.table));
    await queryRunner.query(`DELETE FROM ${found.table} WHERE name = ?`, [found.file]);
  },
};

/** wrangler's record of the file that does the same as the migration. */
function recordOf(
  queryRunner: QueryRunner,
  migration: string,
): ReturnType<typeof wranglerRecordOf> {
  const { driver } = dataSourceOf(queryRunner);
  return driver instanceof D1Driver && driver.connections instanceof D1Database
    ? wranglerRecordOf(driver.connections.binding, migration)
    : undefined;
}
