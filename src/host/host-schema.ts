import { type EntitySchema, type EntitySchemaColumnOptions, getMetadataArgsStorage } from 'typeorm';
import type { EntityClass } from './bindings';

/** A class, or the name of an `EntitySchema` that has none: TypeORM finds an entity by either. */
export type HostTarget = EntityClass | string;

/** What is known of an entity before a DataSource is built, from decorators or from a schema. */
interface HostEntity {
  /** The name that a table without one is named after. */
  readonly entity: string;
  readonly isView: boolean;
  readonly table: { readonly name?: string | undefined; readonly schema?: string | undefined };
  readonly keys: readonly HostKey[];
}

export interface HostKey {
  readonly propertyName: string;
  readonly options: Pick<EntitySchemaColumnOptions, 'name' | 'length' | 'transformer' | 'array'> & {
    readonly type?: unknown;
  };
}

type SchemaOptions = EntitySchema['options'];

const schemas = new Map<HostTarget, SchemaOptions>();

/** Known by TypeORM's own mark, as a process may hold two copies of TypeORM. */
const isSchema = (given: unknown): given is EntitySchema =>
  (given as { '@instanceof'?: unknown } | null | undefined)?.['@instanceof'] ===
  Symbol.for('EntitySchema');

/** The target of an `EntitySchema`, which is noted; anything else as it is. */
export function targetOf(given: unknown): unknown {
  if (!isSchema(given)) return given;
  const { options } = given;
  const target = (options.target as EntityClass | undefined) ?? options.name;
  schemas.set(target, options);
  return target;
}

export const nameOfTarget = (target: HostTarget): string =>
  typeof target === 'string' ? target : target.name;

/** Undefined for what is neither decorated nor the target of a schema. */
export function hostEntityOf(target: HostTarget): HostEntity | undefined {
  const storage = getMetadataArgsStorage();
  const table = storage.tables.find((one) => one.target === target);
  if (table !== undefined) {
    const columns = storage.filterColumns(lineOf(target) as (() => void)[]);
    // A child entity has the table of the class that it extends.
    const owner =
      table.type === 'entity-child'
        ? storage.tables.find(
            (one) => one.type !== 'entity-child' && lineOf(target).includes(one.target),
          )
        : table;
    return {
      entity: nameOfTarget((owner ?? table).target as HostTarget),
      isView: table.type === 'view',
      table: owner ?? table,
      keys: columns.filter(({ options }) => options.primary === true),
    };
  }
  const options = schemas.get(target);
  if (options === undefined) return undefined;
  const columns = Object.entries(options.columns as Record<string, EntitySchemaColumnOptions>);
  return {
    entity: nameOfTarget(target),
    isView: options.type === 'view',
    table: { name: options.tableName, schema: options.schema },
    keys: columns
      .filter(([, column]) => column.primary === true)
      .map(([propertyName, column]) => ({ propertyName, options: column })),
  };
}

/** A class, and those that it extends, which may declare the key. */
function lineOf(target: unknown): unknown[] {
  const line: unknown[] = [];
  for (
    let one = target;
    typeof one === 'function' && one !== Function.prototype;
    one = Object.getPrototypeOf(one) as unknown
  ) {
    line.push(one);
  }
  return line;
}
