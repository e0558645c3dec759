import type { QueryRunner } from 'typeorm';
import type { MasterRow } from './definition';

/** All that somebody made. SQLite's own tables, and those that D1 keeps for itself, are left out. */
export async function readMaster(queryRunner: Pick<QueryRunner, 'query'>): Promise<MasterRow[]> {
  return (await queryRunner.query(
    `SELECT "type", "name", "tbl_name", "sql" FROM "sqlite_master" WHERE "name" NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "tbl_name" NOT LIKE '\\_cf\\_%' ESCAPE '\\'`,
  )) as MasterRow[];
}
