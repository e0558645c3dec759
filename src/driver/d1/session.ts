import type { DataSource } from 'typeorm';
import { BillingError } from '../../errors';
import { DbQueryResultCache } from '../typeorm';
import type { D1Binding } from './binding';
import { D1Database } from './database';
import type { Cascades } from './held-writes';

/** The part of a D1 session (`env.DB.withSession()`) that is used. */
export interface D1SessionBinding extends D1Binding {
  /** Undefined or null until the session has sent a statement. */
  getBookmark(): string | null | undefined;
}

/** What a DataSource on a session has besides. */
export interface D1SessionBookmark {
  /**
   * The bookmark for the next session of the same visitor, which then sees at least what this one has
   * seen and written. Null until this one has sent a statement.
   */
  getBookmark(): string | null;
}

/** The bindings of all DataSources that are on a session. */
const sessions = new WeakMap<DataSource, D1SessionBinding>();

/**
 * A DataSource with the entity metadata, subscribers and options of `base`, whose queries all go to the
 * session. It inherits from `base`, so nothing is built. What leads to a database is its own.
 *
 * @throws BillingError `INVALID_CALL` for a session of a session, or what is not a session;
 *   `DATA_SOURCE_CLOSED` if `base` is not initialised
 */
export function onSession<Base extends DataSource>(
  base: Base,
  binding: D1SessionBinding,
  cascades: Cascades,
): Base & D1SessionBookmark {
  if (sessions.has(base)) {
    throw BillingError.invalidCall(
      'withSession() was called on the DataSource of another session',
      'call it on the D1DataSource that was initialised, once for each request',
    );
  }
  if (!base.isInitialized) throw BillingError.dataSourceClosed('D1');
  assertSession(binding);
  const session = Object.create(base, {
    initialize: { value: refuseToInitialize },
    getBookmark: { value: () => binding.getBookmark() ?? null },
  }) as DataSource;
  const driver = leadingTo(session, base, base.driver);
  Object.assign(driver, { connections: D1Database.opened(binding, cascades) });
  const cache = base.queryResultCache;
  Object.assign(session, {
    driver,
    isInitialized: true,
    // Of its own, as setOptions() changes the object.
    options: { ...base.options },
    relationLoader: leadingTo(session, base, base.relationLoader),
    relationIdLoader: leadingTo(session, base, base.relationIdLoader),
    // Another cache than TypeORM's own table is not in this database.
    queryResultCache: cache instanceof DbQueryResultCache ? leadingTo(session, base, cache) : cache,
  });
  Object.assign(session, { manager: session.createEntityManager() });
  sessions.set(session, binding);
  return session as Base & D1SessionBookmark;
}

/** The same object, but for the properties that hold `base`: they hold `session`. */
function leadingTo<Part extends object>(session: DataSource, base: DataSource, part: Part): Part {
  const copy = Object.create(part) as Record<string, unknown>;
  for (const [name, value] of Object.entries(part)) if (value === base) copy[name] = session;
  return copy as Part;
}

function assertSession(value: unknown): asserts value is D1SessionBinding {
  const isBinding =
    typeof value === 'object' && value !== null && 'prepare' in value && 'batch' in value;
  if (isBinding && 'getBookmark' in value) return;
  const found = isBinding
    ? 'a D1 binding without a session'
    : typeof value === 'string'
      ? `"${value}"`
      : typeof value === 'object' && value
        ? 'another object'
        : String(value);
  throw BillingError.invalidCall(
    `withSession() was given ${found}, which is no D1 session`,
    "pass env.NAME.withSession(bookmark ?? 'first-unconstrained'), with NAME from d1_databases",
  );
}

function refuseToInitialize(): Promise<never> {
  return Promise.reject(
    BillingError.invalidCall(
      'initialize() was called on the DataSource of a D1 session, which is open from the start',
      'leave the call out, and after destroy() call withSession() again',
    ),
  );
}
