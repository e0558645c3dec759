import type { DataSource } from 'typeorm';
import { BillingError } from '../errors';
import { sqlOf } from './bindings';

/** What billing's tables are called and where they are, beside a host's tables of the same names. */
export interface Placing {
  /** What the names of tables, constraints and indexes begin with: `billing_` makes `billing_plans`. */
  readonly prefix?: string | undefined;
  /** The schema of billing's tables, on Postgres. SQLite and D1 have none, and it is ignored there. */
  readonly schema?: string | undefined;
}

/** The longest name of a constraint or an index is 46 bytes, and Postgres cuts names at 63. */
export const MAX_PREFIX_LENGTH = 16;

const MAX_NAME_BYTES = 63;

/** As it is bound, and whether a DataSource or a migration has used it. Read it late, not at import. */
const state: { prefix: string; schema: string | undefined; isUsed: boolean } = {
  prefix: '',
  schema: undefined,
  isUsed: false,
};

/** Where billing's tables are, as `bindHost()` or the environment says. */
export const boundPlacing = (): { readonly prefix: string; readonly schema: string | undefined } =>
  state;

/** From now on the binding can't change. */
export function usePlacing(): void {
  state.isUsed = true;
}

/** Takes the binding back, which a process makes once. */
export function forgetPlacing(): void {
  Object.assign(state, { prefix: '', schema: undefined, isUsed: false });
}

/**
 * Checks where billing's tables are to be. Nothing changes until the function that it returns is called.
 *
 * @param what who says so: `bindHost()`
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function placingTo({ prefix, schema }: Placing, what = 'bindHost()'): () => void {
  const wanted = {
    ...(isGiven(prefix) && { prefix: prefixFrom(prefix, what) }),
    ...(isGiven(schema) && { schema: schemaFrom(schema, what) }),
  };
  for (const [name, value] of Object.entries(wanted) as ['prefix' | 'schema', string][]) {
    assertFree(name, value);
  }
  return () => {
    Object.assign(state, wanted);
  };
}

/** Where billing's tables are once {@link placingTo} has set this. */
export const placingAfter = ({ prefix, schema }: Placing): Placing => ({
  prefix: isGiven(prefix) ? prefix : state.prefix,
  schema: isGiven(schema) ? schema : state.schema,
});

/** An empty text is no prefix and no schema, as in the environment. */
const isGiven = (value: unknown): boolean => value !== undefined && value !== '';

function assertFree(name: 'prefix' | 'schema', wanted: string): void {
  const now = state[name] ?? '';
  if (now === wanted) return;
  if (now !== '') {
    throw BillingError.configurationInvalid(
      `The ${name} of billing's tables is to be "${wanted}", but is "${now}" already`,
      'bind it once, and to one name',
    );
  }
  if (state.isUsed) {
    throw BillingError.configurationInvalid(
      `The ${name} of billing's tables is to be "${wanted}", but a DataSource was initialised, or a migration written, before bindHost() without it`,
      'call bindHost() before that, in the file that lists the entities',
    );
  }
}

function prefixFrom(value: unknown, what: string): string {
  const problem = `${what} gives the prefix ${shown(value)}`;
  if (typeof value !== 'string' || !/^[a-z_][a-z0-9_]*$/.test(value)) {
    throw BillingError.configurationInvalid(
      problem,
      'use lower-case letters, digits and underscores, and no digit first: billing_',
    );
  }
  if (value.length > MAX_PREFIX_LENGTH) {
    throw BillingError.configurationInvalid(
      `${problem} of ${value.length} characters, with which names of constraints exceed the ${MAX_NAME_BYTES} bytes of a name in Postgres`,
      `use at most ${MAX_PREFIX_LENGTH} characters`,
    );
  }
  const reserved = ['sqlite_', '_cf_'].find((start) => value.startsWith(start));
  if (reserved === undefined) return value;
  throw BillingError.configurationInvalid(
    `${problem}, but SQLite or D1 reserves names that begin with ${reserved}`,
    'use another one: billing_',
  );
}

function schemaFrom(value: unknown, what: string): string {
  const problem = `${what} gives the schema ${shown(value)}`;
  // TypeORM takes names apart at dots, and does not double a quote.
  if (typeof value !== 'string' || /["'.$\\\p{Cc}]/u.test(value)) {
    throw BillingError.configurationInvalid(
      problem,
      'use a name without dots, quotes, dollar signs, backslashes and control characters: billing',
    );
  }
  const bytes = new TextEncoder().encode(value).length;
  if (bytes > MAX_NAME_BYTES) {
    throw BillingError.configurationInvalid(
      `${problem} of ${bytes} bytes, and Postgres cuts names at ${MAX_NAME_BYTES}`,
      'use a shorter name',
    );
  }
  if (!/^pg_|^information_schema$/.test(value)) return value;
  throw BillingError.configurationInvalid(
    `${problem}, which Postgres keeps for itself`,
    'use another one: billing',
  );
}

const shown = (value: unknown): string =>
  typeof value === 'string'
    ? JSON.stringify(value)
    : value === null
      ? 'null'
      : `of type ${typeof value}`;

/** `billing_plans` of `plans`. */
export const placedTable = (table: string, prefix = state.prefix): string => prefix + table;

/** `uq_billing_plans_name` of `uq_plans_name`: the name of a constraint or an index. */
export const placedName = (name: string, prefix = state.prefix): string =>
  name.replace(/^(?:pk|uq|fk|ck|ix)_/, (kind) => kind + prefix);

/** The schema that a DataSource's options give the tables that name none. */
export function schemaOption(dataSource: DataSource | undefined): string | undefined {
  const { schema } = (dataSource?.options ?? {}) as { readonly schema?: string };
  return schema === '' ? undefined : schema;
}

/** What makes the schema, and notes that it did. A user who may not make one can use one that is there. */
export function makeSchema(schema: string): string {
  const { table: path } = sqlOf({ table: schema, column: '' });
  return `DO $$ BEGIN
  IF to_regnamespace('${path}') IS NULL THEN
    CREATE SCHEMA ${path};
    COMMENT ON SCHEMA ${path} IS '${NOTE}';
  END IF;
END $$`;
}

/** What drops the schema, if {@link makeSchema} made it and it is empty. */
export function dropSchema(schema: string): string {
  const { table: path } = sqlOf({ table: schema, column: '' });
  return `DO $$ BEGIN
  IF obj_description(to_regnamespace('${path}'), 'pg_namespace') = '${NOTE}' THEN
    DROP SCHEMA ${path};
  END IF;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN NULL;
END $$`;
}

const NOTE = 'made by typeorm-billing';
