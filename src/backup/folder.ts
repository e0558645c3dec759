import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { BillingError } from '../errors';
import { type BackupManifest, type BackupTable, MANIFEST, readManifest } from './manifest';
import type { Page } from './store';

/** Is in the folder from the first byte on, and becomes the manifest at the end. */
const INCOMPLETE = `${MANIFEST}.incomplete`;

/** Rows hold customers' data: others on the machine may not read them. */
const MODE = { folder: 0o700, file: 0o600 };

/** A folder that a backup is written to. It is one as soon as its manifest is there, and not before. */
export class BackupFolder {
  private constructor(
    readonly path: string,
    /** The manifest that is there, where a backup is continued. */
    readonly before: BackupManifest | undefined,
  ) {}

  /**
   * @param isContinued whether tables may be added to the backup that is there
   * @throws BillingError `INVALID_CALL` if it has anything else in it than a backup that was interrupted
   */
  static async open(directory: string, isContinued = false): Promise<BackupFolder> {
    const path = resolve(directory);
    await mkdir(path, { recursive: true, mode: MODE.folder });
    const names = await readdir(path);
    if (names.includes(MANIFEST)) {
      if (!isContinued) throw refused(path, 'has a backup already, which is not overwritten');
      const before = readManifest(await readFile(join(path, MANIFEST), 'utf8'), path);
      return new BackupFolder(path, before);
    }
    if (names.length > 0 && !names.includes(INCOMPLETE)) {
      throw refused(path, `is not empty: it has ${names.slice(0, 3).join(', ')}`);
    }
    await assertAbandoned(join(path, INCOMPLETE), path, names);
    const folder = new BackupFolder(path, undefined);
    await folder.#write(INCOMPLETE, JSON.stringify({ process: process.pid, host: hostname() }));
    await sync(path);
    return folder;
  }

  /** Writes the rows of a table, and waits until they are on the disk. */
  async writeRows(
    file: string,
    pages: AsyncIterable<Page>,
    onRows: (rows: number) => void,
  ): Promise<Pick<BackupTable, 'rows' | 'bytes' | 'sha256'>> {
    const hash = createHash('sha256');
    const handle = await open(join(this.path, file), 'w', MODE.file);
    let [rows, bytes] = [0, 0];
    try {
      for await (const page of pages) {
        hash.update(page.data);
        await writeAll(handle, page.data);
        bytes += page.data.length;
        rows += page.rows;
        onRows(rows);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    return { rows, bytes, sha256: hash.digest('hex') };
  }

  /** Makes a backup of it: from now on it is complete, also after a loss of power. */
  async complete(manifest: BackupManifest): Promise<void> {
    await this.#write(INCOMPLETE, `${JSON.stringify(manifest, null, 2)}\n`);
    await rename(join(this.path, INCOMPLETE), join(this.path, MANIFEST));
    await sync(this.path);
    await sync(resolve(this.path, '..'));
  }

  async #write(file: string, text: string): Promise<void> {
    const handle = await open(join(this.path, file), 'w', MODE.file);
    try {
      await writeAll(handle, Buffer.from(text));
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

function refused(path: string, problem: string): BillingError {
  return BillingError.invalidCall(`The folder ${path} ${problem}`, 'name a new folder');
}

/** Another process may be at it. */
async function assertAbandoned(
  file: string,
  path: string,
  names: readonly string[],
): Promise<void> {
  if (!names.includes(INCOMPLETE)) return;
  const text = await readFile(file, 'utf8');
  let owner: { process?: unknown; host?: unknown } = {};
  try {
    owner = JSON.parse(text) as typeof owner;
  } catch {
    // It was interrupted before it had written this.
  }
  const { process: id, host } = owner;
  if (typeof id !== 'number' || host !== hostname() || !isAlive(id)) return;
  throw refused(path, `is being written to by process ${id}`);
}

function isAlive(id: number): boolean {
  // One that was interrupted in this process has ended with an error.
  if (id === process.pid) return false;
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function writeAll(handle: FileHandle, buffer: Buffer): Promise<void> {
  let done = 0;
  while (done < buffer.length) {
    done += (await handle.write(buffer, done, buffer.length - done)).bytesWritten;
  }
}

/** The names in a folder. Windows can't, and needs not. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
