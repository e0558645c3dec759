import type { ValueTransformer } from 'typeorm';
import { BillingError } from '../../errors';
import type { ColumnSite } from './registry';
import { show } from './values';
import { validationError } from './validation-error';

/**
 * Postgres gives a `bigint` as a string, SQLite as a number: both become a safe integer.
 *
 * Throws a BillingError: `VALIDATION_FAILED` for a number to be written that is no safe integer,
 * `VALUE_OUT_OF_RANGE` for a stored one that a JavaScript number can't hold exactly.
 */
export function moneyTransformer(site: ColumnSite, expected: string): ValueTransformer {
  return {
    // Queries pass through here as well as rows: null, undefined and operators are left alone.
    to(value: unknown): unknown {
      if (typeof value !== 'number') return value;
      if (!Number.isSafeInteger(value)) {
        throw validationError(site, [{ property: site.property, value, expected }]);
      }
      // Never -0, which some drivers send as such.
      return value + 0;
    },
    from(value: unknown): number | null | undefined {
      if (value === null || value === undefined) return value;
      const number =
        typeof value === 'number' || typeof value === 'bigint'
          ? Number(value)
          : typeof value === 'string' && /^-?\d+$/.test(value)
            ? Number(value)
            : Number.NaN;
      if (Number.isSafeInteger(number)) return number + 0;
      throw BillingError.valueOutOfRange(
        `${site.table}.${site.column} holds ${show(value)}, which is no whole number that JavaScript can ` +
          'hold exactly',
        `correct the stored amount to minor units from 0 to ${Number.MAX_SAFE_INTEGER}`,
        { ...site, value },
      );
    },
  };
}
