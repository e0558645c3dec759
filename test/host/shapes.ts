import {
  type ColumnOptions,
  type PrimaryColumnOptions,
  Entity,
  PrimaryColumn,
  PrimaryGeneratedColumn,
  Column,
} from 'typeorm';
import type { Dialect } from '../support/engines';

/** A row of the host's, whatever its key is called. */
export type HostRow = Record<string, unknown>;
export type HostClass = new () => HostRow;

/** A kind of host: how its table is named, and what its key is. */
export interface Shape {
  readonly title: string;
  readonly schema?: string;
  readonly table: string;
  readonly column?: string;
  readonly property?: string;
  /** Options of the key; `generated` makes it the database's. */
  readonly key: ColumnOptions;
  /** The type of the key in the host's table. */
  readonly sql: Readonly<Record<Dialect, string>>;
  /** A new key; undefined where the database gives one. */
  readonly next: (() => unknown) | undefined;
  /** A value that no such key has. */
  readonly wrong: unknown;
  /** What the key is in JavaScript. */
  readonly reads: Readonly<Record<Dialect, 'string' | 'number'>>;
}

let count = 0;
const text = { postgres: 'string', sqlite: 'string' } as const;
const number = { postgres: 'number', sqlite: 'number' } as const;
const increment = 'integer PRIMARY KEY AUTOINCREMENT NOT NULL';

export const SHAPES: readonly Shape[] = [
  {
    title: 'a generated uuid',
    table: 'organizations',
    key: { type: 'uuid', generated: 'uuid' },
    sql: {
      postgres: 'uuid PRIMARY KEY DEFAULT gen_random_uuid()',
      sqlite: 'varchar PRIMARY KEY NOT NULL',
    },
    next: undefined,
    wrong: 'acme',
    reads: text,
  },
  {
    title: 'a cuid as text, in a table with a reserved name',
    table: 'order',
    column: 'cuid',
    property: 'cuid',
    key: { type: 'text' },
    sql: { postgres: 'text PRIMARY KEY', sqlite: 'text PRIMARY KEY NOT NULL' },
    next: () => `cjld2cjxh0000qzrmn831i7r${(count += 1)}`,
    wrong: '',
    reads: text,
  },
  {
    title: 'varchar(48), with quotes in the names',
    table: 'o"dd',
    column: 'k"ey',
    key: { type: 'varchar', length: 48 },
    sql: { postgres: 'varchar(48) PRIMARY KEY', sqlite: 'varchar(48) PRIMARY KEY NOT NULL' },
    next: () => `org_${(count += 1)}`,
    wrong: 'x'.repeat(49),
    reads: text,
  },
  {
    title: 'a generated integer, in a schema where there are any',
    schema: 'core',
    table: 'organizations',
    key: { type: Number, generated: 'increment' },
    sql: { postgres: 'SERIAL PRIMARY KEY', sqlite: increment },
    next: undefined,
    wrong: '1',
    reads: number,
  },
  {
    title: 'an integer that the host makes, as its class alone says',
    table: 'Teams',
    column: 'teamNo',
    property: 'number',
    key: { type: 'int' },
    sql: { postgres: 'integer PRIMARY KEY', sqlite: 'integer PRIMARY KEY NOT NULL' },
    next: () => (count += 1),
    wrong: 2 ** 31,
    reads: number,
  },
  {
    title: 'a generated bigint',
    table: 'workspaces',
    key: { type: 'bigint', generated: 'increment' },
    sql: { postgres: 'BIGSERIAL PRIMARY KEY', sqlite: increment },
    next: undefined,
    wrong: '1.5',
    reads: { postgres: 'string', sqlite: 'number' },
  },
  {
    title: 'char(8)',
    table: 'accounts',
    key: { type: 'char', length: 8 },
    sql: { postgres: 'char(8) PRIMARY KEY', sqlite: 'char(8) PRIMARY KEY NOT NULL' },
    next: () => String((count += 1)).padStart(8, 'a'),
    wrong: 'abcdefghi',
    reads: text,
  },
];

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The name as SQL. */
export const pathOf = ({ schema, table }: Shape, dialect: Dialect, prefix = ''): string =>
  dialect === 'postgres' && schema !== undefined
    ? `${quote(schema)}.${quote(prefix + table)}`
    : quote(prefix + table);

export const columnOf = ({ column, property }: Shape): string => column ?? property ?? 'id';
export const propertyOf = ({ property = 'id' }: Shape): string => property;

/** The statements that make the host's two tables. */
export const hostSchema = (shape: Shape, dialect: Dialect): string =>
  [
    ...(dialect === 'postgres' && shape.schema !== undefined
      ? [`CREATE SCHEMA ${quote(shape.schema)}`]
      : []),
    ...['', 'user_'].map(
      (prefix) =>
        `CREATE TABLE ${pathOf(shape, dialect, prefix)} (${quote(columnOf(shape))} ${shape.sql[dialect]}, "name" varchar NOT NULL)`,
    ),
  ].join(';\n');

/** The host's own classes, for what is billed in both families. */
export const hostClasses = (shape: Shape): { tenant: HostClass; user: HostClass } => ({
  tenant: hostClass(shape, 'Organization', ''),
  user: hostClass(shape, 'User', 'user_'),
});

function hostClass(shape: Shape, name: string, prefix: string): HostClass {
  const { schema, table, key } = shape;
  const target = {
    [name]: class {
      name!: string;
    },
  }[name] as unknown as HostClass;
  const { generated, ...options } = { ...key, name: columnOf(shape) };
  const prototype = target.prototype as object;
  if (generated === 'uuid') PrimaryGeneratedColumn('uuid', options)(prototype, propertyOf(shape));
  else if (generated === 'increment') {
    PrimaryGeneratedColumn(options as { name: string })(prototype, propertyOf(shape));
  } else PrimaryColumn(options as PrimaryColumnOptions)(prototype, propertyOf(shape));
  Column('varchar')(prototype, 'name');
  Entity({ name: prefix + table, ...(schema !== undefined && { schema }) })(target);
  return target;
}
