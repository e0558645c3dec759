import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { createDataSource } from '../../src/data-sources/shared';
import { readSettings, type Settings } from '../../src/data-sources/settings';
import { hostTables } from '../../src/host/bindings';
import type { Family } from '../../src/host/families';
import type { HostColumn } from '../../src/migrations/reversible-migration';
import { startPostgres } from '../../test/support/postgres-server';
import { changedTables } from './changed-tables';
import type { ChangedTables, Statements } from './statements';
import { tidyPostgres } from './tidy-postgres';

/** What one family's entities have that its migrations don't. */
export interface Change {
  readonly family: Family;
  /** Tables that are made. */
  readonly creates: readonly string[];
  /** Host columns that those tables reference. */
  readonly references: readonly HostColumn[];
  readonly postgres: Statements;
  /** Statements where all tables are new. */
  readonly sqlite: Statements | ChangedTables;
}

/** Compares migrations and entities of each family on scratch databases of both engines. */
export async function findChanges(families: readonly Family[]): Promise<Change[]> {
  const folder = await mkdtemp(join(tmpdir(), 'typeorm-billing-generate-'));
  const server = await startPostgres();
  try {
    const changes: Change[] = [];
    for (const family of families) {
      const file = join(folder, `${family}.sqlite`);
      const sqlite = await compare(family, { engine: 'sqlite', place: file });
      const url = await createDatabase(server.url, family);
      const postgres = await compare(family, { engine: 'postgres', place: url });
      if (sqlite.up.length + postgres.up.length === 0) continue;
      const { creates, references } = postgres;
      changes.push({
        ...{ family, creates, references, postgres: tidyPostgres(postgres) },
        sqlite: sqlite.tables ?? sqlite,
      });
    }
    return changes;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface Comparison extends Statements, Pick<Change, 'creates' | 'references'> {
  /** On SQLite, if tables change that are there. */
  readonly tables: ChangedTables | undefined;
}

async function compare(family: Family, database: Settings['database']): Promise<Comparison> {
  const dataSource = createDataSource({
    ...readSettings({ BILLING_FAMILIES: family, BILLING_HOST_TABLES: 'create' }),
    database,
  });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
    const builder = dataSource.driver.createSchemaBuilder();
    // What the entities no longer name was billing's own: the migrations alone made these tables.
    Object.assign(builder, { dropsExtras: true });
    const { upQueries, downQueries } = await builder.log();
    const up = upQueries.map(({ query }) => query.trim());
    const creates = up.flatMap((sql) => /^CREATE TABLE "(\w+)"/.exec(sql)?.[1] ?? []);
    return {
      up,
      down: downQueries.map(({ query }) => query.trim()).reverse(),
      tables: database.engine === 'sqlite' ? await changedTables(dataSource, up) : undefined,
      creates: creates.filter((table) =>
        dataSource.entityMetadatas.some((one) => one.tableName === table),
      ),
      references: hostReferences(dataSource, creates),
    };
  } finally {
    await dataSource.destroy();
  }
}

function hostReferences(dataSource: DataSource, tables: readonly string[]): HostColumn[] {
  const columns = new Map<string, HostColumn>();
  for (const metadata of dataSource.entityMetadatas) {
    if (!tables.includes(metadata.tableName)) continue;
    for (const { referencedEntityMetadata, referencedColumns } of metadata.foreignKeys) {
      const column = referencedColumns[0]?.databaseName;
      if (referencedEntityMetadata.synchronize || column === undefined) continue;
      const table = referencedEntityMetadata.tableName;
      const host = Object.values(hostTables).find((one) => one.table === table);
      if (host === undefined) throw new Error(`Billing does not attach to the table ${table}.`);
      const type = host.keyType;
      columns.set(`${table}.${column}`, { table, column, type });
    }
  }
  return [...columns.values()];
}

async function createDatabase(adminUrl: string, name: string): Promise<string> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE "${name}"`);
  } finally {
    await client.end();
  }
  return adminUrl.replace(/[^/]*$/, name);
}
