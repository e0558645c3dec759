import type { EngineName } from '../engines/engine';
import { engines } from '../engines/registry';
import '../engines/rows';
import { BillingError } from '../errors';
import { bindHostTable } from '../host/bind-host';
import type { HostTable } from '../host/bindings';
import { FAMILIES, type Family } from '../host/families';
import { readHostText } from '../host/host-text';
import { type Placing, placingTo } from '../host/placing';
import { isClone } from './clone';

/** The shared DataSource, as the environment describes it. */
export interface Settings {
  readonly database: {
    readonly engine: EngineName;
    /** A URL on Postgres, the path of a file on SQLite, the name of a binding on D1. */
    readonly place: string;
  };
  readonly families: readonly Family[];
  readonly hostTables: 'expect' | 'create';
  /** The tables of the host's that billing is attached to, where they are named. */
  readonly hosts: Readonly<Partial<Record<Family, HostTable>>>;
  /** What billing's tables are called, and where they are. */
  readonly placing: Placing;
  /** Name of TypeORM's table of applied migrations. */
  readonly migrationsTable: string;
}

/** The variables that are read; an empty one counts as unset. */
export interface Environment {
  readonly [name: string]: string | undefined;
  /** `postgres://…`, `sqlite:path`, `sqlite::memory:` or `d1:BINDING`, the local D1 of the wrangler
   * configuration in the working folder. Required, except in a clone of the project: there the
   * default is the file `billing.sqlite` in the working folder. */
  readonly DATABASE_URL?: string | undefined;
  /** `tenant`, `user` or `tenant,user`; unset: both. */
  readonly BILLING_FAMILIES?: string | undefined;
  /** `create` or `expect`; unset: `create` for the clone's default, else `expect`. */
  readonly BILLING_HOST_TABLES?: string | undefined;
  /** The host's table that tenant billing is attached to, its key and that one's type:
   * `core.organizations.id:integer`. Unset: `tenants.id:uuid`, or the class that `bindHost()` names. */
  readonly BILLING_TENANT?: string | undefined;
  /** The same for user billing; unset: `user.id:text`. */
  readonly BILLING_USER?: string | undefined;
  /** What the names of billing's tables begin with, as in `bindHost({ prefix })`; unset: nothing. */
  readonly BILLING_PREFIX?: string | undefined;
  /** The schema of billing's tables on Postgres, as in `bindHost({ schema })`; unset: the first of the
   * search_path. */
  readonly BILLING_SCHEMA?: string | undefined;
  /** Where applied migrations are recorded; unset: `migrations`, as TypeORM does. */
  readonly BILLING_MIGRATIONS_TABLE?: string | undefined;
}

/**
 * Reads the settings of the shared DataSource.
 *
 * @throws BillingError `CONFIGURATION_INVALID` in one line that lists the valid forms
 */
export function readSettings(environment: Environment): Settings {
  const url = environment.DATABASE_URL?.trim() ?? '';
  return {
    database: url === '' ? defaultDatabase() : readUrl(url),
    hostTables: readHostTables(environment.BILLING_HOST_TABLES ?? '', url === ''),
    ...readMigrationSettings(environment),
  };
}

/**
 * Reads the settings that need no database.
 *
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function readMigrationSettings(
  environment: Environment,
): Pick<Settings, 'families' | 'hosts' | 'placing' | 'migrationsTable'> {
  return {
    hosts: readHosts(environment),
    placing: readPlacing(environment),
    families: readFamilies(environment.BILLING_FAMILIES ?? ''),
    migrationsTable: readName(environment.BILLING_MIGRATIONS_TABLE ?? 'migrations'),
  };
}

/** In an installed package there is none: a deployment that lost its variable must not get an empty one. */
function defaultDatabase(): Settings['database'] {
  if (isClone()) return { engine: 'sqlite', place: 'billing.sqlite' };
  throw BillingError.configurationInvalid('DATABASE_URL is not set', `set it to ${forms()}`);
}

function readUrl(url: string): Settings['database'] {
  for (const { name, opening } of engines()) {
    const place = opening?.read(url);
    if (place !== undefined) return { engine: name, place };
  }
  throw BillingError.configurationInvalid(
    `DATABASE_URL is "${withoutPassword(url)}", which has none of the valid forms`,
    `set it to ${forms()}`,
  );
}

function forms(): string {
  const all = engines().flatMap(({ opening }) => opening?.forms ?? []);
  return `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** Hides all from the user to the last @, and such a parameter: a password may hold any character. */
const withoutPassword = (url: string): string =>
  url
    .replace(/((?:^[\w+.-]*:\/\/)?[^:@/]*):(?!\/\/).*@/s, '$1:***@')
    .replaceAll(/(passw(?:or)?d\s*=\s*)(?:'[^']*'|[^&\s]*)/gi, '$1***');

function readFamilies(text: string): Family[] {
  const names = text.split(/[\s,]+/).filter(Boolean);
  if (names.length === 0) return [...FAMILIES];
  const unknown = names.find((name) => !FAMILIES.some((family) => family === name));
  if (unknown === undefined) return FAMILIES.filter((family) => names.includes(family));
  throw BillingError.configurationInvalid(
    `BILLING_FAMILIES names "${unknown}", which is not a family`,
    'use tenant, user or tenant,user',
  );
}

function readHosts({ BILLING_TENANT, BILLING_USER }: Environment): Settings['hosts'] {
  return {
    ...(BILLING_TENANT && { tenant: readHostText('BILLING_TENANT', BILLING_TENANT) }),
    ...(BILLING_USER && { user: readHostText('BILLING_USER', BILLING_USER) }),
  };
}

function readPlacing({ BILLING_PREFIX, BILLING_SCHEMA }: Environment): Placing {
  placingTo({ prefix: BILLING_PREFIX }, 'BILLING_PREFIX');
  placingTo({ schema: BILLING_SCHEMA }, 'BILLING_SCHEMA');
  return { prefix: BILLING_PREFIX, schema: BILLING_SCHEMA };
}

/** Attaches billing to the tables that the settings name, in this process. */
export function bindSettings({ hosts, placing }: Pick<Settings, 'hosts' | 'placing'>): void {
  placingTo(placing)();
  for (const family of FAMILIES) {
    const host = hosts[family];
    if (host !== undefined) bindHostTable(family, host);
  }
}

function readHostTables(text: string, isDefault: boolean): Settings['hostTables'] {
  if (text === '') return isDefault ? 'create' : 'expect';
  if (text === 'create' || text === 'expect') return text;
  throw BillingError.configurationInvalid(
    `BILLING_HOST_TABLES is "${text}"`,
    'use create, which creates stand-ins, or expect',
  );
}

function readName(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(text)) return text;
  throw BillingError.configurationInvalid(
    `BILLING_MIGRATIONS_TABLE is "${text}"`,
    'use a name of lower-case letters, digits and underscores',
  );
}
