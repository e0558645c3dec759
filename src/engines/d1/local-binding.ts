import { dirname, join } from 'node:path';
import { BillingError } from '../../errors';
import type { D1Binding } from './binding';
import type { OpenBinding } from './database';
import { filesByMigration } from './migration-file';
import { patient, untilFree } from './patient-binding';
import { WRANGLER_TABLE } from './wrangler-table';

/** What is used of the package wrangler, which only this needs. */
interface Wrangler {
  getPlatformProxy(options: { persist: boolean; remoteBindings: boolean }): Promise<{
    env: Record<string, unknown>;
    dispose(): Promise<void>;
  }>;
  unstable_readConfig(options: object): {
    readonly configPath?: string;
    readonly d1_databases: readonly {
      readonly binding: string;
      readonly migrations_dir?: string;
      readonly migrations_table?: string;
    }[];
  };
}

/**
 * Opens the binding `name` of the wrangler configuration in the working folder, on this machine.
 *
 * @throws BillingError `NOT_SUPPORTED` without the package wrangler, `CONFIGURATION_INVALID` if the
 *   configuration has no such D1 binding
 */
export async function openLocalBinding(name: string): Promise<OpenBinding> {
  const wrangler = await loadWrangler();
  // A binding may say `remote: true`, for `wrangler dev`: what is asked for here is the local one.
  const proxy = await quietly(() =>
    untilFree(
      () => wrangler.getPlatformProxy({ persist: true, remoteBindings: false }),
      // workerd opens a file of its own in the same folder, and ends if another has that locked.
      /runtime failed to start/,
    ),
  );
  const { env } = proxy;
  const dispose = (): Promise<void> => proxy.dispose();
  const binding = env[name];
  if (isBinding(binding)) {
    return { binding: patient(binding), dispose, ...(await readMigrationFiles(wrangler, name)) };
  }
  const bindings = Object.keys(env).filter((key) => isBinding(env[key]));
  await dispose();
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `The wrangler configuration in this folder has no D1 binding "${name}"` +
      `${bindings.length > 0 ? `, but ${bindings.join(', ')}` : ''}: add it to d1_databases, or run ` +
      'from the folder of the wrangler.jsonc that has it.',
  );
}

/** The files that `db:sql` has written into the folder from which wrangler applies migrations. */
async function readMigrationFiles(
  wrangler: Wrangler,
  name: string,
): Promise<Pick<OpenBinding, 'migrationFiles' | 'migrationsTable'>> {
  const { configPath, d1_databases: databases } = wrangler.unstable_readConfig({});
  const database = databases.find(({ binding }) => binding === name);
  const folder = join(dirname(configPath ?? '.'), database?.migrations_dir ?? 'migrations');
  return {
    migrationFiles: await filesByMigration(folder),
    migrationsTable: database?.migrations_table ?? WRANGLER_TABLE,
  };
}

/** wrangler tells on stdout which secrets it has read; that is for the result of a command. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const level = process.env.WRANGLER_LOG;
  process.env.WRANGLER_LOG = level ?? 'warn';
  try {
    return await work();
  } finally {
    if (level === undefined) delete process.env.WRANGLER_LOG;
  }
}

async function loadWrangler(): Promise<Wrangler> {
  try {
    return await import('wrangler');
  } catch (cause) {
    throw new BillingError(
      'NOT_SUPPORTED',
      'A local D1 needs the package wrangler, which is not installed: run `npm install --save-dev wrangler`.',
      { cause },
    );
  }
}

const isBinding = (value: unknown): value is D1Binding =>
  typeof value === 'object' && value !== null && 'prepare' in value && 'batch' in value;
