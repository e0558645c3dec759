import type { Family } from '../host/families';
import { BillingError } from '../errors';

export const FORMAT = 'typeorm-billing backup';
/** Of the files, not of the package. */
export const FORMAT_VERSION = 1;
export const MANIFEST = 'manifest.json';

/**
 * How the values of a column stand in a backup. What is not listed is text:
 *
 * - `integer`: a number; beyond ±(2^53 − 1) a string of digits
 * - `number`: a number; `"NaN"` and `"Infinity"` as strings
 * - `boolean`: true or false
 * - `instant`: `2026-01-31T23:59:59.999Z`, with at least milliseconds and at most what the column holds
 * - `json`: the value itself
 * - `bytes`: base64
 */
export type ValueKind = 'text' | 'integer' | 'number' | 'boolean' | 'instant' | 'json' | 'bytes';

export interface BackupColumn {
  readonly name: string;
  readonly kind: ValueKind;
  /** As the database that was backed up names it. */
  readonly type: string;
}

/** A file of a backup. */
export interface BackupTable {
  /** Without the prefix that `bindHost()` may give it. */
  readonly table: string;
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly BackupColumn[];
}

/** The host's key that a family's rows refer to. */
export interface BackupHost {
  readonly schema?: string;
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

/** `manifest.json`, which is written last: a folder without it is no backup. */
export interface BackupManifest {
  readonly format: typeof FORMAT;
  readonly version: number;
  readonly createdAt: string;
  readonly engine: 'postgres' | 'sqlite' | 'd1';
  /** The applied migrations, oldest first: the version of the schema. */
  readonly migrations: readonly string[];
  readonly hosts: Readonly<Partial<Record<Family, BackupHost>>>;
  readonly prefix: string;
  readonly schema?: string;
  /** Parents first. */
  readonly tables: readonly BackupTable[];
}

/**
 * @throws BillingError `BACKUP_INVALID` for what is no manifest, or one of another version
 */
export function readManifest(text: string, directory: string): BackupManifest {
  const wrong = (problem: string, remedy: string): BillingError =>
    BillingError.backupInvalid(`${MANIFEST} in ${directory} ${problem}`, remedy, { directory });
  const copy = 'copy the folder again from where it was written';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong('is not JSON', copy);
  }
  const manifest = value as Partial<BackupManifest> | null;
  if (typeof manifest !== 'object' || manifest?.format !== FORMAT) {
    throw wrong('is not the manifest of a backup', 'name the folder of one');
  }
  if (manifest.version !== FORMAT_VERSION) {
    throw wrong(
      `has the format version ${JSON.stringify(manifest.version)}, and this package reads ${FORMAT_VERSION}`,
      'restore it with the version of typeorm-billing that wrote it',
    );
  }
  if (!isComplete(manifest)) throw wrong('lacks a part', copy);
  return manifest;
}

function isComplete(manifest: Partial<BackupManifest>): manifest is BackupManifest {
  const { migrations, hosts, tables } = manifest;
  return (
    Array.isArray(migrations) &&
    typeof hosts === 'object' &&
    Array.isArray(tables) &&
    tables.every(isTable) &&
    new Set(tables.map(({ table }: BackupTable) => table)).size === tables.length
  );
}

const KINDS: readonly unknown[] = [
  'text',
  'integer',
  'number',
  'boolean',
  'instant',
  'json',
  'bytes',
] satisfies ValueKind[];

function isTable(value: Partial<BackupTable> | null): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { table, file, rows, bytes, sha256, columns } = value;
  return (
    typeof table === 'string' &&
    // Never a path: the files are beside the manifest.
    file === `${table}.jsonl` &&
    !/[/\\]/.test(file) &&
    Number.isSafeInteger(rows) &&
    Number.isSafeInteger(bytes) &&
    /^[0-9a-f]{64}$/.test(String(sha256)) &&
    Array.isArray(columns) &&
    columns.length > 0 &&
    (columns as Partial<BackupColumn>[]).every(
      ({ name, kind }) => typeof name === 'string' && KINDS.includes(kind),
    )
  );
}
