import { getMetadataArgsStorage, type EntityTarget, type ObjectLiteral } from 'typeorm';
import type { DataSource, EntityMetadata } from 'typeorm';
import { BillingError } from '../errors';
import { bound, replacements, type EntityClass } from './bindings';
import { boundPlacing, placedTable, type Placing } from './placing';
import { dataSourceOf } from './typeorm';

/**
 * Classes of the host's that take the place of billing's own. Each extends the class that it replaces,
 * and has its table.
 */

/** What `bindHost()` calls the seven classes: their names, the first letter in lower case. */
export const OWN_ROLES = [
  'plan',
  'subscription',
  'tenantConfig',
  'subscriptionPlan',
  'userSubscription',
  'paymentAttempt',
  'directDebitToken',
] as const;
export type OwnRole = (typeof OWN_ROLES)[number] & keyof OwnEntityClasses;

/** The host's classes that extend billing's, and take their place. */
export interface OwnEntityClasses {
  /** Extends `Plan`. */
  readonly plan?: EntityClass;
  /** Extends `Subscription`. */
  readonly subscription?: EntityClass;
  /** Extends `TenantConfig`. */
  readonly tenantConfig?: EntityClass;
  /** Extends `SubscriptionPlan`. */
  readonly subscriptionPlan?: EntityClass;
  /** Extends `UserSubscription`. */
  readonly userSubscription?: EntityClass;
  /** Extends `PaymentAttempt`. */
  readonly paymentAttempt?: EntityClass;
  /** Extends `DirectDebitToken`. */
  readonly directDebitToken?: EntityClass;
}

const billingClasses = new Map<OwnRole, EntityClass>();
/** Their tables, without the prefix that the host may give. */
const tablesOfBilling = new Map<EntityClass, string>();
/** Classes of billing whose replacement can't change, since a DataSource was built with one. */
export const classesInUse = new Set<EntityClass>();

export const isOwnRole = (name: string): name is OwnRole => OWN_ROLES.some((role) => role === name);

type TableArgs = ReturnType<typeof getMetadataArgsStorage>['tables'][number];
type RelationArgs = ReturnType<typeof getMetadataArgsStorage>['relations'][number];

const argsOf = (target: unknown): TableArgs | undefined =>
  getMetadataArgsStorage().tables.find((one) => one.target === target);

/** Notes a class of billing. A DataSource that lists it where another takes its place is refused. */
export function registerBillingClass(target: EntityClass, table: string): void {
  const role = target.name.charAt(0).toLowerCase() + target.name.slice(1);
  if (!isOwnRole(role) || billingClasses.has(role)) return;
  billingClasses.set(role, target);
  tablesOfBilling.set(target, table);
  const args = argsOf(target);
  const type = args?.type ?? 'regular';
  Object.defineProperty(args, 'type', {
    enumerable: true,
    // Read when a DataSource that lists the class is built.
    get: () => {
      const own = replacements.get(target);
      if (own === undefined) return type;
      throw BillingError.configurationInvalid(
        `A DataSource lists ${target.name}, but bindHost() gave ${own.name} in its place`,
        `list ${own.name} instead, or tenantBilling.entities and userBilling.entities, which have it`,
        { details: { entity: own.name } },
      );
    },
  });
}

/** The class of billing that a class is, or extends; undefined for one of the host's alone. */
export const billingClassIn = (target: EntityClass): EntityClass | undefined =>
  [...billingClasses.values()].find((base) => target === base || target.prototype instanceof base);

/** The class of billing that a role is about. */
export function billingClassOf(role: OwnRole): EntityClass {
  const target = billingClasses.get(role);
  if (target === undefined) throw new Error(`No class of billing is noted as ${role}.`);
  return target;
}

