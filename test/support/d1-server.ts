import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Miniflare } from 'miniflare';
import { answering } from './loopback';
import { newMemoryFolder } from './memory-folder';

/** Local D1 databases in real workerd processes, started when the first database is asked for. */
export interface D1Server {
  /** Answers each request with an {@link AssignedD1} that nobody else is given. */
  readonly url: string;
  stop(): Promise<void>;
}

/** A database of a D1 server. */
export interface AssignedD1 {
  /** Of the Worker `d1-worker.mjs`, which holds its binding. */
  readonly url: string;
  /** Name of the binding, and `database_id`. */
  readonly database: string;
}

/** Each database has to be declared when its workerd starts; the start takes longer the more. */
const DATABASES_EACH = 40;

/** @param folder where the databases are kept, in the form of wrangler's own `state/v3/d1` */
export async function startD1Server(folder: string): Promise<D1Server> {
  const started: Promise<{ miniflare: Miniflare; url: string }>[] = [];
  let count = 0;
  const removeData = keepInMemory(folder);

  const start = async (first: number): Promise<{ miniflare: Miniflare; url: string }> => {
    const miniflare = new (await import('miniflare')).Miniflare({
      modules: true,
      scriptPath: join(__dirname, 'd1-worker.mjs'),
      compatibilityDate: '2026-04-01',
      d1Databases: Array.from({ length: DATABASES_EACH }, (_, index) => nameOf(first + index)),
      d1Persist: folder,
    });
    return { miniflare, url: (await miniflare.ready).href };
  };

  const assign = async (): Promise<AssignedD1> => {
    const number = count++;
    const block = Math.floor(number / DATABASES_EACH);
    started[block] ??= start(block * DATABASES_EACH);
    return { url: (await started[block]).url, database: nameOf(number) };
  };

  const server = await answering(assign);
  return {
    url: server.url,
    async stop() {
      server.stop();
      const running = await Promise.allSettled(started);
      for (const one of running) {
        if (one.status === 'fulfilled') await one.value.miniflare.dispose();
      }
      removeData();
    },
  };
}

/**
 * Makes the folder, in memory where there is enough: a D1 waits for the disk several times a write.
 *
 * @returns what removes the files in memory; the end of the process does so, too
 */
function keepInMemory(folder: string): () => void {
  const inMemory = newMemoryFolder('d1');
  if (inMemory === undefined) {
    mkdirSync(folder, { recursive: true });
    return () => undefined;
  }
  const remove = (): void => {
    rmSync(inMemory, { recursive: true, force: true });
  };
  process.once('exit', remove);
  symlinkSync(inMemory, folder);
  return remove;
}

const nameOf = (number: number): string => `db-${number}`;
