import type { QueryRunner } from 'typeorm';
import type { Engine } from '../engine';
import { SqliteFamilyDriver } from '../../driver/driver';
import { sqliteEngine } from '../sqlite/engine';
import { D1Database } from '../../driver/d1/database';
import { createWranglerTable } from './wrangler-table';

/** SQLite behind a D1 binding. */
export const d1Engine: Engine = {
  ...sqliteEngine,
  name: 'd1',
  atomicity: 'batch',

  /** Foreign keys can't be turned off on D1, so none can be left dangling. */
  danglingKeys: () => Promise.resolve(new Map()),

  async guardRecord(queryRunner, migrationsTable, migration, record) {
    const table = queryRunner.dataSource.driver.escape(migrationsTable);
    // A name can't be NULL: if there is a row to insert, the batch is refused.
    await queryRunner.query(
      `INSERT INTO ${table} ("timestamp", "name") SELECT 0, NULL
       WHERE ${record === 'absent' ? '' : 'NOT '}EXISTS (SELECT 1 FROM ${table} WHERE "name" = ?)`,
      [migration],
    );
  },

  async recordElsewhere(queryRunner, migration) {
    const found = wranglersFile(queryRunner, migration);
    if (found === undefined) return;
    await queryRunner.query(createWranglerTable(found.table));
    await queryRunner.query(`INSERT OR IGNORE INTO ${found.table} (name) VALUES (?)`, [found.file]);
  },

  async forgetElsewhere(queryRunner, migration) {
    const found = wranglersFile(queryRunner, migration);
    if (found === undefined) return;
    await queryRunner.query(createWranglerTable(found.table));
    await queryRunner.query(`DELETE FROM ${found.table} WHERE name = ?`, [found.file]);
  },
};

/** The file among wrangler's migrations that does the same as the migration. */
function wranglersFile(
  { dataSource: { driver } }: QueryRunner,
  migration: string,
): ReturnType<D1Database['fileOf']> {
  return driver instanceof SqliteFamilyDriver && driver.connections instanceof D1Database
    ? driver.connections.fileOf(migration)
    : undefined;
}
