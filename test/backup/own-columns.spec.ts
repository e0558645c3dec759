import { readFile, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { backup, type BackupManifest, restore } from '../../src';
import { PLAN, store } from '../schema/billing-database';
import { newFolder } from '../support/test-run';
import { openBilling } from '../support/data-source';
import { engines, rowsOf, type TestDatabase } from '../support/engines';

/** What every engine has, each in its own words. */
const COMMON = {
  postgres: ['own_text text', 'own_json jsonb', 'own_bytes bytea', 'own_big bigint']
    .concat(['own_bool boolean', 'own_time timestamptz', '"Own é" text'])
    .concat(['own_gen text GENERATED ALWAYS AS (name) STORED']),
  sqlite: ['own_text text', 'own_json text', 'own_bytes blob', 'own_big bigint']
    .concat(['own_bool boolean', 'own_time datetime', '"Own é" text'])
    .concat(['own_gen text GENERATED ALWAYS AS (name) VIRTUAL']),
};

const COMMON_NAMES = [
  ...['own_text', 'own_json', 'own_bytes', 'own_big', 'own_bool', 'own_time', 'Own é'],
];

/** What one has alone, and a value of it. */
const ALONE: Readonly<Record<'postgres' | 'sqlite', readonly (readonly [string, string])[]>> = {
  postgres: [
    ['numeric(40, 20)', '12345678901234567890.12345678901234567890'],
    ['double precision', "'NaN'"],
    ['real', '0.1'],
    ['integer[]', "'{1,NULL,3}'"],
    ['text[]', `'{"a,b","c\\"d"}'`],
    ['interval', "'1 year 2 days 03:04:05.678'"],
    ['date', "'infinity'"],
    ['timestamptz', "'infinity'"],
    ['timestamptz', "'2026-01-01 00:00:00.123456+02'"],
    ['timestamptz', "'0044-03-15 00:00:00 BC'"],
    ['timestamp', "'2026-01-01 00:00:00.123456'"],
    ['jsonb', "'null'"],
    ['json', `'{"b": 1,\n "a": [ ]}'`],
    ['inet', "'192.0.2.1/24'"],
    ['char(5)', "'ab'"],
    ['bit(3)', "'101'"],
    ['int4range', "'[1,5)'"],
    ['text', `E'\\t\\\\\\n\\v\\001'`],
    ['bytea', "decode(repeat('00ff', 100), 'hex')"],
  ],
  sqlite: [
    ['numeric', '12.5'],
    ['real', '1e300'],
    ['datetime', "'2026-01-01T00:00:00.000Z'"],
    ['datetime', '1767225600'],
    ['date', "'soon'"],
    ['boolean', '2'],
    ['text', "'a' || char(0) || 'b'"],
    ['blob', "x''"],
    ['blob', "'a text'"],
    ['blob', '5'],
    ['integer', "'no number'"],
    ['', "x'00ff'"],
  ],
};

const add = async (database: TestDatabase, columns: readonly string[]): Promise<void> => {
  for (const column of columns) await database.exec(`ALTER TABLE plans ADD ${column}`);
};

/** As text, which no driver reads in a way of its own. */
const SELECT = {
  postgres: `SELECT own_text, own_json::text, encode(own_bytes, 'hex') AS own_bytes, own_big::text,
    own_bool::int::text, to_char(own_time AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS own_time, "Own é" AS own, own_gen
    FROM plans ORDER BY name`,
  sqlite: `SELECT own_text, own_json, CASE WHEN own_bytes IS NOT NULL THEN lower(hex(own_bytes)) END AS own_bytes, CAST(own_big AS text) AS own_big,
    CAST(own_bool AS text) AS own_bool, own_time, "Own é" AS own, own_gen FROM plans ORDER BY name`,
};

const PUT = {
  postgres: `UPDATE plans SET own_text = 'ü', own_json = '{"a": null}', own_bytes = '\\x00ff0a',
    own_big = 9223372036854775807, own_bool = true, own_time = '2026-01-02 03:04:05.678+00', "Own é" = 'own'
    WHERE id = '${PLAN}'`,
  sqlite: `UPDATE plans SET own_text = 'ü', own_json = '{"a": null}', own_bytes = x'00ff0a',
    own_big = 9223372036854775807, own_bool = 1, own_time = '2026-01-02 03:04:05.678', "Own é" = 'own'
    WHERE id = '${PLAN}'`,
};

describe.each(engines)("R2 the host's own columns on $name", ({ createDatabase, dialect }) => {
  it.each(engines)('R2 restore on $name with the same values', async (other) => {
    const from = await openBilling(createDatabase, { host: 'rows' });
    await add(from.database, COMMON[dialect]);
    await store(from.database, 'plans', { id: PLAN, name: 'a' });
    await store(from.database, 'plans', { name: 'b' });
    await from.database.exec(PUT[dialect]);
    const folder = join(newFolder('backup'), 'own');
    const { tables } = await backup(from.dataSource, folder);
    const names = tables[0]?.columns.map(({ name }) => name);
    expect(names).toContain('Own é');
    expect(names).not.toContain('own_gen');

    const to = await openBilling(other.createDatabase, { host: 'rows' });
    await expect(restore(to.dataSource, folder)).rejects.toMatchObject({
      code: 'RESTORE_REFUSED',
      details: { table: 'plans', columns: COMMON_NAMES },
    });
    await add(to.database, COMMON[other.dialect]);
    await restore(to.dataSource, folder);
    const before = await from.database.sql(SELECT[dialect]);
    expect(before[0]).toMatchObject({ own_big: '9223372036854775807', own_gen: 'a' });
    expect(await to.database.sql(SELECT[other.dialect])).toEqual(before);
  });

  it('R2 restore on the same engine whatever their type', async () => {
    const columns = ALONE[dialect].map(([type], index) => `own_${index} ${type}`);
    const values = ALONE[dialect].map(([, value], index) => `own_${index} = ${value}`);
    const from = await openBilling(createDatabase, { host: 'rows' });
    await add(from.database, columns);
    await store(from.database, 'plans', { id: PLAN });
    await store(from.database, 'plans');
    await from.database.exec(`UPDATE plans SET ${values.join(', ')} WHERE id = '${PLAN}'`);
    const folder = join(newFolder('backup'), 'own');
    await backup(from.dataSource, folder);
    const to = await openBilling(createDatabase, { host: 'rows' });
    await add(to.database, columns);
    await restore(to.dataSource, folder);
    expect(await rowsOf(to.database, 'plans')).toEqual(await rowsOf(from.database, 'plans'));
  });

  if (dialect === 'sqlite') {
    it.each(["x'00'", "x'ff'"])('R2 refuse a backup with %s in a text', async (bytes) => {
      const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
      await add(database, ['own text']);
      await store(database, 'plans');
      await database.exec(`UPDATE plans SET own = ${bytes}`);
      const backedUp = backup(dataSource, join(newFolder('backup'), 'bytes'));
      await expect(backedUp).rejects.toMatchObject({
        code: 'NOT_SUPPORTED',
        message: expect.stringMatching(/bytes in .*plans.*, in the column own,/) as unknown,
      });
    });
  }

  it('R2 that a backup lacks get their defaults, and one without refuses the restore', async () => {
    const from = await openBilling(createDatabase, { host: 'rows' });
    await store(from.database, 'plans', { id: PLAN });
    const folder = join(newFolder('backup'), 'older');
    await backup(from.dataSource, folder);
    const to = await openBilling(createDatabase, { host: 'rows' });
    await add(to.database, ["own_kind text NOT NULL DEFAULT 'none'", 'own_note text']);
    await restore(to.dataSource, folder);
    if (dialect === 'postgres') {
      const needing = await openBilling(createDatabase, { host: 'rows' });
      await add(needing.database, ['own_needed text NOT NULL']);
      await expect(restore(needing.dataSource, folder)).rejects.toMatchObject({
        code: 'RESTORE_REFUSED',
        details: { table: 'plans', columns: ['own_needed'] },
      });
    }
    const rows = await to.database.sql('SELECT id, own_kind, own_note FROM plans');
    expect(rows).toEqual([{ id: PLAN, own_kind: 'none', own_note: null }]);
  });

  it('R2 and a column of billing that came later, with its default', async () => {
    const from = await openBilling(createDatabase, { host: 'rows' });
    await store(from.database, 'plans', { id: PLAN, sort_order: 7 });
    const folder = join(newFolder('backup'), 'older');
    await backup(from.dataSource, folder);
    // As a version wrote it that had no sort_order yet.
    const path = join(folder, 'plans.jsonl');
    const lines = (await readFile(path, 'utf8')).replaceAll(/,"sort_order":7/g, '');
    await writeFile(path, lines);
    const manifest = JSON.parse(
      await readFile(join(folder, 'manifest.json'), 'utf8'),
    ) as BackupManifest;
    const sha256 = createHash('sha256').update(lines).digest('hex');
    const tables = manifest.tables.map((one) =>
      one.table === 'plans'
        ? {
            ...{ ...one, sha256, bytes: Buffer.byteLength(lines) },
            columns: one.columns.filter(({ name }) => name !== 'sort_order'),
          }
        : one,
    );
    await writeFile(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, tables }));
    const to = await openBilling(createDatabase, { host: 'rows' });
    await restore(to.dataSource, folder);
    expect(await to.database.sql('SELECT id, sort_order FROM plans')).toEqual([
      { id: PLAN, sort_order: 0 },
    ]);
  });
});
