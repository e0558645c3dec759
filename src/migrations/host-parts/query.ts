import type { OwnedTable } from '../owned-tables';

/** Something that is not billing's and stands on a billing table, or on its being there. */
export interface HostPartInTheWay {
  readonly table: string;
  /** `column`, `default`, `constraint`, `index`, `trigger`, `view`, `foreign key`, `grant` … */
  readonly kind: string;
  readonly name: string;
}

/**
 * A query for what is not billing's on tables that are to be dropped, as rows of
 * {@link HostPartInTheWay}. It has no parameters, so that an SQL file can hold it.
 *
 * @param tables all tables of billing's that refer to each other
 * @param dropped the names of those that are to be dropped
 */
export type HostPartsQuery = (tables: readonly OwnedTable[], dropped: readonly string[]) => string;

/** A value as a literal of JSON text. */
export const jsonOf = (value: unknown): string =>
  `'${JSON.stringify(value).replaceAll("'", "''")}'`;
