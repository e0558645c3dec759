import { BillingError } from '../../errors';
import type { SqliteValue } from '../session';
import type { Statement } from '../sql/statement';
import type { Token } from '../sql/tokens';

/** Values as text, for 5 and '5' may find the same row. */
type Values = ReadonlySet<string>;

/** The tables whose rows go, or change, with a row of a table; in lower case. */
export type Cascades = () => ReadonlyMap<string, readonly Cascade[]>;

export interface Cascade {
  readonly child: string;
  readonly onDelete: boolean;
  /** What it refers to, if a new value is passed on; in lower case. */
  readonly onUpdate: readonly string[];
}

/** What a write does to the rows of a table, as far as its text tells. */
interface Change {
  readonly table: string;
  /**
   * By column, the values that rows have or get which it is for. A column that is not there may
   * have any.
   */
  readonly values: ReadonlyMap<string, Values>;
}

/**
 * Knows which reads a transaction's held writes leave alone. They are sent when it commits, so that
 * a read that they bear on would find the state before them.
 */
export class HeldWrites {
  readonly #changes: Change[] = [];
  #schemaChanged = false;

  constructor(private readonly cascades: Cascades = () => new Map()) {}

  add(statement: Statement, values: readonly SqliteValue[]): void {
    const { write } = statement;
    this.#schemaChanged ||= statement.changesSchema;
    if (write === undefined) return;
    const { table, deletesRows, assigned } = write;
    const found = [...write.values].map(
      ([column, tokens]) => [column, valuesOf(statement, tokens, values)] as const,
    );
    this.#changes.push({ table, values: new Map(found) });
    const gone = new Set([table]);
    // What is added while it is gone through is gone through too.
    for (const parent of gone) {
      for (const { child, onDelete, onUpdate } of this.cascades().get(parent) ?? []) {
        const isPassedOn = onUpdate.some((column) => assigned.has(column));
        if (!isPassedOn && !(deletesRows && onDelete)) continue;
        gone.add(child);
        this.#changes.push({ table: child, values: new Map() });
      }
    }
  }

  /**
   * Lets a read pass that finds rows by one column's values, if the writes were for others.
   *
   * @throws BillingError `NOT_SUPPORTED` for any other read of a table that was written to
   */
  assertLeftAlone(statement: Statement, values: readonly SqliteValue[]): void {
    if (this.#schemaChanged && statement.readsSchema) {
      throw refusal('changed tables and reads what tables there are');
    }
    const { lookup } = statement;
    const sought = lookup && valuesOf(statement, lookup.values, values);
    for (const change of this.#changes) {
      if (!statement.names(change.table)) continue;
      const others = lookup && change.values.get(lookup.column);
      if (!sought || !others || [...sought].some((value) => others.has(value))) {
        throw refusal(`written to "${change.table}" and reads from it`);
      }
    }
  }
}

const refusal = (what: string): BillingError =>
  BillingError.notSupported(
    `The transaction has ${what}, and on D1 the result would be stale, because writes are sent at commit`,
    'read before the first write, or after the transaction',
  );

const valuesOf = (
  statement: Statement,
  tokens: readonly Token[],
  bound: readonly SqliteValue[],
): Values => new Set(tokens.map((token) => comparable(statement.valueOf(token, bound))));

/** Alike for whatever a column's type or collation may find the same: `5.00` and 5, `A` and `a`. */
function comparable(value: SqliteValue | undefined): string {
  const text = String(value).trimEnd().toLowerCase();
  return text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
}
