import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from './postgres-server';
import type { PostgresServer } from './postgres-server';
import { announceRun } from './test-run';

declare global {
  /** Handed from the global set-up to the global tear-down, which run in one process. */
  var billingTestRun: { readonly folder: string; readonly server: PostgresServer | undefined };
}

/** One folder and one Postgres server for the whole run. */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'typeorm-billing-test-'));
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  try {
    const given = process.env.TEST_DATABASE_URL;
    const server = given ? undefined : await startPostgres();
    globalThis.billingTestRun = { folder, server };
    announceRun({ folder, postgresUrl: server?.url ?? given ?? '' });
  } catch (error) {
    // After a failed set-up jest calls no tear-down.
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
