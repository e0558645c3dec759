import type { DataSource, Migration } from 'typeorm';
import { migrate, type MigrateOptions } from './migrate';
import { revert, type RevertOptions } from './revert';

// A mixin's constructor parameters can't be narrower than this.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Class<Instance> = new (...parameters: any[]) => Instance;

/**
 * Makes `runMigrations()` and `undoLastMigration()` of a DataSource class lock and check, so that
 * TypeORM's CLI and `migrationsRun: true` are as safe as {@link migrate} and {@link revert}.
 */
export function withSafeMigrations<Base extends Class<DataSource>>(base: Base): Base {
  return class extends base {
    override runMigrations(options?: MigrateOptions): Promise<Migration[]> {
      return migrate(this, options);
    }

    override async undoLastMigration(options?: RevertOptions): Promise<void> {
      await revert(this, options);
    }
  };
}
