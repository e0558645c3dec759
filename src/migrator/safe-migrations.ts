import type { DataSource, Migration } from 'typeorm';
import { refuseToGenerate } from './lacking';
import { migrate, type MigrateOptions } from './migrate';
import { revert, type RevertOptions } from './revert';

// A mixin's constructor parameters can't be narrower than this.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Class<Instance> = new (...parameters: any[]) => Instance;

/**
 * Makes `runMigrations()` and `undoLastMigration()` of a DataSource class lock and check, so that
 * TypeORM's CLI and `migrationsRun: true` are as safe as {@link migrate} and {@link revert}, and that
 * `migration:generate` leaves billing's tables to billing's migrations.
 */
export function withSafeMigrations<Base extends Class<DataSource>>(base: Base): Base {
  return class extends base {
    override async initialize(): Promise<this> {
      await super.initialize();
      refuseToGenerate(this);
      return this;
    }

    override runMigrations(options?: MigrateOptions): Promise<Migration[]> {
      return migrate(this, options);
    }

    override async undoLastMigration(options?: RevertOptions): Promise<void> {
      await revert(this, options);
    }
  };
}
