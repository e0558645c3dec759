import type { DataSource } from 'typeorm';
import { readTables, type TableDefinition } from '../../src/driver/schema/definition';
import { readMaster } from '../../src/driver/schema/master';
import { parentsFirst, references } from '../../src/driver/schema/parents-first';
import type { ChangedTables } from './statements';

/** Sends `statements` to a scratch database; undefined if they change no table that is there. */
export async function changedTables(
  dataSource: DataSource,
  statements: readonly string[],
): Promise<ChangedTables | undefined> {
  const queryRunner = dataSource.createQueryRunner();
  try {
    const from = readTables(await readMaster(queryRunner));
    for (const sql of statements) await queryRunner.query(sql);
    const to = readTables(await readMaster(queryRunner));
    const text = (table: TableDefinition | undefined): string =>
      [table?.sql, ...[...(table?.indexes.values() ?? [])].map(({ sql }) => sql)].join('\n');
    const isChanged = ({ name }: TableDefinition): boolean =>
      meaning(text(from.get(name))) !== meaning(text(to.get(name)));
    const changed = [...from.values()].filter(isChanged);
    if (changed.length === 0) return undefined;
    const affected = new Set(changed.map(({ name }) => to.get(name)));
    for (const parent of affected) {
      for (const child of to.values()) {
        if (parent !== undefined && references(child, parent)) affected.add(child);
      }
    }
    const children = [...affected].filter(
      (table) => table !== undefined && from.has(table.name) && !isChanged(table),
    );
    return {
      before: made(changed),
      after: made([...to.values()].filter(isChanged)),
      children: made(children.filter((table) => table !== undefined)),
    };
  } finally {
    await queryRunner.release();
  }
}

/** A rebuild writes its text anew, in lines of its own. */
const meaning = (sql: string): string => sql.replaceAll(/\s+/g, ' ');

const made = (tables: readonly TableDefinition[]): string[] =>
  parentsFirst(tables).flatMap(({ sql, indexes }) => [
    sql,
    ...[...indexes.values()].map((index) => index.sql),
  ]);
