import type { EngineName } from '../engines/engine';
import { engines } from '../engines/registry';
import '../engines/rows';
import { BillingError } from '../errors';
import { FAMILIES, type Family } from '../host/families';

/** What the environment says of the shared DataSource. */
export interface Settings {
  readonly database: {
    readonly engine: EngineName;
    /** A URL on Postgres, the path of a file on SQLite, the name of a binding on D1. */
    readonly place: string;
  };
  readonly families: readonly Family[];
  readonly hostTables: 'expect' | 'create';
  /** Name of TypeORM's table of applied migrations. */
  readonly migrationsTable: string;
}

/** The variables that are read. */
export interface Environment {
  readonly [name: string]: string | undefined;
  /** `postgres://…`, `sqlite:path`, `sqlite::memory:` or `d1:BINDING`, the local D1 of the wrangler
   * configuration in the working folder; unset: the file `billing.sqlite` there. */
  readonly DATABASE_URL?: string | undefined;
  /** `tenant`, `user` or `tenant,user`; unset: both. */
  readonly BILLING_FAMILIES?: string | undefined;
  /** `create` or `expect`; unset: `create` for the embedded default, else `expect`. */
  readonly BILLING_HOST_TABLES?: string | undefined;
  /** Where applied migrations are recorded; unset: `migrations`, as TypeORM does. */
  readonly BILLING_MIGRATIONS_TABLE?: string | undefined;
}

/** @throws BillingError `CONFIGURATION_INVALID` in one line that says which forms are understood */
export function readSettings(environment: Environment): Settings {
  const url = environment.DATABASE_URL?.trim() ?? '';
  return {
    database: url === '' ? { engine: 'sqlite', place: 'billing.sqlite' } : readUrl(url),
    families: readFamilies(environment.BILLING_FAMILIES ?? ''),
    hostTables: readHostTables(environment.BILLING_HOST_TABLES ?? '', url === ''),
    migrationsTable: readName(environment.BILLING_MIGRATIONS_TABLE ?? 'migrations'),
  };
}

function readUrl(url: string): Settings['database'] {
  for (const { name, opening } of engines()) {
    const place = opening?.read(url);
    if (place !== undefined) return { engine: name, place };
  }
  const forms = engines().flatMap(({ opening }) => opening?.forms ?? []);
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `DATABASE_URL is "${withoutPassword(url)}", which is none of the forms understood: ` +
      `${forms.slice(0, -1).join(', ')} or ${forms.at(-1)} (unset, it is the file billing.sqlite).`,
  );
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
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `BILLING_FAMILIES names "${unknown}", which is no family: use tenant, user or tenant,user.`,
  );
}

function readHostTables(text: string, embedded: boolean): Settings['hostTables'] {
  if (text === '') return embedded ? 'create' : 'expect';
  if (text === 'create' || text === 'expect') return text;
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `BILLING_HOST_TABLES is "${text}": use create, to have stand-ins made, or expect.`,
  );
}

function readName(text: string): string {
  if (/^[a-z_][a-z0-9_]{0,62}$/.test(text)) return text;
  throw new BillingError(
    'CONFIGURATION_INVALID',
    `BILLING_MIGRATIONS_TABLE is "${text}": use a name of lower-case letters, digits and underscores.`,
  );
}
