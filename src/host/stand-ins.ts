import { Column, Entity, getMetadataArgsStorage, type ColumnOptions } from 'typeorm';
import { hostTables, replacements, schemaTargets, type EntityClass } from './bindings';
import type { Family } from './families';
import { columnTypeOf } from './key-types';

/**
 * Gives a stand-in its name and table, both late. A class of the host's that has the same name comes
 * first: `@ManyToOne('User')` and `getRepository('User')` mean that one.
 */
function StandIn(family: Family, name: string): (target: EntityClass) => void {
  return (target) => {
    Object.defineProperty(target, 'name', {
      get: () => (isTaken(target, name) ? `${name}StandIn` : name),
      configurable: true,
    });
    Entity({ synchronize: false })(target);
    const table = argsOf(target);
    if (table === undefined) throw new Error(`TypeORM has not noted the entity ${name}.`);
    Object.defineProperties(table, {
      name: { get: () => nameOf(target, family), enumerable: true },
      schema: { get: () => hostTables[family].schema, enumerable: true },
    });
  };
}

/** A stand-in that is replaced, and still in a DataSource, is found by no name of the host's. */
const nameOf = (target: EntityClass, family: Family): string =>
  isReplaced(target) ? `stand_in_of_${family}` : hostTables[family].table;

const isReplaced = (target: EntityClass): boolean =>
  replacements.has(target) || schemaTargets.has(target);

/** Whether the host has a class of that name. Another stand-in's name is a getter, too. */
const isTaken = (target: EntityClass, name: string): boolean =>
  isReplaced(target) ||
  getMetadataArgsStorage().tables.some(({ target: other }) => {
    if (other === target || typeof other !== 'function') return false;
    const own = Object.getOwnPropertyDescriptor(other, 'name');
    return own?.get === undefined && other.name === name;
  });

const argsOf = (target: EntityClass): object | undefined =>
  getMetadataArgsStorage().tables.find((one) => one.target === target);

/** The options of the key, each read when a DataSource is built: `@PrimaryColumn` would read them now. */
const keyOf = (family: Family): ColumnOptions => ({
  primary: true,
  get name() {
    return hostTables[family].column;
  },
  get type() {
    return columnTypeOf(hostTables[family].keyType).type;
  },
  get length() {
    return columnTypeOf(hostTables[family].keyType).length ?? '';
  },
});

/**
 * Stand-in for the host's `tenants` table, as long as `bindHost()` names no class. Only its key is
 * mapped. `synchronize: false` keeps it out of every migration: billing refers to the table and never
 * creates, alters or drops it.
 */
@StandIn('tenant', 'Tenant')
export class Tenant {
  /** A uuid in canonical form. The host makes it. */
  @Column(keyOf('tenant'))
  id!: string;
}

/**
 * Stand-in for the host's `user` table (Better Auth's), as long as `bindHost()` names no class. Only
 * its key is mapped. `synchronize: false` keeps it out of every migration.
 */
@StandIn('user', 'User')
export class User {
  /** Text, in the form that the host gives its ids. */
  @Column(keyOf('user'))
  id!: string;
}

/** The stand-in of each family. */
export const STAND_INS = { tenant: Tenant, user: User } as const;

/**
 * Puts billing's classes, and after them the stand-ins, behind the host's: where a relation names its target
 * by a text, TypeORM takes the first class that fits. A host may have a `Plan` of its own.
 */
export function putLast(classes: readonly EntityClass[]): void {
  const { tables } = getMetadataArgsStorage();
  for (const target of [...classes, ...Object.values(STAND_INS)]) {
    const index = tables.findIndex((one) => one.target === target);
    if (index !== -1) tables.push(...tables.splice(index, 1));
  }
}
