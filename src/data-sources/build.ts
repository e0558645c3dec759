import 'reflect-metadata';
import { type DataSource, DriverPackageNotInstalledError } from 'typeorm';
import type { EngineName } from '../engines/engine';
import { engineNamed } from '../engines/registry';
import { BillingError } from '../errors';
import type { FamilyMigrations } from '../migrations/families';
import type { WithHostTables } from '../migrator/stand-ins';
import { bindSettings, type Settings } from './settings';
import type { BaseDataSourceOptions } from './typeorm';

/** What a DataSource is to hold. */
export interface Contents extends Required<
  Pick<BaseDataSourceOptions, 'entities' | 'subscribers'>
> {
  readonly migrations: readonly FamilyMigrations[];
}

/** The class of DataSource for each database; its options are those of the engine's opening. */
export type DataSourceClasses = Readonly<
  // Each class takes its own engine's options, which TypeScript can't follow through the lookup.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  Record<EngineName, new (options: any) => DataSource>
>;

/**
 * A DataSource on the database that the settings name, not yet initialised.
 *
 * @throws BillingError `PACKAGE_MISSING` if TypeORM does not find the package of its driver
 */
export function buildDataSource(
  settings: Settings,
  { migrations, ...contents }: Contents,
  classes: DataSourceClasses,
): DataSource {
  const { database, hostTables, migrationsTable } = settings;
  bindSettings(settings);
  const { dialect, opening } = engineNamed(database.engine);
  const host: WithHostTables = { hostTables };
  try {
    const dataSource = new classes[database.engine]({
      ...contents,
      ...opening?.options(database.place),
      migrationsTableName: migrationsTable,
      migrations: migrations.flatMap((family) => family[dialect]),
    });
    return Object.assign(dataSource, host);
  } catch (error) {
    const name = error instanceof DriverPackageNotInstalledError && packageOf(error);
    if (!name) throw error;
    throw BillingError.packageMissing(`A DataSource of type "${database.engine}"`, name, error);
  }
}

/** TypeORM names it in the command that installs it. */
const packageOf = ({ message }: Error): string | undefined =>
  /npm install ([^\s"]+)/.exec(message)?.[1];
