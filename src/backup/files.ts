import { createHash } from 'node:crypto';
import { open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { BillingError } from '../errors';
import { type BackupManifest, type BackupTable, MANIFEST, readManifest } from './manifest';

const READ_BYTES = 256 * 1024;
const NEWLINE = 10;

/** The manifest of the backup in a folder. @throws BillingError `BACKUP_INVALID` */
export async function openBackup(directory: string): Promise<BackupManifest> {
  const path = resolve(directory);
  const text = await readFile(join(path, MANIFEST), 'utf8').catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw cause;
    throw BillingError.backupInvalid(
      `There is no ${MANIFEST} in ${path}, so it is no backup, or one that was interrupted`,
      'name the folder of a complete backup',
      { directory: path },
    );
  });
  return readManifest(text, path);
}

/**
 * Compares a file with what the manifest says of it.
 *
 * @throws BillingError `BACKUP_INVALID` if it is not there, or has another sum, size or number of rows
 */
export async function assertFile(
  directory: string,
  { file, rows, bytes, sha256 }: BackupTable,
  onRows: (rows: number) => void,
): Promise<void> {
  const hash = createHash('sha256');
  const found = { bytes: 0, rows: 0 };
  const wrong = (problem: string): BillingError =>
    BillingError.backupInvalid(
      `${file} in ${resolve(directory)} ${problem}, and nothing was restored`,
      'copy the backup again from where it was written',
      { directory: resolve(directory), file },
    );
  try {
    for await (const chunk of chunksOf(join(directory, file))) {
      hash.update(chunk);
      found.bytes += chunk.length;
      for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) {
        found.rows += 1;
      }
      onRows(found.rows);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw wrong('is missing');
  }
  if (found.bytes !== bytes) throw wrong(`has ${found.bytes} bytes, not ${bytes}`);
  if (hash.digest('hex') !== sha256) throw wrong('was changed: its SHA-256 is another one');
  if (found.rows !== rows) throw wrong(`has ${found.rows} rows, not ${rows}`);
}

/** The lines of a file, in chunks of whole ones. */
export async function* linesOf(path: string): AsyncGenerator<Buffer> {
  let rest: Buffer[] = [];
  for await (const chunk of chunksOf(path)) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    if (end === 0) {
      rest.push(Buffer.from(chunk));
      continue;
    }
    yield Buffer.concat([...rest, chunk.subarray(0, end)]);
    rest = end < chunk.length ? [Buffer.from(chunk.subarray(end))] : [];
  }
  if (rest.length > 0) yield Buffer.concat(rest);
}

/** Each is used again for the next. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const handle = await open(path, 'r');
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, null);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}
