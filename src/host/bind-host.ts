import type { EntitySchema } from 'typeorm';
import { BillingError } from '../errors';
import {
  familiesInUse,
  hostTables,
  replacements,
  schemaTargets,
  STAND_IN_TABLES,
  sqlOf,
  type EntityClass,
  type HostTable,
} from './bindings';
import { FAMILIES, type Family } from './families';
import { assertHostClass, tableOfClass, targetNow } from './host-key';
import { nameOfTarget, targetOf, type HostTarget } from './host-schema';
import { placingAfter, placingTo, type Placing } from './placing';
import { STAND_INS } from './stand-ins';
import {
  assertOwnEntity,
  bindOwnEntity,
  isOwnRole,
  OWN_ROLES,
  type OwnEntityClasses,
  type OwnRole,
} from './own-entities';

/** An entity class, or TypeORM's `EntitySchema` of one, with or without a `target`. */
export type HostEntity = EntityClass | EntitySchema;

/** The host's entity classes that billing attaches to; what is not given stays as it is. */
export interface HostClasses extends OwnEntityClasses, Placing {
  /** What tenant billing bills: an organization, a workspace, an account. */
  readonly tenant?: HostEntity;
  /** What user billing bills. */
  readonly user?: HostEntity;
}

/**
 * Attaches billing to the host's own entity classes, instead of the stand-ins for `tenants` and `user`.
 * Relations lead to these classes. The foreign keys take the table, the schema, the column and the
 * type of their keys in the entities, the migrations and the SQL files.
 *
 * Where the host has tables called `plans` or `subscriptions` of its own, a `prefix` renames billing's
 * tables, constraints and indexes, and on Postgres a `schema` puts them elsewhere. `migrate()` makes the schema
 * unless it is there.
 *
 * Call it once, before a DataSource with billing's entities is initialised, best in the file that lists
 * them. The classes themselves belong in the `entities` of the DataSource; `tenantBilling.entities` and
 * `userBilling.entities` then have no stand-in. An `EntitySchema` does as well as a class; its family keeps the
 * stand-in, which TypeORM needs to build the relations. A key is one column of type uuid, text, varchar, char(n),
 * smallint, integer or bigint, generated or not.
 *
 * A class that extends one of billing's, such as `plan: OurPlan`, takes its place. It has billing's table, and
 * may add columns, relations, indexes and rules. It is in `tenantBilling.entities` instead of billing's.
 *
 * @throws BillingError `CONFIGURATION_INVALID` for a class that is undefined or no entity, is a view or billing's
 *   own, has another kind of key, does not extend billing's, or comes after another class, or after a
 *   DataSource that was initialised without it
 *
 * @example
 * bindHost({ tenant: Organization, user: Account, plan: OurPlan });
 */
export function bindHost(host: HostClasses): void {
  assertIsObject(host);
  const { prefix, schema, ...classes } = host;
  const place = placingTo({ prefix, schema });
  const placing = placingAfter({ prefix, schema });
  const given = Object.entries(classes as Record<string, unknown>).map(
    ([role, entity]) => [role, targetOf(entity), entity] as const,
  );
  for (const [role, target] of given) {
    if (isOwnRole(role)) {
      assertOwnEntity(role, target, placing);
      continue;
    }
    if (!isFamily(role)) {
      throw BillingError.configurationInvalid(
        `bindHost() got ${role}`,
        `give ${[...FAMILIES, ...OWN_ROLES.slice(0, -1)].join(', ')} or ${OWN_ROLES.at(-1)}`,
      );
    }
    assertHostClass(role, target);
    const isSame = targetNow(role) === target;
    if (isSame && textOf(hostTables[role]) === textOf(tableOfClass(target))) continue;
    assertFree(role, nameOfTarget(target));
  }
  for (const [role, target, entity] of given as unknown as [
    Family | OwnRole,
    HostTarget,
    unknown,
  ][]) {
    if (isOwnRole(role)) {
      bindOwnEntity(role, target as EntityClass);
      continue;
    }
    const targets: Map<EntityClass, HostTarget> = target === entity ? replacements : schemaTargets;
    targets.set(STAND_INS[role], target);
    hostTables[role] = tableOfClass(target);
  }
  place();
}

function assertIsObject(host: unknown): void {
  if (typeof host === 'object' && host !== null && !Array.isArray(host)) return;
  throw BillingError.configurationInvalid(
    `bindHost() got ${host === null ? 'null' : Array.isArray(host) ? 'a list' : typeof host}`,
    'give an object that names your classes: bindHost({ tenant: Organization })',
  );
}

/**
 * Attaches a family to a table of the host's where its class can't be imported.
 *
 * @throws BillingError `CONFIGURATION_INVALID` if it is attached to another one already
 */
export function bindHostTable(family: Family, table: HostTable): void {
  if (textOf(hostTables[family]) === textOf(table)) return;
  assertFree(family, textOf(table));
  hostTables[family] = table;
}

const isFamily = (name: string): name is Family => FAMILIES.some((family) => family === name);

function assertFree(family: Family, wanted: string): void {
  const now = targetNow(family);
  const bound = now === undefined ? textOf(hostTables[family]) : nameOfTarget(now);
  const isStandIn = now === undefined && hostTables[family] === STAND_IN_TABLES[family];
  if (!isStandIn) {
    throw BillingError.configurationInvalid(
      `The ${family} is to be ${wanted}, but is bound to ${bound} already`,
      'bind it once, and to one class',
    );
  }
  if (familiesInUse.has(family)) {
    throw BillingError.configurationInvalid(
      `The ${family} is to be ${wanted}, but a DataSource was initialised, or a migration written, before bindHost() with ${bound}`,
      'call bindHost() before that, in the file that lists the entities',
    );
  }
}

/** `"core"."organizations"."id" of type integer`. */
function textOf(host: HostTable): string {
  const { table, column } = sqlOf(host);
  return `${table}.${column} of type ${host.keyType}`;
}
