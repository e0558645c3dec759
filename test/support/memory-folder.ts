import { randomBytes } from 'node:crypto';
import { accessSync, constants, mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

/** Linux has a file system in memory here, which waits for no disk. */
const MEMORY = '/dev/shm';

/** Ample, at a few megabytes a database. Docker gives 64 MB unless told otherwise, which is too little. */
const NEEDED_BYTES = 2 ** 30;

/** A new, empty folder in memory; undefined where there is no memory to keep files in, or too little. */
export function newMemoryFolder(purpose: string): string | undefined {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    if (bavail * bsize < NEEDED_BYTES) return undefined;
    const folder = join(
      MEMORY,
      `typeorm-billing-test-${purpose}-${randomBytes(6).toString('hex')}`,
    );
    mkdirSync(folder);
    return folder;
  } catch {
    return undefined;
  }
}
