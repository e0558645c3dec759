import {
  type DataSource,
  type Migration,
  MigrationExecutor,
  type MigrationInterface,
  type QueryRunner,
} from 'typeorm';
import type { Engine } from '../engines/engine';
import { dataSourceOf } from '../engines/typeorm';
import { tableOfRecords } from '../migrations/adoption';
import { holdsBillingAlone, newestFirst, setApart } from '../migrations/apart';
import { declaredBy } from '../migrations/billing-migration';
import { assertDialect } from '../migrations/dialect';
import { assertNoHostParts } from '../migrations/host-parts/guard';
import { heldUnder, nameOf, originOf } from '../migrations/records';
import type { ReversibleMigration } from '../migrations/reversible-migration';
import { choose, guardRows, type RowsChoice } from '../migrations/rows-guard';
import { assertHostIsReady, type Following, following, hasHostTables } from './host-check';

/** TypeORM's executor, which here checks the host's tables before a billing migration runs. */
export class BillingMigrationExecutor extends MigrationExecutor {
  /** If set, all other migrations are ignored. */
  only: string | undefined;
  /** The migrations whose tables are there already. */
  made: ReadonlySet<string> | undefined;
  /** What happens to the rows that a rollback drops. */
  rows: RowsChoice = 'refuse';
  /** The migration that was reverted last. */
  reverted: string | undefined;
  /** The names in the table of applied migrations, as they were last read. */
  #recorded: readonly string[] = [];

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
      const billing = declaredBy(instance, this.engine.dialect);
      if (billing === undefined) return name;
      if (waiting.has(billing.family)) continue;
      if (await hasHostTables(queryRunner, this.engine, this.#following(billing))) return name;
      waiting.add(billing.family);
    }
    return pending[0]?.name;
  }

  /** TypeORM reads the migrations first, and which of them are applied after that. */
  override async getPendingMigrations(): Promise<Migration[]> {
    await this.getExecutedMigrations();
    return super.getPendingMigrations();
  }

  protected override async loadExecutedMigrations(queryRunner: QueryRunner): Promise<Migration[]> {
    const executed = await super.loadExecutedMigrations(queryRunner);
    this.#recorded = executed.map(({ name }) => name);
    return executed;
  }

  /** The applied migrations that this DataSource reverts, the newest first. */
  async newestFirst(): Promise<string[]> {
    const applied = await this.getExecutedMigrations();
    return newestFirst(applied, dataSourceOf(this).migrations, this.names()).map(
      ({ name }) => name,
    );
  }

  protected override getLatestExecutedMigration(applied: Migration[]): Migration | undefined {
    return newestFirst(applied, dataSourceOf(this).migrations, this.names())[0];
  }

  /** The migration that is, or will be, recorded under this name: known after a read of the table. */
  held(name: string): MigrationInterface | undefined {
    const names = heldUnder(dataSourceOf(this).migrations, this.#recorded);
    return [...names].find(([, one]) => one === name)?.[0];
  }

  /** The names under which the migrations are, or will be, recorded: known after a read of the table. */
  names(): string[] {
    return [...heldUnder(dataSourceOf(this).migrations, this.#recorded).values()];
  }

  protected override getMigrations(): Migration[] {
    const dataSource = dataSourceOf(this);
    const { migrations: held } = dataSource;
    for (const migration of held) assertDialect(migration, dataSource);
    const names = heldUnder(held, this.#recorded);
    const migrations: Migration[] = [];
    for (const migration of super.getMigrations()) {
      const { instance } = migration;
      const name = instance && names.get(instance);
      if (name === undefined) continue;
      // Recorded under another name, it is applied, and reverted under that name.
      if (name !== migration.name) {
        Object.assign(migration, { name, timestamp: Number(name.slice(-13)) });
      }
      const billing = declaredBy(instance, this.engine.dialect);
      if (billing !== undefined) {
        migration.instance = this.#checked(migration.name, billing, billing !== instance);
      }
      migrations.push(migration);
    }
    return migrations.filter(({ name }) => this.only === undefined || name === this.only);
  }

  protected override async insertExecutedMigration(
    queryRunner: QueryRunner,
    migration: Migration,
  ): Promise<void> {
    await this.#guardRecord(queryRunner, migration, 'absent');
    await super.insertExecutedMigration(queryRunner, migration);
    const { migrations, driver } = dataSourceOf(this);
    if (holdsBillingAlone(migrations)) {
      const path = tableOfRecords(queryRunner).split('.');
      const table = path.map((part) => driver.escape(part)).join('.');
      await queryRunner.query(setApart(table, migration.name));
    }
    await this.engine.recordElsewhere(queryRunner, originName(migration));
  }

  protected override async deleteExecutedMigration(
    queryRunner: QueryRunner,
    migration: Migration,
  ): Promise<void> {
    await this.#guardRecord(queryRunner, migration, 'present');
    await super.deleteExecutedMigration(queryRunner, migration);
    await this.engine.forgetElsewhere(queryRunner, originName(migration));
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

  #following(migration: ReversibleMigration): Following {
    return following(migration, this.engine, dataSourceOf(this));
  }

  #checked(name: string, migration: ReversibleMigration, isCopy: boolean): ReversibleMigration {
    return {
      ...migration,
      billing: originOf(migration) ?? migration.name,
      up: async (queryRunner) => {
        if (this.made?.has(name)) return;
        await assertHostIsReady(queryRunner, this.engine, this.#following(migration));
        await migration.up(queryRunner);
      },
      down: async (queryRunner) => {
        choose(queryRunner, this.rows);
        // The others refuse by themselves.
        if (!isCopy) return migration.down(queryRunner);
        const { dialect } = this.engine;
        await assertNoHostParts(queryRunner, migration, { dialect });
        await migration.down(await guardRows(queryRunner, migration, dialect));
      },
    };
  }
}

/** The name by which another tool knows it: billing's own. */
const originName = ({ instance, name }: Migration): string => originOf(instance) ?? name;

/** Whether a migration is one of billing's, is made from one, or declares what they do. */
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
  return dataSource.migrations.find((one) => nameOf(one) === name);
}
