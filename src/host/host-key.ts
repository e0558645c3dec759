import { DefaultNamingStrategy } from 'typeorm';
import type { DataSource, NamingStrategyInterface, ValueTransformer } from 'typeorm';
import { BillingError } from '../errors';
import {
  hostTables,
  replacements,
  schemaTargets,
  type EntityClass,
  type HostKeyType,
  type HostTable,
} from './bindings';
import type { Family } from './families';
import { hostEntityOf, nameOfTarget, type HostKey, type HostTarget } from './host-schema';
import { readKeyType } from './key-types';
import { billingClassIn } from './own-entities';
import { schemaOption } from './placing';
import { STAND_INS } from './stand-ins';

/**
 * Checks that billing can attach to a class.
 *
 * @throws BillingError `CONFIGURATION_INVALID`
 */
export function assertHostClass(family: Family, target: unknown): asserts target is HostTarget {
  if (typeof target !== 'function' && typeof target !== 'string') {
    throw BillingError.configurationInvalid(
      `bindHost() got ${target === null ? 'null' : typeof target} as ${family}`,
      'give the entity class itself; where two files import each other, call bindHost() in a third one that imports both',
    );
  }
  const isStandIn = Object.values(STAND_INS).some((one) => one === target);
  const billing = typeof target === 'function' ? billingClassIn(target as EntityClass) : undefined;
  if (isStandIn || billing !== undefined) {
    throw BillingError.configurationInvalid(
      `bindHost() got ${nameOfTarget(target as HostTarget)} as ${family}, which is ${isStandIn ? 'a stand-in' : "a table of billing's"}`,
      `give the class of your own that is billed, or leave ${family} out`,
    );
  }
  if (hostEntityOf(target as HostTarget) === undefined) {
    throw BillingError.configurationInvalid(
      `bindHost() got ${nameOfTarget(target as HostTarget)} as ${family}, which is no entity class of TypeORM`,
      'give a class that has @Entity(), or an EntitySchema',
    );
  }
  tableOfClass(target as HostTarget);
}

/** The table and key of a class, as its decorators or its schema say; read each time, since the names may be given late. */
export function tableOfClass(
  target: HostTarget,
  naming: NamingStrategyInterface = new DefaultNamingStrategy(),
): HostTable {
  const { table, keys = [], entity = nameOfTarget(target), isView } = hostEntityOf(target) ?? {};
  if (isView) {
    throw BillingError.configurationInvalid(
      `${entity} is a view, to which no foreign key can lead`,
      'bind the class of the table',
    );
  }
  const [key] = keys;
  if (key === undefined || keys.length > 1) {
    throw BillingError.configurationInvalid(
      `${entity} has ${keys.length === 0 ? 'no primary key' : `a primary key of ${keys.length} columns`}`,
      'bind a class whose key is one column',
    );
  }
  const { options, propertyName } = key;
  const name = naming.tableName(entity, table?.name);
  const dot = name.indexOf('.');
  return {
    schema: table?.schema ?? (dot > 0 ? name.slice(0, dot) : undefined),
    table: dot > 0 ? name.slice(dot + 1) : name,
    column: naming.columnName(propertyName, options.name, []),
    property: propertyName,
    keyType: keyTypeOf(`${entity}.${propertyName}`, options),
    transformers: transformersOf(options.transformer),
  };
}

function transformersOf(
  transformer: ValueTransformer | ValueTransformer[] | undefined,
): readonly ValueTransformer[] | undefined {
  return transformer === undefined ? undefined : [transformer].flat();
}

/** The host's class or schema that a family is bound to. */
export const targetNow = (family: Family): HostTarget | undefined =>
  replacements.get(STAND_INS[family]) ?? schemaTargets.get(STAND_INS[family]);

/** The same on a DataSource, whose naming strategy and options count. */
export function hostTableIn(family: Family, dataSource: DataSource | undefined): HostTable {
  const target = targetNow(family);
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

function keyTypeOf(place: string, { type, length, array }: HostKey['options']): HostKeyType {
  const word =
    type === String
      ? 'varchar'
      : type === Number
        ? 'integer'
        : typeof type === 'string'
          ? type
          : '';
  const isLong = length !== undefined && length !== '' && word.includes('char');
  const found = array ? undefined : readKeyType(isLong ? `${word}(${length})` : word);
  if (found !== undefined) return found;
  throw BillingError.configurationInvalid(
    `${place} has the type ${typeof type === 'function' ? type.name : String(type)}${array ? '[]' : ''}, which no billing column can have`,
    'bind a class whose key is of type uuid, text, varchar, char(n), smallint, integer or bigint',
  );
}
