import type { HostKeyType } from './bindings';

/** A key's type as TypeORM's options of a column have it. */
export interface KeyColumnType {
  readonly type: 'uuid' | 'text' | 'varchar' | 'char' | 'smallint' | 'integer' | 'bigint';
  readonly length: number | undefined;
}

/** `varchar(48)` as type and length. */
export function columnTypeOf(keyType: HostKeyType): KeyColumnType {
  const [, type = keyType, length] = /^(\w+)\((\d+)\)$/.exec(keyType) ?? [];
  return {
    type: type as KeyColumnType['type'],
    length: length === undefined ? undefined : Number(length),
  };
}

const TYPES: Readonly<Partial<Record<string, HostKeyType>>> = {
  uuid: 'uuid',
  text: 'text',
  clob: 'text',
  varchar: 'varchar',
  nvarchar: 'varchar',
  'character varying': 'varchar',
  'varying character': 'varchar',
  smallint: 'smallint',
  int2: 'smallint',
  int: 'integer',
  int4: 'integer',
  integer: 'integer',
  mediumint: 'integer',
  serial: 'integer',
  bigint: 'bigint',
  int8: 'bigint',
  bigserial: 'bigint',
};

/** A key's type as a database or an entity names it; undefined if no key of a host's may have it. */
export function readKeyType(text: string): HostKeyType | undefined {
  const [, word = '', length] =
    /^([a-z][a-z0-9 ]*?)(?:\s*\((\d{1,8})\))?$/.exec(text.trim().toLowerCase()) ?? [];
  if (word === 'char' || word === 'character') {
    return length === undefined ? undefined : `char(${Number(length)})`;
  }
  const type = TYPES[word];
  if (length === undefined) return type;
  return type === 'varchar' && Number(length) > 0 ? `varchar(${Number(length)})` : undefined;
}
