import { rm } from 'node:fs/promises';
import { Client } from 'pg';
import './global-setup';
import { databasePrefix, postgresAdminUrl } from './test-run';

/** Leaves nothing of the run: no server, no folder, and no database on a server that was given. */
export default async function globalTeardown(): Promise<void> {
  const { folder, server, pair, d1 } = globalThis.billingTestRun;
  try {
    await d1?.stop();
    await pair?.stop();
    if (server !== undefined) await server.stop();
    else if (process.env.TEST_DATABASE_URL) await dropDatabases();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function dropDatabases(): Promise<void> {
  const client = new Client({ connectionString: postgresAdminUrl() });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      'SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)',
      [databasePrefix()],
    );
    for (const { name } of rows) {
      await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    }
  } finally {
    await client.end();
  }
}
