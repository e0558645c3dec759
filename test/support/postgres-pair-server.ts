import { chown, cp, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Client } from 'pg';
import { answering } from './loopback';
import { type PostgresServer, startPostgres } from './postgres-server';

/** A primary and a standby that streams from it, started when they are asked for. */
export interface PostgresPairServer {
  /** Answers each request with the {@link PairUrls} of the one pair. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface PairUrls {
  readonly primary: string;
  readonly standby: string;
}

/** Runs in the global set-up: jest's own environment can't load what starts the servers. */
export async function startPostgresPairServer(): Promise<PostgresPairServer> {
  const running: PostgresServer[] = [];
  let started: Promise<PairUrls> | undefined;
  const server = await answering(() => (started ??= startPair(running)));
  return {
    url: server.url,
    async stop() {
      server.stop();
      await started?.catch(() => undefined);
      // The standby first, or the primary would wait for it.
      for (const one of running.reverse()) await one.stop();
    },
  };
}

const REPLICATING = {
  wal_level: 'replica',
  // A standby refuses to start with less than its primary has.
  max_wal_senders: '4',
  wal_keep_size: '256MB',
  // What is committed is in the log, and so on its way.
  synchronous_commit: 'on',
};

async function startPair(running: PostgresServer[]): Promise<PairUrls> {
  const primary = await startPostgres({ settings: REPLICATING });
  running.push(primary);
  const { hostname, port, username, password } = new URL(primary.url);
  const standby = await startPostgres({
    settings: {
      ...REPLICATING,
      primary_conninfo: `host=${hostname} port=${port} user=${username} password=${password}`,
    },
    fill: (folder) => backUp(primary, folder),
  });
  running.push(standby);
  return { primary: primary.url, standby: standby.url };
}

/** A base backup of a running server: a copy of its files, between two functions of its own. */
async function backUp({ url, folder: from }: PostgresServer, to: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    const left = new Set(['postmaster.pid', 'postmaster.opts']);
    await cp(from, to, { recursive: true, filter: (path) => !left.has(basename(path)) });
    const { rows } = await client.query<{ labelfile: string }>('SELECT * FROM pg_backup_stop()');
    await writeFile(join(to, 'backup_label'), rows[0]!.labelfile);
    await writeFile(join(to, 'standby.signal'), '');
  } finally {
    await client.end();
  }
  if (process.getuid?.() !== 0) return;
  // Where the tests run as root, the servers run as another user.
  const { uid, gid } = await stat(from);
  const paths = await readdir(to, { recursive: true });
  for (const path of ['', ...paths]) await chown(join(to, path), uid, gid);
}
