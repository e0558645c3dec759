import { getMetadataArgsStorage } from 'typeorm';
import type { EntityClass } from '../../host/bindings';
import { BillingError } from '../../errors';
import { tableOfPrototype } from './registry';

/**
 * Refuses classes whose columns TypeORM would leave out silently, when a DataSource is built. The
 * checks are in TypeORM's own storage of decorators, which every DataSource reads, a host's too.
 */

type ColumnArgs = ReturnType<typeof getMetadataArgsStorage>['columns'][number];

const places = new WeakMap<object, ColumnArgs[]>();

/**
 * Adds a column to TypeORM's storage that can't be built, for one that a kind declares. `@BillingTable`
 * removes it. A class without `@BillingTable` keeps it, and is refused.
 */
export function holdPlace(prototype: object, property: string): void {
  const target = prototype.constructor as EntityClass;
  const place: ColumnArgs = {
    target,
    propertyName: property,
    mode: 'regular',
    options: {
      get type(): never {
        throw BillingError.configurationInvalid(
          `${target.name}.${property} is declared by a column kind of billing, but ${target.name} ` +
            'has no @BillingTable, so that the column would be left out',
          tableOfPrototype(prototype) === undefined
            ? 'put @BillingTable() above its @Entity'
            : "declare it with TypeORM's @Column",
          { details: { entity: target.name, property } },
        );
      },
    },
  };
  getMetadataArgsStorage().columns.push(place);
  const others = places.get(prototype);
  if (others === undefined) places.set(prototype, [place]);
  else others.push(place);
}

export function freePlaces(prototype: object): void {
  const held = new Set(places.get(prototype));
  const { columns } = getMetadataArgsStorage();
  columns.splice(0, columns.length, ...columns.filter((one) => !held.has(one)));
  places.delete(prototype);
}

/**
 * Refuses the classes that extend `base`, or one of its tables, and would lose columns. It is done
 * when a DataSource is built with any class that extends `base`.
 */
export function refuseUnmapped(base: EntityClass): void {
  // TypeORM reads the listeners of a base class for each entity that extends it.
  const listener = getMetadataArgsStorage().entityListeners.find((one) => one.target === base);
  if (listener === undefined) throw new Error(`${base.name} has no listener: give it one.`);
  const { propertyName } = listener;
  Object.defineProperty(listener, 'propertyName', {
    enumerable: true,
    get: () => {
      refuseWithoutTable(base);
      refuseRedeclared();
      return propertyName;
    },
  });
}

/** Such a class would have no validation, no `created_at` and no `updated_at`. */
function refuseWithoutTable(base: EntityClass): void {
  for (const { target } of getMetadataArgsStorage().tables) {
    if (typeof target !== 'function' || !(target.prototype instanceof base)) continue;
    if (tableOfPrototype(target.prototype) !== undefined) continue;
    throw BillingError.configurationInvalid(
      `${target.name} extends ${base.name}, but has no @BillingTable, so that its rows would not be ` +
        'completed and validated',
      'put @BillingTable() above its @Entity',
      { details: { entity: target.name } },
    );
  }
}

/** Of two columns or relations of one property, TypeORM uses the one declared first, which is billing's. */
function refuseRedeclared(): void {
  const { columns, relations } = getMetadataArgsStorage();
  for (const { target, propertyName: property } of [...columns, ...relations]) {
    if (typeof target !== 'function') continue;
    const inherited = tableOfPrototype(
      Object.getPrototypeOf(target.prototype as object) as object | null,
    );
    const isColumn = inherited?.columns.some((column) => column.property === property) === true;
    const isRelation = inherited?.keys.some(({ relation }) => relation === property) === true;
    if (!isColumn && !isRelation) continue;
    throw BillingError.configurationInvalid(
      `${target.name}.${property} is declared again, but ${inherited.base}.${property} is a ` +
        `${isColumn ? 'column' : 'relation'} of billing, which TypeORM uses`,
      isColumn
        ? `give the property of ${target.name} another name`
        : `take its decorator away, and write \`declare ${property}?: …\` to name the class that it leads to`,
      { details: { entity: target.name, property } },
    );
  }
}
