import { type MasterRow, readTables, type TableDefinition } from '../../driver/schema/definition';
import { readMaster } from '../../driver/schema/master';
import { planned } from '../../driver/schema/planned';
import { renameBack, renamesOf, underLiveNames } from '../../driver/schema/renames';
import { replay } from '../../driver/schema/replay';
import type { Schema } from '../../driver/schema/plan';
import { BillingError } from '../../errors';
import type { QueryRunner } from 'typeorm';
import {
  type BrokenRows,
  type Examination,
  type Expected,
  type Found,
  inOrder,
} from '../examination';
import { rowsOf } from './broken-rows';
import { type Difference, differences } from './differences';

/** Compares billing's live tables with those that the applied migrations make on an empty database. */
export async function examineSqlite(expected: Expected): Promise<Examination> {
  const queryRunner = expected.dataSource.createQueryRunner();
  try {
    return await examine(queryRunner, expected);
  } finally {
    await queryRunner.release();
  }
}

async function examine(queryRunner: QueryRunner, expected: Expected): Promise<Examination> {
  const rows = await readMaster(queryRunner);
  const live = readTables(rows);
  const byName = new Map([...live.values()].map((table) => [table.name.toLowerCase(), table]));
  let made: Schema;
  try {
    made = readTables(replay(expected.statements));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { found: [], hosts: [], unchecked: [{ object: 'what the migrations make', reason }] };
  }
  const wanted = expected.tables.flatMap(({ table }) => made.get(table) ?? []);
  const renames = new Map(
    wanted.map((table) => [
      table.name.toLowerCase(),
      renamesOf(table, byName.get(table.name.toLowerCase())),
    ]),
  );
  const renamed = wanted.flatMap((table) => renamedColumns(table, renames));
  const tables = new Set(byName.keys());
  const named = wanted.map((table) => underLiveNames(table, renames));
  const found = named.flatMap((table) => {
    const there = byName.get(table.name.toLowerCase());
    const view = rows.find(
      ({ type, name }) => type === 'view' && name.toLowerCase() === table.name.toLowerCase(),
    );
    return view === undefined ? differences(there, table, tables) : [isView(table)];
  });
  // The names come last: whatever uses a column follows its name.
  return {
    found: [...(await withStatements(queryRunner, rows, live, found)), ...renamed],
    hosts: [],
    unchecked: [],
  };
}

const isView = ({ name }: TableDefinition): Difference => ({
  found: {
    ...{ owner: 'billing', kind: 'table', problem: 'changed', table: name, name },
    ...{ is: 'a view', shouldBe: 'a table' },
  },
  change: (live) => live,
  sql: [],
});

function renamedColumns(
  table: TableDefinition,
  renames: ReadonlyMap<string, ReadonlyMap<string, string>>,
): Found[] {
  const names = [...(renames.get(table.name.toLowerCase()) ?? [])];
  const statements = renameBack(table, renames);
  return names.map(([name, live], index) => ({
    ...{ owner: 'billing', kind: 'column', problem: 'renamed', table: table.name, name },
    ...{ is: live, shouldBe: name, sql: statements.slice(index, index + 1) },
  }));
}

/** Each finding with its statements, for the tables as those of the findings before it leave them. */
async function withStatements(
  queryRunner: QueryRunner,
  rows: readonly MasterRow[],
  live: Schema,
  all: readonly Difference[],
): Promise<Found[]> {
  const byFound = new Map(all.map((one) => [one.found, one]));
  const ordered = inOrder([...byFound.keys()]).flatMap((found) => byFound.get(found) ?? []);
  let now = live;
  const result: Found[] = [];
  for (const { found, change, sql } of ordered) {
    if (sql !== undefined) {
      result.push({ ...found, sql });
      continue;
    }
    const name = [...now.keys()].find((one) => one.toLowerCase() === found.table?.toLowerCase());
    const intended = new Map(now);
    const table = change(name === undefined ? undefined : now.get(name));
    if (table !== undefined) intended.set(name ?? table.name, table);
    try {
      const { up } = await planned(queryRunner, { live: now, intended, rows });
      result.push({ ...found, sql: up });
      now = intended;
    } catch (error) {
      if (!(error instanceof BillingError)) throw error;
      result.push({ ...found, sql: [], reason: error.message });
    }
  }
  return result;
}

/** The foreign keys that are there. Any connection may have written rows without enforcing them. */
export async function unsureKeys(expected: Expected): Promise<BrokenRows[]> {
  const queryRunner = expected.dataSource.createQueryRunner();
  try {
    const live = readTables(await readMaster(queryRunner));
    const made = readTables(replay(expected.statements));
    const tables = new Set([...live.keys()].map((name) => name.toLowerCase()));
    return expected.tables.flatMap(({ table }) => {
      const there = live.get(table);
      return [...(made.get(table)?.definitions ?? [])].flatMap(([key, part]) => {
        const isSame = there?.definitions.get(key)?.canonical === part.canonical;
        if (there === undefined || !isSame || !/\bforeign key \(/.test(part.canonical)) return [];
        const name = part.canonical.split(' ')[1] ?? '';
        return rowsOf(there, { kind: 'foreign key', name, shouldBe: '' }, part, tables) ?? [];
      });
    });
  } finally {
    await queryRunner.release();
  }
}
