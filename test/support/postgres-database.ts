import { Client } from 'pg';
import type { TestDatabase } from './engines';
import { databasePrefix, postgresAdminUrl, uniqueSuffix } from './test-run';

/**
 * A new database on the server of this run: empty, or a copy of another that nobody is connected to.
 * Not of template1, of which a server that was given may have made something of its own.
 */
export async function createPostgresDatabase(template = 'template0'): Promise<TestDatabase> {
  const name = databasePrefix() + uniqueSuffix();
  const admin = await connect(postgresAdminUrl());
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  } finally {
    await admin.end();
  }

  const url = new URL(postgresAdminUrl());
  url.pathname = `/${name}`;
  const client = await connect(url.href);
  let closing: Promise<void> | undefined;

  return {
    engine: 'postgres',
    dialect: 'postgres',
    url: url.href,
    async sql<Row>(text: string, parameters: readonly unknown[] = []): Promise<Row[]> {
      const { rows } = await client.query(text, [...parameters]);
      return rows as Row[];
    },
    prepared<Row>(text: string) {
      const query = { name: uniqueSuffix(), text };
      return async () => (await client.query(query)).rows as Row[];
    },
    async exec(text) {
      await client.query(text);
    },
    close: () => (closing ??= client.end()),
  };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  // Of a connection that a test left open when the server is stopped: no query is waiting for it.
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
