import { declareColumn, snakeCase } from './registry';
import { relationBeside } from './relations';
import type { ColumnShape } from './spec';
import { holdPlace } from './unmapped';

/** What every kind accepts. */
export interface KindOptions<Value> {
  /** NULL is allowed, and is what a missing value becomes. */
  readonly nullable?: true;
  /** What a missing value becomes, in JavaScript and in the database. */
  readonly default?: Value;
  /** A UNIQUE constraint, `uq_<table>_<column>`. */
  readonly unique?: true;
  /** An index, `ix_<table>_<column>`. */
  readonly index?: true;
  /** Its value is never shown in an error, and is left out of every copy of the entity. */
  readonly secret?: true;
}

type Exactly<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

type OfType<Actual, Value> =
  Exactly<Actual, Value> extends true
    ? unknown
    : { readonly 'the property must be of type': Value };

type BesideRow<Entity, Name> = Name extends `${infer Row}Id`
  ? Row extends keyof Entity
    ? unknown
    : { readonly 'the row itself must be a property': Row }
  : { readonly 'the name of a key must end in': 'Id' };

/** A property decorator that fits a property of exactly this type, and no other. */
export type FieldOf<Value> = <Entity extends object, Name extends keyof Entity & string>(
  prototype: Entity & OfType<Entity[Name], Value>,
  key: Name,
) => void;

/** The same for a key: the row that it refers to must be a property, named without `Id`. */
export type KeyOf<Value> = <Entity extends object, Name extends keyof Entity & string>(
  prototype: Entity & OfType<Entity[Name], Value> & BesideRow<Entity, Name>,
  key: Name,
) => void;

/** The type of a property whose kind has these options. */
export type ValueOf<Value, Options> = Options extends { readonly nullable: true }
  ? Value | null
  : Value;

/** The decorator of a kind: notes the column, which `@BillingTable` maps. */
export function kind(
  options: KindOptions<string | number | boolean>,
  shape: ColumnShape,
): (prototype: object, key: string) => void {
  return (prototype, property) => {
    const isKey = shape.kind === 'key' || shape.kind === 'hostKey';
    const common = {
      property,
      column: snakeCase(property),
      nullable: options.nullable ?? false,
      unique: options.unique ?? false,
      indexed: options.index ?? false,
      secret: options.secret ?? false,
      ...(options.default !== undefined && { default: options.default }),
      ...(isKey && { relation: relationBeside(prototype, property) }),
    };
    // Assigned by its descriptors and not by its values: the type of a host's key is read late.
    const spec = Object.defineProperties(
      {},
      Object.getOwnPropertyDescriptors(shape),
    ) as ColumnShape;
    declareColumn(prototype, Object.assign(spec, common));
    holdPlace(prototype, property);
  };
}
