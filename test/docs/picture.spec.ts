import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { migrate } from '../../src/migrator/migrate';
import { BILLING_TABLES } from '../support/billing-tables';
import { openDataSource } from '../support/data-source';
import { catalog, engines } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import { run, type Run } from '../support/run';
import { newFolder } from '../support/test-run';

const ROOT = resolve(__dirname, '../..');
const PICTURE = readFileSync(join(ROOT, 'docs/schema.svg'), 'utf8');

/** Tables by their headings, each with its columns. */
function drawn(): Map<string, string[]> {
  const tables = PICTURE.split('<g class=').slice(1);
  return new Map(
    tables.map((table) => [
      /class="name"[^>]*>(\w+)</.exec(table)?.[1] ?? '',
      [...table.matchAll(/class="column"[^>]*>(\w+)</g)].map(([, name = '']) => name),
    ]),
  );
}

describe.each(engines)(
  'T1 U1 the picture and the tables on $name',
  ({ dialect, createDatabase }) => {
    let database: TestDatabase;

    afterAll(() => database.close());

    it('T1 U1 it shows every billing table with every column', async () => {
      database = await createDatabase();
      const dataSource = await openDataSource(database);
      try {
        await migrate(dataSource);
      } finally {
        await dataSource.destroy();
      }
      const columns = await columnsOf(database);
      expect([...drawn().keys()].sort()).toEqual([...BILLING_TABLES, 'tenants', 'user'].sort());
      for (const [table, shown] of drawn()) {
        const isHost = table === 'tenants' || table === 'user';
        expect({ table, shown }).toEqual({ table, shown: isHost ? ['id'] : columns.get(table) });
      }
    });

    async function columnsOf(of: TestDatabase): Promise<Map<string, string[]>> {
      const rows =
        dialect === 'postgres'
          ? (await catalog(of))
              .filter(({ kind }) => kind === 'column')
              .sort((a, b) => Number.parseInt(a.definition) - Number.parseInt(b.definition))
              .map(({ table, name: column }) => ({ table, column }))
          : await of.sql<{ table: string; column: string }>(
              `SELECT m.name AS "table", c.name AS "column"
             FROM (SELECT name FROM sqlite_master WHERE name NOT LIKE '\\_cf\\_%' ESCAPE '\\') m
             JOIN pragma_table_info(m.name) c ORDER BY m.name, c.cid`,
            );
      const tables = new Map<string, string[]>();
      for (const { table, column } of rows) {
        tables.set(table, [...(tables.get(table) ?? []), column]);
      }
      return tables;
    }
  },
);

describe('T1 U1 npm run docs:erd', () => {
  it('T1 U1 draws the picture that is there, and with --check finds an old one', async () => {
    const folder = newFolder('picture');
    const file = join(folder, 'docs/schema.svg');
    for (const name of ['src', 'node_modules']) {
      symlinkSync(join(ROOT, name), join(folder, name), 'junction');
    }
    cpSync(join(ROOT, 'scripts'), join(folder, 'scripts'), { recursive: true });
    cpSync(join(ROOT, 'tsconfig.json'), join(folder, 'tsconfig.json'));
    mkdirSync(join(folder, 'docs'));
    const erd = (...words: string[]): Promise<Run> =>
      run(['-r', 'ts-node/register', 'scripts/erd.ts', ...words], { cwd: folder });

    expect((await erd('--check')).exitCode).toBe(1);
    writeFileSync(file, PICTURE.replace('stripe_product_id', 'stripe_id'));
    const old = await erd('--check');
    expect({ ...old, stderr: old.stderr.split('\n').length }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 2,
    });
    expect((await erd()).exitCode).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(PICTURE);
    expect((await erd('--check')).exitCode).toBe(0);
    expect((await erd('--chekc')).exitCode).toBe(1);
  });
});
