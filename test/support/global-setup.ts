import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startD1Server } from './d1-server';
import type { D1Server } from './d1-server';
import { type PostgresPairServer, startPostgresPairServer } from './postgres-pair-server';
import { startPostgres } from './postgres-server';
import type { PostgresServer } from './postgres-server';
import { announceRun, d1FolderOf } from './test-run';

declare global {
  /** Handed from the global set-up to the global tear-down, which run in one process. */
  var billingTestRun: {
    readonly folder: string;
    readonly server: PostgresServer | undefined;
    readonly pair: PostgresPairServer | undefined;
    readonly d1: D1Server | undefined;
  };
}

/**
 * One folder for the whole run, and for the engines that TEST_ENGINES names one Postgres server,
 * one server of D1 databases, and one that starts a primary and a standby when they are asked for.
 */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'typeorm-billing-test-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    const given = process.env.TEST_DATABASE_URL;
    const chosen = process.env.TEST_ENGINES?.split(',') ?? [];
    const needsServer = chosen.includes('postgres') && !given;
    const server = needsServer ? await startPostgres() : undefined;
    const pair = chosen.includes('postgres') ? await startPostgresPairServer() : undefined;
    const d1 = chosen.includes('d1') ? await startD1Server(d1FolderOf(folder)) : undefined;
    globalThis.billingTestRun = { folder, server, pair, d1 };
    announceRun({ folder, postgresUrl: server?.url ?? given, pairUrl: pair?.url, d1Url: d1?.url });
  } catch (error) {
    // After a failed set-up jest calls no tear-down.
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
