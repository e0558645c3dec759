import type { ValueKind } from '../manifest';
import type { PostgresColumn } from './catalog';

/** Whether a type reads its values from JSON's arrays and objects, and not from a text. */
const readsJson = ({ base, category }: PostgresColumn): boolean =>
  category === 'A' || category === 'C' || base === 'json' || base === 'jsonb';

/** The type in which a value of the backup is read. */
export function recordType(kind: ValueKind, target: PostgresColumn): string {
  if (target.base === 'bytea') return 'text';
  if (kind === 'json') return readsJson(target) ? target.base : 'text';
  return readsJson(target) ? 'text' : target.base;
}

/**
 * What makes of that a value of the column. Where no cast is needed there is none, as one to a shorter
 * type would cut the value in silence.
 */
export function columnExpression(value: string, kind: ValueKind, target: PostgresColumn): string {
  if (target.base === 'bytea') return `decode(${value}, 'base64')`;
  if (kind === 'json' || !readsJson(target)) return value;
  return `${value}::${target.type}`;
}
