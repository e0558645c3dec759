import { BillingError } from '../../errors';
import type { SqliteValue } from '../session';
import type { Statement } from '../sql/statement';
import type { Token } from '../sql/tokens';

/** Values as text, because 5 and '5' may find the same row. */
type Values = ReadonlySet<string>;

/**
 * By table, the foreign keys that delete or change rows of other tables. Names are in lower case.
 */
export type Cascades = () => ReadonlyMap<string, readonly Cascade[]>;

export interface Cascade {
  readonly child: string;
  readonly onDelete: boolean;
  /** The referenced columns whose new values are passed on to the child, in lower case. */
  readonly onUpdate: readonly string[];
}

/** What a write does to the rows of a table, as far as its text shows. */
interface Change {
  readonly table: string;
  /**
   * The values, by column, that the written rows have before or get by it. In a column that is not
   * listed they can have any value.
   */
  readonly values: ReadonlyMap<string, Values>;
}

/**
 * Decides which reads are safe in a D1 transaction. Its writes are sent when it commits, so a read
 * of rows that they change would be stale.
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
    // The loop also visits the tables that it adds.
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
   * Allows a read that finds its rows by values of one column if the writes were for other values.
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

/**
 * The same for all values that a column may treat as equal, such as `5.00` and 5, or `A` and `a`.
 */
function comparable(value: SqliteValue | undefined): string {
  const text = String(value).trimEnd().toLowerCase();
  return text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
}
