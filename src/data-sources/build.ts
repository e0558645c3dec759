import 'reflect-metadata';
import type { DataSource } from 'typeorm';
import type { EngineName } from '../engines/engine';
import { engineNamed } from '../engines/registry';
import type { FamilyMigrations } from '../migrations/families';
import type { WithHostTables } from '../migrator/stand-ins';
import type { Settings } from './settings';
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

/** A DataSource on the database that the settings name, not yet initialised. */
export function buildDataSource(
  { database, hostTables, migrationsTable }: Settings,
  { migrations, ...contents }: Contents,
  classes: DataSourceClasses,
): DataSource {
  const { dialect, opening } = engineNamed(database.engine);
  const dataSource = new classes[database.engine]({
    ...contents,
    ...opening?.options(database.place),
    migrationsTableName: migrationsTable,
    migrations: migrations.flatMap((family) => family[dialect]),
  });
  const host: WithHostTables = { hostTables };
  return Object.assign(dataSource, host);
}
