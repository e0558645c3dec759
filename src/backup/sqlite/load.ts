import type { QueryRunner } from 'typeorm';
import type { BackupColumn } from '../manifest';
import { type LiveColumn, pairs, type RestoredTable } from '../store';
import { listOf } from './catalog';

/** Of a parameter; D1 takes two million. */
const PARAMETER_BYTES = 500_000;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

/** SQL for the value of a column, of a row in `r.value`. */
function valueOf({ name, kind }: BackupColumn, live: LiveColumn): string {
  const x = `json_extract(r."value", ${text(`$.${JSON.stringify(name)}`)})`;
  if (kind === 'bytes') return '?';
  if (kind !== 'instant') return x;
  // Billing's times have three digits; a CHECK refuses what is none.
  if (live.kind === 'instant') return `replace(rtrim(${x}, 'Z'), 'T', ' ')`;
  return (
    `CASE WHEN ${x} GLOB '????-??-??T??:??:??.???*Z' ` +
    `THEN substr(${x}, 1, 10) || ' ' || substr(${x}, 12, 12) ELSE ${x} END`
  );
}

/** Puts lines into a table that has the columns of the backup. */
export async function load(
  queryRunner: QueryRunner,
  staged: string,
  { columns, live }: RestoredTable,
  lines: Buffer,
): Promise<void> {
  const values = pairs({ columns, live }).map((pair) => valueOf(...pair));
  const into = `INSERT INTO ${staged} (${listOf(live)}) SELECT ${values.join(', ')} FROM json_each(?) r`;
  const rows = lines.toString('utf8').trimEnd().split('\n');
  const bytes = columns.filter(({ kind }) => kind === 'bytes');
  if (bytes.length > 0) {
    for (const row of rows) await queryRunner.query(into, [...bytesIn(row, bytes), `[${row}]`]);
    return;
  }
  for (const batch of batches(rows)) await queryRunner.query(into, [`[${batch.join(',')}]`]);
}

function batches(rows: readonly string[]): string[][] {
  const all: string[][] = [];
  let size = PARAMETER_BYTES;
  for (const row of rows) {
    // A character takes up to three bytes, and most take one.
    size += row.length;
    if (size > PARAMETER_BYTES) {
      all.push([]);
      size = row.length;
    }
    all.at(-1)?.push(row);
  }
  return all;
}

/** JSON has no bytes, which are bound one by one. */
function bytesIn(line: string, columns: readonly BackupColumn[]): unknown[] {
  const row = JSON.parse(line) as Record<string, unknown>;
  return columns.map(({ name }) => {
    const value = row[name] ?? null;
    if (typeof value === 'string') return Buffer.from(value, 'base64');
    return typeof value === 'object' && value !== null && 'value' in value ? value.value : value;
  });
}
