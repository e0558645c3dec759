import { POSTGRES_STAND_INS } from '../../host/stand-in-tables/postgres';
import { DEFAULTS, type Engine } from '../engine';
import { postgresCatalog } from './catalog';
import { compareOnPostgres } from './comparison';
import { examinePostgres } from './examination';
import { assertSeen } from './hidden-tables';
import { KeepingSchemaBuilder } from './keeping-schema-builder';
import {
  hasOneConnection,
  isTableBusy,
  lockHolder,
  tableHolders,
  tryLock,
  tryLockSession,
} from './lock';
import { postgresObstacles } from './obstacles';
import { readPostgresRefusal } from './refusal';
import { postgresScripts } from './scripts';

/** Postgres, from version 13, through the package `pg`. */
export const postgresEngine: Engine = {
  ...DEFAULTS,
  ...postgresCatalog,
  name: 'postgres',
  dialect: 'postgres',
  hasSchemas: true,
  owns: ({ options }) => options.type === 'postgres',

  tryLock,
  tryLockSession,
  lockHolder,
  tableHolders,
  isTableBusy,
  hasOneConnection,
  locksApart: true,
  assertSeen,
  obstacles: postgresObstacles,

  /** With an older snapshot than the lock, the others' work would not be seen. */
  migrationIsolation: 'READ COMMITTED',

  standIns: POSTGRES_STAND_INS,

  schemaBuilder: (dataSource) => new KeepingSchemaBuilder(dataSource),
  compare: compareOnPostgres,
  examine: examinePostgres,
  trialSettings: [`SET LOCAL lock_timeout = '1s'`, `SET LOCAL statement_timeout = '30s'`],
  readRefusal: readPostgresRefusal,
  scripts: postgresScripts,
};
