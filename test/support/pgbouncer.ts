import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { closeAfterwards } from './closing';
import { installedProgram } from './installed-program';
import { freePort } from './loopback';
import { newFolder, postgresAdminUrl } from './test-run';

const STARTING_MS = 20_000;

/**
 * Starts PgBouncer in transaction mode before the server of this run, on a free loopback port.
 *
 * @param connections how many it opens to the server, per database
 * @returns the URL of a database by way of it, for the database's own URL
 */
export async function startPgBouncer(connections: number): Promise<(url: string) => string> {
  const { hostname, port: serverPort, username, password } = new URL(postgresAdminUrl());
  const port = await freePort();
  const file = join(newFolder('pgbouncer'), 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${serverPort || '5432'} user=${username} password=${decodeURIComponent(password)}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${connections}
max_client_conn = 200
`,
  );
  // It refuses to run as root, which is what a container is likely to run the tests as.
  const words = process.getuid?.() === 0 ? ['-u', 'nobody', file] : [file];
  const child = spawn(installedProgram('pgbouncer') ?? 'pgbouncer', words, {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.on('data', (text) => log.push(String(text)));
  const ended = once(child, 'exit');
  closeAfterwards(async () => {
    // At once: its newer versions wait for clients at SIGTERM.
    child.kill('SIGQUIT');
    await ended;
  });
  const urlOf = (url: string): string =>
    Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href;
  const until = Date.now() + STARTING_MS;
  while (!(await answers(urlOf(postgresAdminUrl())))) {
    if (child.exitCode !== null || Date.now() > until) {
      throw new Error(`PgBouncer did not start on port ${port}.\n${log.join('')}`);
    }
    await setTimeout(50);
  }
  return urlOf;
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
