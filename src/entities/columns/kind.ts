import { Column, JoinColumn, ManyToOne, type ColumnOptions } from 'typeorm';
import { declareColumn, nameOf, snakeCase, type ColumnSite, type EntityClass } from './registry';

/** What every kind may be told. */
export interface KindOptions<Value> {
  /** NULL is allowed, and what a missing value becomes. */
  readonly nullable?: true;
  /** What a missing value becomes, in JavaScript and in the database. */
  readonly default?: Value;
  /** A UNIQUE constraint, `uq_<table>_<column>`. */
  readonly unique?: true;
  /** An index, `ix_<table>_<column>`. */
  readonly index?: true;
  /** Its value is never shown in an error. */
  readonly secret?: true;
}

/** What a kind says about its column. */
export interface Kind {
  readonly options: ColumnOptions | ((site: ColumnSite) => ColumnOptions);
  readonly check?: (column: string) => string;
  readonly accepts: (value: unknown) => boolean;
  readonly read?: (value: unknown) => unknown;
  readonly expected: string;
  readonly makeDefault?: () => unknown;
  readonly relation?: Relation;
}

interface Relation {
  readonly property: string;
  readonly target: () => EntityClass;
  readonly onDelete: 'CASCADE' | 'RESTRICT' | 'SET NULL';
}

/** The decorator of a kind: notes the column, to be mapped when its table is declared. */
export function kind(options: KindOptions<unknown>, spec: Kind): PropertyDecorator {
  const nullable = options.nullable ?? false;
  return (prototype, key) => {
    const property = String(key);
    const column = snakeCase(property);
    const value = options.default;
    declareColumn(prototype, {
      property,
      column,
      nullable,
      makeDefault: spec.makeDefault ?? (value === undefined ? undefined : () => value),
      accepts: spec.accepts,
      read: spec.read,
      expected: nullable ? `${spec.expected}, or null` : spec.expected,
      check: spec.check?.(column),
      unique: options.unique ?? false,
      indexed: options.index ?? false,
      secret: options.secret ?? false,
      relation: spec.relation?.property,
      map: (target, site) => {
        const own = typeof spec.options === 'function' ? spec.options(site) : { ...spec.options };
        own.name = column;
        own.nullable = nullable;
        if (value !== undefined) own.default = value;
        Column(own)(target, property);
        if (spec.relation !== undefined) mapRelation(spec.relation, target, site, nullable);
      },
    });
  };
}

function mapRelation(
  { property, target, onDelete }: Relation,
  prototype: object,
  { table, column }: ColumnSite,
  nullable: boolean,
): void {
  ManyToOne(target, { onDelete, nullable })(prototype, property);
  JoinColumn({ name: column, foreignKeyConstraintName: nameOf('fk', table, column) })(
    prototype,
    property,
  );
}
