import type { DataSource, MigrationInterface } from 'typeorm';
import { BillingError } from '../errors';
import { dataSourceOf } from '../host/typeorm';
import { isToBeReverted, isToBeRun } from './adoption';
import { keepingHostParts } from './host-parts/guard';
import { noteTables, type MigrationDialect } from './billing-tables';
import { followingHost, leavePlace, makePlace } from './host-binding';
import { notePlain, type Run } from './plain-migrations';
import { assertPlainNames } from './plain-names';
import type { ReversibleMigrationClass } from './reversible-migration';
import { holdRows, keepingRows } from './rows-guard';
import { withTableLockTimeout } from './table-locks';

const lists = new WeakMap<object, MigrationDialect>();

/**
 * Makes the migrations of a list refuse another database, or other names, whoever runs them:
 * `migrate()`, TypeORM's own `runMigrations()` or its CLI.
 */
export function inDialect(
  dialect: MigrationDialect,
  migrations: ReversibleMigrationClass[],
): ReversibleMigrationClass[] {
  notePlain(dialect, migrations);
  // Innermost: no backup is written where something else refuses.
  keepingRows(migrations);
  keepingHostParts(migrations);
  for (const Migration of migrations) {
    const migration = new Migration();
    const prototype = Migration.prototype as object;
    const { up, down } = prototype as { up: Run; down: Run };
    lists.set(prototype, dialect);
    noteTables(migration);
    Object.assign(prototype, {
      billing: migration.name,
      up: guarded(async function (queryRunner) {
        await makePlace(queryRunner, dialect);
        await up.call(this, queryRunner);
      }, isToBeRun),
      down: guarded(
        async function (queryRunner) {
          await down.call(this, queryRunner);
          await leavePlace(queryRunner, dialect);
        },
        isToBeReverted,
        holdRows,
      ),
    });
  }
  return migrations;
}

const guarded = (run: Run, isDue: typeof isToBeRun, hold?: typeof holdRows): Run =>
  async function (queryRunner) {
    const dialect = dialectOf(this);
    const follow = (): Promise<void> => run.call(this, followingHost(queryRunner, this, dialect));
    // What only records the statements has no DataSource.
    const dataSource = dataSourceOf(queryRunner) as DataSource | undefined;
    if (dataSource === undefined) return follow();
    assertDialect(this, dataSource);
    assertPlainNames(dataSource);
    await withTableLockTimeout(queryRunner, dialect, async () => {
      await hold?.(queryRunner, this);
      if (await isDue(this, queryRunner)) await follow();
    });
  };

/**
 * Refuses a migration of billing's, or one derived from it, that is written for another database.
 *
 * @throws BillingError `CONFIGURATION_INVALID`, which names the list to use
 */
export function assertDialect(
  migration: MigrationInterface,
  { options, driver }: DataSource,
): void {
  const dialect = dialectOf(migration);
  const { type } = options;
  const taken = (driver as { dialect?: MigrationDialect }).dialect ?? DIALECTS[type];
  if (dialect === undefined || dialect === taken) return;
  throw BillingError.configurationInvalid(
    `${migration.name ?? 'A migration'} is of the list migrations.${dialect}, and this DataSource is on ${NAMES[type] ?? `"${type}"`}`,
    taken === undefined
      ? (REMEDIES[type] ??
          'use a DataSource of type "postgres", a SqliteDataSource or a D1DataSource')
      : `give the DataSource tenantBilling.migrations.${taken} or userBilling.migrations.${taken}`,
  );
}

/** By TypeORM's type of DataSource. The drivers of this package say it themselves. */
const DIALECTS: Readonly<Partial<Record<string, MigrationDialect>>> = { postgres: 'postgres' };

const REMEDIES: Readonly<Partial<Record<string, string>>> = {
  'better-sqlite3': 'call adaptSqlite(dataSource) before initialize(), or use a SqliteDataSource',
};

const NAMES: Readonly<Partial<Record<string, string>>> = {
  postgres: 'Postgres',
  capacitor: 'SQLite or D1',
};

function dialectOf(migration: object): MigrationDialect | undefined {
  for (let one: unknown = migration; one !== null; one = Object.getPrototypeOf(one)) {
    const dialect = lists.get(one as object);
    if (dialect !== undefined) return dialect;
  }
  return undefined;
}
