import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { Database as SqliteDatabase } from 'sqlite3';
import { HOST_SCHEMA } from '../../test/support/host-tables';
import { startPostgres } from '../../test/support/postgres-server';
import { RESULTS } from './paths';

export type EngineName = keyof typeof HOST_SCHEMA;

/** A place to make databases in, each with the host's tables and nothing else. */
export interface Databases {
  readonly engine: EngineName;
  /** @returns values for `DATABASE_URL` */
  create(count: number): Promise<string[]>;
  /** The tables of a database, bookkeeping included. */
  tables(url: string): Promise<string[]>;
  close(): Promise<void>;
}

/**
 * A Postgres server of our own. Its databases are copies of one template, and are kept until the
 * end: dropping one makes every CREATE TABLE slower for about a minute.
 */
export async function postgresDatabases(): Promise<Databases> {
  const server = await startPostgres();
  const urlOf = (name: string): string =>
    Object.assign(new URL(server.url), { pathname: name }).href;
  const template = 'bench_host';
  await withClient(server.url, (client) =>
    client.query(`CREATE DATABASE ${template} TEMPLATE template0`),
  );
  await withClient(urlOf(template), (client) => client.query(HOST_SCHEMA.postgres));
  let made = 0;
  return {
    engine: 'postgres',
    create: (count) =>
      withClient(server.url, async (client) => {
        const urls: string[] = [];
        while (urls.length < count) {
          const name = `bench_${(made += 1)}`;
          await client.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
          urls.push(urlOf(name));
        }
        // A checkpoint that comes due in the middle would be paid by whoever runs just then.
        await client.query('CHECKPOINT');
        return urls;
      }),
    tables: (url) =>
      withClient(url, async (client) => {
        const sql = `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`;
        const { rows } = await client.query<{ name: string }>(sql);
        return rows.map(({ name }) => name);
      }),
    close: () => server.stop(),
  };
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** SQLite files in the folder of the results, copies of one that a running host left behind. */
export async function sqliteDatabases(): Promise<Databases> {
  const folder = join(RESULTS, 'sqlite');
  // What an earlier run has left.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const template = join(folder, 'host.sqlite');
  // The journal of the copies, too: no tool is to be charged for the choice of it.
  await execute(template, `PRAGMA journal_mode = WAL; ${HOST_SCHEMA.sqlite}`);
  let made = 0;
  return {
    engine: 'sqlite',
    async create(count) {
      const urls: string[] = [];
      while (urls.length < count) {
        const file = join(folder, `bench-${(made += 1)}.sqlite`);
        await copyFile(template, file);
        urls.push(`sqlite:${file}`);
      }
      return urls;
    },
    tables: (url) => execute(url.replace(/^sqlite:/, ''), ''),
    close: () => Promise.resolve(),
  };
}

/** Runs a script and gives the names of the tables that there are then. */
function execute(file: string, script: string): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const database = new SqliteDatabase(file);
    database.exec(script, (failed) => {
      const sql = `SELECT name FROM sqlite_master WHERE type = 'table'`;
      database.all<{ name: string }>(sql, (error, rows) => {
        // Until it is closed, the tables may be in the journal alone.
        database.close((closing) => {
          const first = failed ?? error ?? closing;
          if (first) reject(first);
          else resolve(rows.map(({ name }) => name));
        });
      });
    });
  });
}
