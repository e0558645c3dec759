import { setTimeout } from 'node:timers/promises';
import { Client } from 'pg';
import { closeAfterwards } from './closing';
import { fetchLocal } from './loopback';
import type { PairUrls } from './postgres-pair-server';
import { postgresPairUrl } from './test-run';

/** A primary, and a standby that streams from it. The standby is read-only and may be held back. */
export interface PostgresPair {
  readonly primary: Client;
  readonly standby: Client;
  readonly urls: PairUrls;
  /** The standby stays as it is, until {@link resume}. */
  pause(): Promise<void>;
  /** Waits until the standby has all that the primary has now. */
  resume(): Promise<void>;
}

/** The pair of this run. One spec may use it. */
export async function postgresPair(): Promise<PostgresPair> {
  const response = await fetchLocal(postgresPairUrl(), {});
  if (!response.ok) throw new Error(await response.text());
  const urls = (await response.json()) as PairUrls;
  const primary = await connect(urls.primary);
  const standby = await connect(urls.standby);
  return {
    primary,
    standby,
    urls,
    async pause() {
      await standby.query('SELECT pg_wal_replay_pause()');
      await until(standby, `SELECT pg_get_wal_replay_pause_state() = 'paused' AS done`);
    },
    async resume() {
      const { rows } = await primary.query<{ lsn: string }>('SELECT pg_current_wal_lsn() AS lsn');
      await standby.query('SELECT pg_wal_replay_resume()');
      await until(standby, `SELECT pg_last_wal_replay_lsn() >= '${rows[0]!.lsn}' AS done`);
    },
  };
}

async function connect(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  closeAfterwards(() => client.end());
  return client;
}

async function until(client: Client, sql: string): Promise<void> {
  for (;;) {
    const { rows } = await client.query<{ done: boolean }>(sql);
    if (rows[0]?.done) return;
    await setTimeout(20);
  }
}
