import type { Family } from '../../host/families';
import type { JsonObject } from './values';

/** The types of columns, as Postgres names them; the SQLite driver translates them. */
export type ColumnType =
  | 'bigint'
  | 'boolean'
  | 'char'
  | 'integer'
  | 'jsonb'
  | 'smallint'
  | 'text'
  | 'timestamptz'
  | 'uuid'
  | 'varchar';

/** A form of text that the validator asks for. */
export interface TextFormat {
  readonly pattern: RegExp;
  /** In words: "an e-mail address". */
  readonly expected: string;
  /** The CHECK asks for lower case, which is what SQL can say of the form on every engine. */
  readonly lowerCase?: true;
}

/** How the kinds of columns differ. */
export type ColumnShape =
  | { readonly kind: 'id'; readonly type: 'uuid'; readonly generated: 'key' }
  | {
      readonly kind: 'varchar';
      readonly type: 'varchar';
      readonly length: number;
      readonly format?: TextFormat;
    }
  | { readonly kind: 'text'; readonly type: 'text' }
  | {
      readonly kind: 'hex' | 'currency';
      readonly type: 'char';
      /** Exactly this many characters. */
      readonly length: number;
    }
  | {
      readonly kind: 'alphanumeric';
      readonly type: 'varchar';
      readonly minLength: number;
      readonly length: number;
    }
  | {
      readonly kind: 'oneOf';
      readonly type: 'varchar';
      readonly length: number;
      readonly values: readonly string[];
    }
  | {
      readonly kind: 'money';
      readonly type: 'bigint';
      readonly min: number;
      readonly max: number;
    }
  | {
      readonly kind: 'wholeNumber';
      readonly type: 'integer' | 'smallint';
      readonly min: number;
      readonly max: number;
    }
  | { readonly kind: 'flag'; readonly type: 'boolean' }
  | {
      readonly kind: 'instant';
      readonly type: 'timestamptz';
      /** Decimal digits of a second. */
      readonly precision: 3;
      readonly generated?: 'time of insert' | 'time of write';
    }
  | { readonly kind: 'json'; readonly type: 'jsonb'; readonly default: JsonObject }
  | { readonly kind: 'key'; readonly type: 'uuid' }
  /** Type and length are the host's: they may be others each time that they are read. */
  | {
      readonly kind: 'hostKey';
      readonly type: ColumnType;
      readonly length: number | undefined;
      readonly family: Family;
    };

/** The row that a key refers to. */
export interface ColumnRelation {
  /** The property that holds the row. */
  readonly property: string;
  /** The table it is in. */
  readonly table: string;
  /** What becomes of this row when that one is deleted. */
  readonly onDelete: string | undefined;
}

/**
 * All that is said of one column, as plain data. The column, its CHECK, its validator and the words
 * of its errors are derived from it.
 */
export type ColumnSpec = ColumnShape & {
  readonly property: string;
  /** Name in the database: the property's, in snake case. */
  readonly column: string;
  readonly nullable: boolean;
  /** A UNIQUE constraint, `uq_<table>_<column>`. */
  readonly unique: boolean;
  /** An index, `ix_<table>_<column>`. */
  readonly indexed: boolean;
  /** A secret's value is never shown in an error. */
  readonly secret: boolean;
  /** What a missing value becomes, in JavaScript and in the database. */
  readonly default?: string | number | boolean | JsonObject;
  readonly relation?: ColumnRelation;

  // Of some kinds only, which require them; here so that they can be read of any column.
  readonly length?: number;
  readonly minLength?: number;
  readonly precision?: number;
  /** Least and largest number, both included. */
  readonly min?: number;
  readonly max?: number;
  /** The only values allowed. */
  readonly values?: readonly string[];
  /** Made by the entity if it is missing (and by the database, for plain SQL). */
  readonly generated?: 'key' | 'time of insert' | 'time of write';
};
