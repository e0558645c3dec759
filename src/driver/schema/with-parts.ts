import { quote } from '../sql/quote';
import { type Definition, readTable, type TableDefinition } from './definition';

interface Parts {
  readonly definitions?: ReadonlyMap<string, Definition>;
  readonly indexes?: readonly string[];
  readonly triggers?: readonly string[];
  readonly options?: string;
}

/** A table with other parts: columns before constraints, as SQLite needs them. */
export function withParts(table: TableDefinition, parts: Parts): TableDefinition {
  const all = [...(parts.definitions ?? table.definitions).values()];
  const lines = (['column', 'constraint'] as const).flatMap((kind) =>
    all.filter((part) => part.kind === kind).map(({ text }) => text),
  );
  const options = parts.options ?? table.options;
  const isSame = parts.definitions === undefined && parts.options === undefined;
  return readTable(
    table.name,
    isSame
      ? table.sql
      : `CREATE TABLE ${quote(table.name)} (\n  ${lines.join(',\n  ')}\n)${options === '' ? '' : ` ${options}`}`,
    parts.indexes ?? [...table.indexes.values()].map(({ sql }) => sql),
    parts.triggers ?? table.triggers,
  );
}
