import type { QueryRunner } from 'typeorm';
import type { QueryCollector } from '../typeorm';
import type { MasterRow } from './definition';

/** All that somebody made. SQLite's own tables, and those that D1 keeps for itself, are left out. */
export async function readMaster(queryRunner: Pick<QueryRunner, 'query'>): Promise<MasterRow[]> {
  return (await queryRunner.query(
    `SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_master" WHERE "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "tbl_name" NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  )) as MasterRow[];
}

/** What somebody made on this connection alone. */
async function readTemporary(queryRunner: Pick<QueryRunner, 'query'>): Promise<MasterRow[]> {
  const rows = (await queryRunner.query(
    `SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_temp_master" WHERE "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\'`,
  )) as MasterRow[];
  return rows.map((row) => ({ ...row, temporary: true }));
}

/**
 * All that a change of tables on this connection has to keep. Where statements are only collected,
 * they are for another connection.
 */
export async function readSchema(queryRunner: QueryCollector): Promise<MasterRow[]> {
  const rows = await readMaster(queryRunner);
  return queryRunner.keepsTemporary ? [...rows, ...(await readTemporary(queryRunner))] : rows;
}
