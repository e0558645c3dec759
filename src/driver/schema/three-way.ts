import { quote } from '../sql/quote';
import { defaultOf, type Definition, readTable, type TableDefinition } from './definition';

/**
 * A live table after a change of `from` to `to`. Only what the change names is changed: all else, added
 * by somebody or written in another way, stays as it is.
 */
export function changed(
  live: TableDefinition,
  from: TableDefinition,
  to: TableDefinition,
): TableDefinition {
  const parts = [...merged(live.definitions, from.definitions, to.definitions)].map(
    ([key, part]) => {
      const before = from.definitions.get(key);
      return before === undefined ? part : withDefault(part, live.definitions.get(key), before);
    },
  );
  const lines = (['column', 'constraint'] as const).flatMap((kind) =>
    parts.filter((part) => part.kind === kind).map(({ text }) => text),
  );
  const own = from.options === to.options ? live.options : to.options;
  const options = own === '' ? '' : ` ${own}`;
  return readTable(
    live.name,
    `CREATE TABLE ${quote(live.name)} (\n  ${lines.join(',\n  ')}\n)${options}`,
    [...merged(live.indexes, from.indexes, to.indexes).values()].map(({ sql }) => sql),
    live.triggers,
  );
}

type Parts<T> = ReadonlyMap<string, T>;

function merged<T extends { readonly canonical: string }>(
  live: Parts<T>,
  from: Parts<T>,
  to: Parts<T>,
): Map<string, T> {
  const result = new Map<string, T>();
  for (const [key, part] of to) {
    const isLeft = from.get(key)?.canonical === part.canonical;
    const kept = isLeft ? live.get(key) : part;
    if (kept !== undefined) result.set(key, kept);
  }
  for (const [key, part] of live) if (!from.has(key) && !to.has(key)) result.set(key, part);
  return result;
}

/** A column that changes keeps a default that somebody gave it, unless the change gives it one. */
function withDefault(part: Definition, live: Definition | undefined, from: Definition): Definition {
  const added = live === part || defaultOf(from) !== undefined ? undefined : defaultOf(live);
  if (added === undefined || defaultOf(part) !== undefined) return part;
  return { ...part, text: `${part.text} ${added}` };
}
