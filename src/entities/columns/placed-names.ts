import { getMetadataArgsStorage } from 'typeorm';
import { bound, type EntityClass } from '../../host/bindings';
import { boundPlacing, placedName, placedTable } from '../../host/placing';

/**
 * Has all names that the decorators of a class gave read late, when a DataSource is built: `bindHost()`
 * may still give billing's tables a prefix or a schema.
 */
export function placeNames(target: EntityClass): void {
  const { tables, indices, uniques, checks, columns, joinColumns } = getMetadataArgsStorage();
  const isOf = (one: { readonly target: unknown }): boolean => one.target === target;
  for (const table of tables.filter(isOf)) {
    late(table, 'name', placedTable);
    Object.defineProperty(table, 'schema', {
      get: () => boundPlacing().schema,
      enumerable: true,
    });
  }
  for (const part of [...indices, ...uniques, ...checks].filter(isOf)) {
    late(part, 'name', placedName);
  }
  for (const { options } of columns.filter(isOf)) {
    late(options, 'primaryKeyConstraintName', placedName);
  }
  for (const one of joinColumns.filter(isOf)) late(one, 'foreignKeyConstraintName', placedName);
}

function late(owner: object, key: string, placed: (name: string) => string): void {
  const name = (owner as Readonly<Record<string, unknown>>)[key];
  if (typeof name !== 'string') return;
  Object.defineProperty(owner, key, { get: () => placed(name), enumerable: true });
}

/** What is known of a table, with the names of its class and itself as they are bound. */
export function placedSite<Site extends { readonly table: string }>(
  target: EntityClass,
  site: Site,
): Site & { readonly entity: string } {
  const { table } = site;
  return Object.defineProperties({ ...site } as Site & { readonly entity: string }, {
    entity: { get: () => bound(target).name, enumerable: true },
    table: { get: () => placedTable(table), enumerable: true },
  });
}