/**
 * Checks that a class can take the place of billing's.
 *
 * @param place where billing's tables are to be
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function assertOwnEntity(
  role: OwnRole,
  target: unknown,
  { prefix = '', schema }: Placing = boundPlacing(),
): asserts target is EntityClass {
  const base = billingClassOf(role);
  const refuse = (what: string, remedy: string): never => {
    throw BillingError.configurationInvalid(what, remedy, { details: { entity: base.name } });
  };
  if (typeof target !== 'function') {
    return refuse(
      `bindHost() got ${target === null ? 'null' : typeof target} as ${role}`,
      'give the entity class itself; where two files import each other, call bindHost() in a third one that imports both',
    );
  }
  if (!(target.prototype instanceof base)) {
    return refuse(
      `bindHost() got ${target.name} as ${role}, which does not extend ${base.name}`,
      `give a class that extends ${base.name}`,
    );
  }
  const args = argsOf(target);
  if (args?.type !== 'regular') {
    return refuse(
      `bindHost() got ${target.name} as ${role}, which is no entity class of TypeORM`,
      `put @Entity() above ${target.name}`,
    );
  }
  const table = tablesOfBilling.get(base) ?? '';
  const own = replacements.get(base) === target ? undefined : args;
  const isOther =
    own?.name !== undefined && ![table, placedTable(table, prefix)].includes(own.name);
  if (isOther || own?.database !== undefined) {
    return refuse(
      `bindHost() got ${target.name} as ${role}, whose @Entity() names another table than ${table}`,
      `write @Entity() without a name: ${target.name} has the table of ${base.name}`,
    );
  }
  if (own?.schema !== undefined && own.schema !== schema) {
    return refuse(
      `bindHost() got ${target.name} as ${role}, whose @Entity() names the schema ${own.schema}`,
      `write @Entity() without it; bindHost({ schema: '${own.schema}' }) puts all of billing's tables there`,
    );
  }
  const found = replacements.get(base);
  if (found === target) return;
  if (found !== undefined) {
    return refuse(
      `The ${role} is to be ${target.name}, but is bound to ${found.name} already`,
      'bind it once, and to one class',
    );
  }
  if (classesInUse.has(base)) {
    return refuse(
      `The ${role} is to be ${target.name}, but a DataSource was initialised with ${base.name} before bindHost()`,
      'call bindHost() before that, in the file that lists the entities',
    );
  }
}

/** Puts a class that {@link assertOwnEntity} has checked in the place of billing's. */
export function bindOwnEntity(role: OwnRole, target: EntityClass): void {
  const base = billingClassOf(role);
  if (replacements.get(base) === target) return;
  replacements.set(base, target);
  const [args, billing] = [argsOf(target), argsOf(base)];
  const { schema } = args ?? {};
  Object.defineProperties(args, {
    // Read for each DataSource that is built, before its relations are.
    name: {
      enumerable: true,
      configurable: true,
      get: () => {
        followReplacements();
        return billing?.name;
      },
    },
    schema: { enumerable: true, configurable: true, get: () => billing?.schema ?? schema },
  });
}

const followed = new WeakSet<RelationArgs>();

/** Has the host's relations that name billing's class lead to the one in its place. */
function followReplacements(): void {
  for (const relation of getMetadataArgsStorage().relations) {
    if (followed.has(relation)) continue;
    followed.add(relation);
    const { type } = relation;
    Object.assign(relation, {
      type: () => {
        const target: unknown = typeof type === 'function' ? (type as () => unknown)() : type;
        return typeof target === 'string'
          ? (ownNamed(target) ?? target)
          : typeof target === 'function'
            ? bound(target as EntityClass)
            : target;
      },
    });
  }
}

/** The class in the place of the one of billing that has this name, unless the host has one of that name. */
function ownNamed(name: string): EntityClass | undefined {
  const [, own] = [...replacements].find(([base]) => base.name === name) ?? [];
  const isHosts = getMetadataArgsStorage().tables.some(
    ({ target }) =>
      typeof target === 'function' && target.name === name && !replacements.has(target as never),
  );
  return isHosts ? undefined : own;
}

/**
 * Notes that a DataSource was built with a class of billing, or the one in its place. There,
 * `getRepository(Plan)` and `getRepository('Plan')` give the repository of that one.
 *
 * @throws BillingError `CONFIGURATION_INVALID` for two properties with one column
 */
export function useBillingClass(base: EntityClass, metadata: EntityMetadata): void {
  classesInUse.add(base);
  const own = replacements.get(base);
  if (own === undefined || metadata.target !== own) return;
  assertColumnsDiffer(metadata);
  const dataSource = dataSourceOf(metadata);
  const found = metadatasOf.get(dataSource);
  if (found !== undefined) {
    found.set(base, metadata);
    return;
  }
  const replaced = new Map<EntityClass, EntityMetadata>([[base, metadata]]);
  metadatasOf.set(dataSource, replaced);
  const { findMetadata } = dataSource as unknown as Finding;
  Object.defineProperty(dataSource, 'findMetadata', {
    configurable: true,
    writable: true,
    value(this: DataSource, target: EntityTarget<ObjectLiteral>) {
      const found = replaced.get(target as EntityClass) ?? findMetadata.call(this, target);
      if (found !== undefined || typeof target !== 'string') return found;
      const [, named] = [...replaced].find(([one]) => one.name === target) ?? [];
      return named;
    },
  });
}

interface Finding {
  readonly findMetadata: (
    this: unknown,
    target: EntityTarget<ObjectLiteral>,
  ) => EntityMetadata | undefined;
}

const metadatasOf = new WeakMap<DataSource, Map<EntityClass, EntityMetadata>>();

function assertColumnsDiffer({ name, columns }: EntityMetadata): void {
  const seen = new Map<string, string>();
  for (const { databaseName, propertyPath } of columns) {
    const column = databaseName.toLowerCase();
    const other = seen.get(column);
    if (other === undefined || other === propertyPath) {
      seen.set(column, propertyPath);
      continue;
    }
    throw BillingError.configurationInvalid(
      `${name}.${other} and ${name}.${propertyPath} have one column, ${databaseName}`,
      `give the column of ${name}.${propertyPath} another name`,
      { details: { entity: name, property: propertyPath } },
    );
  }
}
