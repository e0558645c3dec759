import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

// What the global set-up tells the workers: they are other processes and inherit its environment.
const ID = 'BILLING_TEST_ID';
const FOLDER = 'BILLING_TEST_FOLDER';
const POSTGRES_URL = 'BILLING_TEST_POSTGRES_URL';

/** Called once, by the global set-up. */
export function announceRun(run: { folder: string; postgresUrl: string }): void {
  process.env[ID] = randomBytes(4).toString('hex');
  process.env[FOLDER] = run.folder;
  process.env[POSTGRES_URL] = run.postgresUrl;
}

/** The start of the name of every Postgres database that this run makes, and of no other's. */
export function databasePrefix(): string {
  return `billing_test_${announced(ID)}_`;
}

/** The server's maintenance database, from where the others are made. */
export function postgresAdminUrl(): string {
  return announced(POSTGRES_URL);
}

/** A new, empty folder; it is removed at the end of the run. */
export function newFolder(purpose: string): string {
  const folder = join(announced(FOLDER), `${purpose}-${uniqueSuffix()}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Unique among the workers, too. */
export function uniqueSuffix(): string {
  return randomBytes(6).toString('hex');
}

function announced(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: run the tests through jest, whose global set-up sets it.`);
  }
  return value;
}
