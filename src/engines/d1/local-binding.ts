import { dirname, join } from 'node:path';
import { BillingError } from '../../errors';
import { assertBinding } from '../../driver/d1/binding';
import type { OpenBinding } from '../../driver/d1/database';
import { migrationFilesIn } from '../migration-file';
import { patient, untilFree } from './patient-binding';
import { noteWranglerFiles, WRANGLER_TABLE } from './wrangler';

/** The part of the package wrangler that is used. */
interface Wrangler {
  getPlatformProxy(options: {
    configPath: string;
    persist: { path: string };
    remoteBindings: boolean;
  }): Promise<{
    env: Record<string, unknown>;
    dispose(): Promise<void>;
  }>;
  unstable_readConfig(options: object): WranglerConfig;
}

interface WranglerConfig {
  readonly configPath?: string;
  /** The file that its owner wrote, if a tool has generated another from it. */
  readonly userConfigPath?: string;
  readonly d1_databases: readonly {
    readonly binding: string;
    readonly migrations_dir?: string;
    readonly migrations_table?: string;
  }[];
}

/**
 * Opens the local database behind the binding `name` of the wrangler configuration, which is in the
 * working folder or the nearest one above.
 *
 * @throws BillingError `PACKAGE_MISSING` without wrangler, `CONFIGURATION_INVALID` if there
 *   is no configuration, if it can't be read, or if it has no such D1 binding
 */
export async function openLocalBinding(name: string): Promise<OpenBinding> {
  const wrangler = loadWrangler();
  const { configPath, userConfigPath = configPath, databases } = readConfig(wrangler);
  const database = databases.find((one) => one.binding === name);
  if (database === undefined) {
    const others = databases.map(({ binding }) => binding).join(', ');
    throw BillingError.configurationInvalid(
      `${configPath} has no D1 binding "${name}"${others === '' ? '' : `, but ${others}`}`,
      'add it to d1_databases, or run from the folder of the wrangler.jsonc that has it',
    );
  }
  // The folder that wrangler's own commands use, wherever they are run.
  const path = join(dirname(userConfigPath), '.wrangler/state/v3');
  // A binding may say `remote: true` for `wrangler dev`; here it is always the local database.
  const proxy = await quietly(() =>
    untilFree(
      () => wrangler.getPlatformProxy({ configPath, persist: { path }, remoteBindings: false }),
      // workerd opens another file in the same folder, and exits if that is locked.
      /runtime failed to start/,
    ),
  );
  const binding = patient(assertBinding(proxy.env[name]));
  noteWranglerFiles(binding, {
    table: database.migrations_table ?? WRANGLER_TABLE,
    // The files that `db:sql` has written to wrangler's folder of migrations.
    files: await filesByMigration(
      join(dirname(configPath), database.migrations_dir ?? 'migrations'),
    ),
  });
  return { binding, dispose: () => proxy.dispose() };
}

async function filesByMigration(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = await migrationFilesIn(folder);
  return new Map(
    files.filter(({ dialect }) => dialect === 'd1').map(({ migration, file }) => [migration, file]),
  );
}

function readConfig(wrangler: Wrangler): {
  readonly configPath: string;
  readonly userConfigPath?: string;
  readonly databases: WranglerConfig['d1_databases'];
} {
  let config: WranglerConfig;
  try {
    config = wrangler.unstable_readConfig({});
  } catch (cause) {
    throw BillingError.configurationInvalid(
      `The wrangler configuration can't be read (${messageOfConfigError(cause)})`,
      'correct it and retry',
      { cause },
    );
  }
  const { configPath, d1_databases: databases, ...rest } = config;
  if (configPath !== undefined) return { ...rest, configPath, databases };
  throw BillingError.configurationInvalid(
    'DATABASE_URL=d1:BINDING needs a wrangler.jsonc, wrangler.json or wrangler.toml, and there is none ' +
      'in this folder or above it',
    'run from the folder of your Worker',
  );
}

/** wrangler's message about a configuration, with the line of a syntax error. */
function messageOfConfigError(cause: unknown): string {
  const { message = String(cause), location } = cause as {
    message?: string;
    location?: { file?: string; line?: number };
  };
  return location?.file === undefined
    ? message.trim()
    : `${location.file}:${location.line ?? ''}: ${message}`;
}

/** Keeps wrangler from printing the names of secrets on stdout, which is for a command's result. */
async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const level = process.env.WRANGLER_LOG;
  process.env.WRANGLER_LOG = level ?? 'warn';
  try {
    return await work();
  } finally {
    if (level === undefined) delete process.env.WRANGLER_LOG;
  }
}

/** By a require() that a bundler may leave unresolved: only a local D1 needs wrangler. */
function loadWrangler(): Wrangler {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import() must be resolved
    return require('wrangler') as Wrangler;
  } catch (cause) {
    throw BillingError.packageMissing('A local D1', 'wrangler', cause, '--save-dev ');
  }
}
