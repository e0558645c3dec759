import { CommandUtils } from 'typeorm/commands/CommandUtils.js';

/** Loads the DataSource that a module exports, as TypeORM's own commands do. */
export const loadDataSourceFile = (path: string): ReturnType<typeof CommandUtils.loadDataSource> =>
  CommandUtils.loadDataSource(path);
