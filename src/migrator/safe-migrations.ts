import type { DataSource, Migration } from 'typeorm';
import { migrate, type MigrateOptions, type WithHostTables } from './migrate';
import { revert, type RevertOptions } from './revert';

// A mixin's constructor parameters can't be narrower than this.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type DataSourceClass = new (...parameters: any[]) => DataSource;

/**
 * A DataSource class whose own `runMigrations()` and `undoLastMigration()` lock and verify, so that
 * TypeORM's CLI and `migrationsRun: true` are as safe as {@link migrate} and {@link revert}.
 */
// The mixin's type is its own best description.
// eslint-disable-next-line @typescript-eslint/explicit-function-return-type
export function withSafeMigrations<Base extends DataSourceClass>(base: Base) {
  return class extends base implements WithHostTables {
    hostTables: 'expect' | 'create' = 'expect';

    override runMigrations(options?: MigrateOptions): Promise<Migration[]> {
      return migrate(this, options);
    }

    override async undoLastMigration(options?: RevertOptions): Promise<void> {
      await revert(this, options);
    }
  };
}
