import type { MigrationInterface, QueryRunner } from 'typeorm';
import { dataSourceOf } from '../host/typeorm';
import { nameOf, originOf, recordsOf } from './records';

/**
 * Whether a migration's SQL is still to be run. It is not if the same one of billing's is recorded under
 * another name: its tables are there. A record of a migration that the DataSource does not hold is then
 * removed, as this migration's takes its place, and TypeORM could not revert the other one.
 */
export async function isToBeRun(
  migration: MigrationInterface,
  queryRunner: QueryRunner,
): Promise<boolean> {
  const name = nameOf(migration);
  const others = (await records(migration, queryRunner)).filter((one) => one !== name);
  const held = dataSourceOf(queryRunner).migrations.map(nameOf);
  for (const other of others) {
    if (held.includes(other)) continue;
    await queryRunner.manager
      .createQueryBuilder()
      .delete()
      .from(tableOfRecords(queryRunner))
      .where(`${dataSourceOf(queryRunner).driver.escape('name')} = :other`, { other })
      .execute();
  }
  return others.length === 0;
}

/** Whether the tables go with it: not while another record stands for the same one of billing's. */
export const isToBeReverted = async (
  migration: MigrationInterface,
  queryRunner: QueryRunner,
): Promise<boolean> => (await records(migration, queryRunner)).length <= 1;

/** The records of the same migration of billing's; only where the host has one made from it. */
async function records(
  migration: MigrationInterface,
  queryRunner: QueryRunner,
): Promise<readonly string[]> {
  const { migrations } = dataSourceOf(queryRunner);
  const origin = originOf(migration);
  if (origin === undefined) return [];
  if (migrations.every((one) => originOf(one) !== origin || nameOf(one) === origin)) return [];
  const table = tableOfRecords(queryRunner);
  if (!(await queryRunner.hasTable(table))) return [];
  const rows = await queryRunner.manager
    .createQueryBuilder()
    .select()
    .from(table, 'applied')
    .getRawMany<{ name: string }>();
  return recordsOf(
    origin,
    rows.map(({ name }) => name),
    migrations,
  );
}

/** The table of applied migrations, as TypeORM's executor names it. */
export function tableOfRecords(queryRunner: QueryRunner): string {
  const dataSource = dataSourceOf(queryRunner);
  const { database, schema } = dataSource.driver;
  const { migrationsTableName = 'migrations' } = dataSource.options;
  const { schema: option } = dataSource.options as { schema?: string };
  return dataSource.driver.buildTableName(migrationsTableName, option ?? schema, database);
}
