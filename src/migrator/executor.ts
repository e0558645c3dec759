import type { DataSource, Migration, MigrationInterface, QueryRunner } from 'typeorm';
import { MigrationExecutor } from 'typeorm/migration/MigrationExecutor.js';
import type { Engine } from '../engines/engine';
import type { ReversibleMigration } from '../migrations/reversible-migration';
import { assertHostIsReady } from './host-check';

/** TypeORM's executor, made to look at the host's tables before a billing migration runs. */
export class BillingMigrationExecutor extends MigrationExecutor {
  /** If set, the only migration that counts as being there. */
  only: string | undefined;

  constructor(
    dataSource: DataSource,
    private readonly engine: Engine,
    queryRunner?: QueryRunner,
  ) {
    super(dataSource, queryRunner);
  }

  protected override getMigrations(): Migration[] {
    const migrations = super
      .getMigrations()
      .filter(({ name }) => this.only === undefined || name === this.only);
    for (const migration of migrations) {
      if (isBillingMigration(migration.instance)) {
        migration.instance = this.#checked(migration.instance);
      }
    }
    return migrations;
  }

  #checked(migration: ReversibleMigration): ReversibleMigration {
    return {
      name: migration.name,
      up: async (queryRunner) => {
        await assertHostIsReady(queryRunner, this.engine, migration);
        await migration.up(queryRunner);
      },
      down: (queryRunner) => migration.down(queryRunner),
    };
  }
}

function isBillingMigration(
  migration: MigrationInterface | undefined,
): migration is ReversibleMigration {
  return migration !== undefined && ('references' in migration || 'creates' in migration);
}
