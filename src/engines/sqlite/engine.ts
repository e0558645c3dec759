import { SqliteFamilyDriver } from '../../driver/driver';
import { SqliteFile } from '../../driver/file/database';
import { BillingError } from '../../errors';
import { DEFAULTS, type Engine } from '../engine';
import { sqliteCatalog } from './catalog';
import { examineFile } from './file-examination';
import { sqliteObstacles } from './obstacles';
import { readSqliteRefusal } from './refusal';

/** A SQLite file. Each transaction has the database's only write lock from its start. */
export const sqliteEngine: Engine = {
  ...DEFAULTS,
  ...sqliteCatalog,
  name: 'sqlite',
  dialect: 'sqlite',
  owns: ({ driver }) =>
    driver instanceof SqliteFamilyDriver && driver.connections instanceof SqliteFile,

  examine: examineFile,

  isBusy: (error) =>
    (error instanceof BillingError && error.code === 'DATABASE_BUSY') ||
    /\bSQLITE_(BUSY|LOCKED)\b/.test(String(error)),

  obstacles: sqliteObstacles,
  readRefusal: readSqliteRefusal,
};
