import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

// What the global set-up tells the workers: they are other processes and inherit its environment.
const ID = 'BILLING_TEST_ID';
const FOLDER = 'BILLING_TEST_FOLDER';
const POSTGRES_URL = 'BILLING_TEST_POSTGRES_URL';
const PAIR_URL = 'BILLING_TEST_POSTGRES_PAIR_URL';
const D1_URL = 'BILLING_TEST_D1_URL';

/** Called once, by the global set-up. */
export function announceRun(run: {
  folder: string;
  postgresUrl: string | undefined;
  pairUrl: string | undefined;
  d1Url: string | undefined;
}): void {
  process.env[ID] = randomBytes(4).toString('hex');
  process.env[FOLDER] = run.folder;
  if (run.d1Url !== undefined) process.env[D1_URL] = run.d1Url;
  if (run.pairUrl !== undefined) process.env[PAIR_URL] = run.pairUrl;
  if (run.postgresUrl !== undefined) process.env[POSTGRES_URL] = run.postgresUrl;
}

/** The start of the name of every Postgres database that this run makes, and of no other's. */
export function databasePrefix(): string {
  return `billing_test_${announced(ID)}_`;
}

/** The server's maintenance database, from where the others are made. */
export function postgresAdminUrl(): string {
  return announced(POSTGRES_URL);
}

/** The server that starts a primary and a standby. */
export function postgresPairUrl(): string {
  return announced(PAIR_URL);
}

/** The server of local D1 databases. */
export function d1ServerUrl(): string {
  return announced(D1_URL);
}

/** Where the local D1 databases of this run are kept. */
export function d1Folder(): string {
  return d1FolderOf(announced(FOLDER));
}

/** The same, of a run whose folder is known. */
export function d1FolderOf(folder: string): string {
  return join(folder, 'd1');
}

/** A new, empty folder; it is removed at the end of the run. */
export function newFolder(purpose: string): string {
  const folder = join(announced(FOLDER), `${purpose}-${uniqueSuffix()}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * A folder that the whole run has one of: the first to ask fills it, everybody else waits.
 *
 * @throws what `fill` threw, and to everybody else an Error that it did not succeed
 */
export async function sharedFolder(
  purpose: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const folder = join(announced(FOLDER), purpose);
  const filled = `${folder}.filled`;
  const failed = `${folder}.failed`;
  // Makes it, or finds that another has.
  if (mkdirSync(folder, { recursive: true }) !== undefined) {
    try {
      await fill(folder);
      writeFileSync(filled, '');
    } catch (error) {
      writeFileSync(failed, '');
      throw error;
    }
  }
  while (!existsSync(filled)) {
    if (existsSync(failed)) throw new Error(`${purpose} could not be made: see the other suite.`);
    await setTimeout(100);
  }
  return folder;
}

/** Unique among the workers, too. */
export function uniqueSuffix(): string {
  return randomBytes(6).toString('hex');
}

function announced(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(
      `${name} is not set: run the tests through jest, whose global set-up sets it for the engines ` +
        `that TEST_ENGINES names (${process.env.TEST_ENGINES ?? ''}).`,
    );
  }
  return value;
}
