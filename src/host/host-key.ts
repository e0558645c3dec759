import { DefaultNamingStrategy, getMetadataArgsStorage } from 'typeorm';
import type { DataSource, NamingStrategyInterface, ValueTransformer } from 'typeorm';
import { BillingError } from '../errors';
import {
  hostTables,
  replacements,
  type EntityClass,
  type HostKeyType,
  type HostTable,
} from './bindings';
import type { Family } from './families';
import { readKeyType } from './key-types';
import { schemaOption } from './placing';
import { STAND_INS } from './stand-ins';

type ColumnArgs = ReturnType<typeof getMetadataArgsStorage>['columns'][number];

/** Columns of a class and of those it extends, which may declare the key. */
function keysOf(target: EntityClass): ColumnArgs[] {
  return getMetadataArgsStorage()
    .filterColumns(lineOf(target) as (() => void)[])
    .filter(({ options }) => options.primary === true);
}

/** A class, and those that it extends. */
function lineOf(target: EntityClass): unknown[] {
  const line: unknown[] = [];
  for (
    let one: unknown = target;
    typeof one === 'function' && one !== Function.prototype;
    one = Object.getPrototypeOf(one)
  ) {
    line.push(one);
  }
  return line;
}

/**
 * Checks that billing can attach to a class.
 *
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function assertHostClass(family: Family, target: unknown): asserts target is EntityClass {
  if (typeof target !== 'function') {
    throw BillingError.configurationInvalid(
      `bindHost() got ${target === null ? 'null' : typeof target} as ${family}`,
      'give the entity class itself; where two files import each other, call bindHost() in a third one that imports both',
    );
  }
  const { tables } = getMetadataArgsStorage();
  if (!tables.some((one) => one.target === target)) {
    throw BillingError.configurationInvalid(
      `bindHost() got ${target.name} as ${family}, which is no entity class of TypeORM`,
      'give a class that has @Entity()',
    );
  }
  tableOfClass(target as unknown as EntityClass);
}

/** The table and key of a class, as its decorators say; read each time, since the names may be given late. */
export function tableOfClass(
  target: EntityClass,
  naming: NamingStrategyInterface = new DefaultNamingStrategy(),
): HostTable {
  const table = getMetadataArgsStorage().tables.find((one) => one.target === target);
  const keys = keysOf(target);
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw BillingError.configurationInvalid(
      `${target.name} has ${keys.length === 0 ? 'no primary key' : `a primary key of ${keys.length} columns`}`,
      'bind a class whose key is one column',
    );
  }
  const { options, propertyName } = key;
  const name = naming.tableName(target.name, table?.name);
  const dot = name.indexOf('.');
  return {
    schema: table?.schema ?? (dot > 0 ? name.slice(0, dot) : undefined),
    table: dot > 0 ? name.slice(dot + 1) : name,
    column: naming.columnName(propertyName, options.name, []),
    property: propertyName,
    keyType: keyTypeOf(`${target.name}.${propertyName}`, options),
    transformers: transformersOf(options.transformer),
  };
}

function transformersOf(
  transformer: ValueTransformer | ValueTransformer[] | undefined,
): readonly ValueTransformer[] | undefined {
  return transformer === undefined ? undefined : [transformer].flat();
}

/** The same on a DataSource, whose naming strategy and options count. */
export function hostTableIn(family: Family, dataSource: DataSource | undefined): HostTable {
  const target = replacements.get(STAND_INS[family]);
  if (dataSource === undefined) return hostTables[family];
  if (target === undefined) {
    return { ...hostTables[family], schema: hostTables[family].schema ?? schemaOption(dataSource) };
  }
  const metadata = dataSource.hasMetadata(target) ? dataSource.getMetadata(target) : undefined;
  const [key] = metadata?.primaryColumns ?? [];
  if (metadata === undefined || key === undefined) {
    const table = tableOfClass(target, dataSource.namingStrategy);
    return { ...table, schema: table.schema ?? schemaOption(dataSource) };
  }
  const { schema, table } = tableOfClass(target, dataSource.namingStrategy);
  return {
    ...hostTables[family],
    schema: metadata.schema ?? schema,
    table: metadata.tableName.includes('.') ? table : metadata.tableName,
    column: key.databaseName,
  };
}

function keyTypeOf(
  place: string,
  { type, length }: { readonly type?: unknown; readonly length?: string | number | undefined },
): HostKeyType {
  const word =
    type === String
      ? 'varchar'
      : type === Number
        ? 'integer'
        : typeof type === 'string'
          ? type
          : '';
  const isLong = length !== undefined && length !== '' && word.includes('char');
  const found = readKeyType(isLong ? `${word}(${length})` : word);
  if (found !== undefined) return found;
  throw BillingError.configurationInvalid(
    `${place} has the type ${typeof type === 'function' ? type.name : String(type)}, which no billing column can have`,
    'bind a class whose key is of type uuid, text, varchar, char(n), smallint, integer or bigint',
  );
}
