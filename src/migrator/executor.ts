import {
  type DataSource,
  type Migration,
  MigrationExecutor,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import type { Engine } from '../engines/engine';
import { dataSourceOf } from '../engines/typeorm';
import { assertDialect } from '../migrations/dialect';
import type { ReversibleMigration } from '../migrations/reversible-migration';
import { assertHostIsReady, following, hasHostTables } from './host-check';

/** TypeORM's executor, which here checks the host's tables before a billing migration runs. */
export class BillingMigrationExecutor extends MigrationExecutor {
  /** If set, all other migrations are ignored. */
  only: string | undefined;
  /** The migrations whose tables are there already. */
  made: ReadonlySet<string> | undefined;
  /** The migration that was reverted last. */
  reverted: string | undefined;

  constructor(
    dataSource: DataSource,
    private readonly engine: Engine,
    queryRunner?: QueryRunner,
  ) {
    super(dataSource, queryRunner);
  }

  /** Creates TypeORM's table of applied migrations, unless it is there. */
  createMigrationsTable(): Promise<void> {
    return this.withQueryRunner((queryRunner) => this.createMigrationsTableIfNotExist(queryRunner));
  }

  protected override async createMigrationsTableIfNotExist(
    queryRunner: QueryRunner,
  ): Promise<void> {
    try {
      await super.createMigrationsTableIfNotExist(queryRunner);
    } catch (error) {
      // Another process has created it in the meantime.
      if (!String(error).includes('already exists')) throw error;
    }
  }

  /** Not to be seen is not the same as not to be there: nothing would read as applied. */
  override async getExecutedMigrations(): Promise<Migration[]> {
    const table = dataSourceOf(this).options.migrationsTableName ?? 'migrations';
    await this.withQueryRunner((queryRunner) => this.engine.assertSeen(queryRunner, table));
    return super.getExecutedMigrations();
  }

  /** The oldest pending migration that can run now; if none can, the oldest. */
  async nameOfNext(queryRunner: QueryRunner): Promise<string | undefined> {
    const pending = await this.getPendingMigrations();
    const waiting = new Set<string>();
    for (const { name, instance } of pending) {
      if (!isBillingMigration(instance)) return name;
      if (waiting.has(instance.family)) continue;
      if (await hasHostTables(queryRunner, this.engine, this.#following(instance))) return name;
      waiting.add(instance.family);
    }
    return pending[0]?.name;
  }

  protected override getMigrations(): Migration[] {
    for (const migration of dataSourceOf(this).migrations)
      assertDialect(migration, dataSourceOf(this));
    const migrations = super
      .getMigrations()
      .filter(({ name }) => this.only === undefined || name === this.only);
    for (const migration of migrations) {
      if (isBillingMigration(migration.instance)) {
        migration.instance = this.#checked(migration.name, migration.instance);
      }
    }
    return migrations;
  }

  protected override async insertExecutedMigration(
    queryRunner: QueryRunner,
    migration: Migration,
  ): Promise<void> {
    await this.#guardRecord(queryRunner, migration, 'absent');
    await super.insertExecutedMigration(queryRunner, migration);
    await this.engine.recordElsewhere(queryRunner, migration.name);
  }

  protected override async deleteExecutedMigration(
    queryRunner: QueryRunner,
    migration: Migration,
  ): Promise<void> {
    await this.#guardRecord(queryRunner, migration, 'present');
    await super.deleteExecutedMigration(queryRunner, migration);
    await this.engine.forgetElsewhere(queryRunner, migration.name);
    this.reverted = migration.name;
  }

  async #guardRecord(
    queryRunner: QueryRunner,
    { name }: Migration,
    record: 'absent' | 'present',
  ): Promise<void> {
    const table = dataSourceOf(this).options.migrationsTableName ?? 'migrations';
    await this.engine.guardRecord(queryRunner, table, name, record);
  }

  #following(migration: ReversibleMigration): ReversibleMigration {
    return following(migration, this.engine, dataSourceOf(this));
  }

  #checked(name: string, migration: ReversibleMigration): ReversibleMigration {
    return {
      ...migration,
      up: async (queryRunner) => {
        if (this.made?.has(name)) return;
        await assertHostIsReady(queryRunner, this.engine, this.#following(migration));
        await migration.up(queryRunner);
      },
      down: (queryRunner) => migration.down(queryRunner),
    };
  }
}

/** Whether a migration is one of billing's, or declares what they do. */
export function isBillingMigration(
  migration: MigrationInterface | undefined,
): migration is ReversibleMigration {
  return migration !== undefined && 'family' in migration;
}

/** The migration of that name that the DataSource holds. */
export function migrationNamed(
  dataSource: DataSource,
  name: string,
): MigrationInterface | undefined {
  return dataSource.migrations.find((one) => (one.name ?? one.constructor.name) === name);
}
