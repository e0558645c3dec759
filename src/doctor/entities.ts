import type { DataSource } from 'typeorm';
import type { Engine } from '../engines/engine';
import type { Found } from '../engines/examination';
import { createdTables, placeOn } from '../migrations/billing-tables';
import type { Applied } from './applied';

/**
 * What differs from the entities and not from the migrations: an entity was changed, and no migration was
 * written for it, or a column of the host's own is missing. Where a table has a finding, that says it.
 */
export function entityFindings(
  dataSource: DataSource,
  engine: Engine,
  differences: readonly string[],
  found: readonly Found[],
  applied: Applied | undefined,
): Found[] {
  const place = placeOn(engine.dialect, dataSource);
  const pending = (applied?.pending ?? []).flatMap(({ migration }) =>
    createdTables(migration, place),
  );
  // A migration that is pending may change any table.
  if (applied?.pending.some(({ migration }) => createdTables(migration, place).length === 0))
    return [];
  const said = [...found.flatMap(({ table }) => table ?? []), ...pending.map(({ table }) => table)];
  if (said.length > 0 && differences.some((sql) => sql.includes('"new_'))) return [];
  const left = differences.filter((sql) => said.every((table) => !mentions(sql, table)));
  if (left.length === 0) return [];
  return [
    {
      ...{ owner: 'billing', kind: 'entity', problem: 'changed', name: 'the entities' },
      is: 'the tables differ from the entities, and not from the migrations',
      shouldBe: 'the same: write a migration, or correct the entities',
      sql: left,
    },
  ];
}

const mentions = (sql: string, table: string): boolean =>
  sql.includes(`"${table}"`) || new RegExp(String.raw`_${table}(?:_|")`).test(sql);
