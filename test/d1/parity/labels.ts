import { isMadeId } from './values';

/**
 * Tells values in a form that is the same on every engine, though each makes ids of its own, and
 * Postgres stamps a row by its own clock if an upsert finds it there.
 */
export class Labels {
  readonly #ids = new Map<string, string>();
  readonly #told = new WeakMap<object, string>();
  readonly #instants = new Map<string, string>();

  /** As JSON, the keys sorted: equal if the values are. */
  text(value: unknown): string {
    return JSON.stringify(this.#plain(value ?? null, ''));
  }

  /** The same, of what is told again and again: a table that is the very one of last time is not looked at. */
  textOf(tables: Readonly<Record<string, readonly object[]>>): string {
    return Object.entries(tables)
      .map(([name, rows]) => {
        const text = this.#told.get(rows) ?? this.text(rows);
        this.#told.set(rows, text);
        return `${name} ${text}`;
      })
      .join('\n');
  }

  #plain(value: unknown, key: string): unknown {
    if (isMadeId(value)) return this.#idOf(value);
    if (Object.prototype.toString.call(value) === '[object Date]') {
      return this.#plain(toText(value as Date), key);
    }
    if (typeof value === 'string' && STAMP.test(key)) return this.#instantOf(value);
    if (Array.isArray(value)) return value.map((one) => this.#plain(one, ''));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, one]) => [name, this.#plain(one, name)]),
    );
  }

  /** By the order in which the ids are first seen, which must not differ. */
  #idOf(id: string): string {
    const name = this.#ids.get(id) ?? `made ${this.#ids.size + 1}`;
    this.#ids.set(id, name);
    return name;
  }

  /** The time of the test, when the database's own was first seen. */
  #instantOf(text: string): string {
    if (TEST_YEARS.test(text)) return text;
    const instant = this.#instants.get(text) ?? toText(new Date());
    this.#instants.set(text, instant);
    return instant;
  }
}

const STAMP = /^(?:created|updated)(?:_at|At)$/;
/** The test's clock is far from every other. */
const TEST_YEARS = /^20(?:39|4)/;

const toText = (date: Date): string => date.toISOString().replace('T', ' ').replace('Z', '');
