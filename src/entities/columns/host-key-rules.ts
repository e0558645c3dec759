import { hostTables, type HostTable } from '../../host/bindings';
import type { Family } from '../../host/families';
import { columnTypeOf, type KeyColumnType } from '../../host/key-types';
import { isStorableText, isTextOfLength, isUuid, isWholeNumber } from './values';

/** Which values a column takes, and which in words. */
interface Rule {
  readonly accepts: (value: unknown) => boolean;
  readonly expected: string;
}

export const UUID = 'a uuid in its canonical, lower-case form';

/** What a key of the host's takes, by its type at this moment. */
export function hostKeyRule(family: Family): Rule {
  const host = hostTables[family];
  const known = rules.get(host);
  if (known !== undefined) return known;
  const rule = ruleOf(host);
  rules.set(host, rule);
  return rule;
}

/** Asked for each row. */
const rules = new WeakMap<HostTable, Rule>();

function ruleOf({ keyType, transformers = [] }: HostTable): Rule {
  if (transformers.length > 0) return OWN;
  const { type, length } = columnTypeOf(keyType);
  return length === undefined ? RULES[type] : textUpTo(length);
}

const wholeNumber = (bits: number): Rule => {
  const limit = 2 ** (bits - 1);
  return {
    accepts: (value) => isWholeNumber(value, -limit, limit - 1),
    expected: `a whole number from ${-limit} to ${limit - 1}`,
  };
};

const TEXT: Rule = {
  accepts: (value) => isStorableText(value) && value !== '',
  expected: 'a non-empty text without NUL characters',
};

const textUpTo = (length: number): Rule => ({
  accepts: (value) => isTextOfLength(value, 1, length),
  expected: `text of 1 to ${length} characters`,
});

const MAX_BIGINT = 2n ** 63n - 1n;

/** A host's own class says what its values are. */
const OWN: Rule = {
  accepts: (value) => value !== undefined && value !== null && value !== '',
  expected: "a key as the host's own class has it",
};

const RULES: Readonly<Record<KeyColumnType['type'], Rule>> = {
  uuid: { accepts: isUuid, expected: UUID },
  text: TEXT,
  varchar: TEXT,
  char: TEXT,
  smallint: wholeNumber(16),
  integer: wholeNumber(32),
  // Postgres gives it as text, since a number has no room for it, and SQLite as a number.
  bigint: {
    accepts: (value) =>
      Number.isSafeInteger(value) ||
      (typeof value === 'string' &&
        /^(?:0|-?[1-9]\d{0,18})$/.test(value) &&
        BigInt(value) <= MAX_BIGINT &&
        BigInt(value) >= -MAX_BIGINT - 1n),
    expected: 'a whole number of 64 bits, as a safe integer or as text of digits',
  },
};
