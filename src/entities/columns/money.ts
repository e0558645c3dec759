import type { ValueTransformer } from 'typeorm';
import { BillingError } from '../../errors';
import type { ColumnSite } from './registry';
import { show } from './values';
import { validationError } from './validation-error';

/**
 * Reads a `bigint` as a safe integer: Postgres returns it as a string, SQLite as a number.
 *
 * @throws BillingError `VALIDATION_FAILED` for a number to write that is no safe integer,
 *   `VALUE_OUT_OF_RANGE` for a stored one that a JavaScript number can't hold exactly
 */
export function moneyTransformer(site: ColumnSite, expected: string): ValueTransformer {
  return {
    // Also called for the values of queries: null, undefined and operators stay as they are.
    to(value: unknown): unknown {
      if (typeof value !== 'number') return value;
      if (!Number.isSafeInteger(value)) {
        throw validationError(site, [{ property: site.property, value, expected }]);
      }
      // Makes -0 a 0: some drivers would send -0.
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
        `${site.table}.${site.column} holds ${show(value)}, which JavaScript can't hold exactly as a ` +
          'whole number',
        `correct the stored value, which must be ${expected}`,
        { ...site, value },
      );
    },
  };
}
