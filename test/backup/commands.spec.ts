import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { backup } from '../../src';
import { progressLine } from '../../src/cli/progress-bar';
import { billing, billingFromSources } from '../cli/programs';
import { fill } from '../generate/rows';
import { USER } from '../schema/billing-database';
import { openBilling, openDataSource } from '../support/data-source';
import { engines, engineNamed } from '../support/engines';
import type { TestDatabase } from '../support/engines';
import type { Run } from '../support/run';
import { newFolder } from '../support/test-run';
import { countsOf, valuesOf } from './rows';

const typed = (database: TestDatabase, ...words: string[]): Promise<Run> =>
  billing(words, { cwd: database.cwd ?? newFolder('cwd'), env: { DATABASE_URL: database.url } });

describe.each(engines)(
  'R2 the commands backup and restore on $name',
  ({ name, createDatabase }) => {
    it('R2 write and read a folder, print the counts, and no progress where there is no terminal', async () => {
      const { database, dataSource } = await openBilling(createDatabase, { host: 'rows' });
      await fill(database);
      const folder = join(newFolder('backup'), 'typed');
      const expected = await countsOf(database);

      const written = await typed(database, 'backup', folder, '--json');
      expect(written).toMatchObject({ exitCode: 0, stderr: '' });
      const { tables } = JSON.parse(written.stdout) as {
        tables: { table: string; rows: number }[];
      };
      expect(Object.fromEntries(tables.map(({ table, rows }) => [table, rows]))).toEqual(expected);

      const values = await valuesOf(dataSource);
      const empty = await createDatabase({ host: 'rows', billing: true });
      await empty.sql('DELETE FROM "user" WHERE id = $1', [USER]);
      // Each process starts a workerd of its own on D1.
      if (name !== 'd1') {
        const refused = await typed(database, 'restore', folder);
        expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
        expect(refused.stderr).toMatch(/^There are rows already: .*3 in plans/);
        const orphans = await typed(empty, 'restore', folder);
        expect(orphans).toMatchObject({ exitCode: 1, stdout: '' });
        expect(orphans.stderr).toContain('--skip-orphans');
      }
      const restored = await typed(empty, 'restore', folder, '--skip-orphans');
      expect(restored).toMatchObject({ exitCode: 0, stderr: '' });
      expect(restored.stdout).toMatch(/^plans +3$/m);
      expect(restored.stdout).toContain('orphans-payment_attempts.jsonl');
      expect(existsSync(join(folder, 'orphans-payment_attempts.jsonl'))).toBe(true);
      const { plans } = await valuesOf(await openDataSource(empty));
      expect(plans).toEqual(values.plans);
    });
  },
);

const sqlite = engineNamed('sqlite');

it('R2 backup and restore need one folder', async () => {
  const cwd = newFolder('cwd');
  for (const words of [['backup'], ['restore'], ['backup', 'a', 'b'], ['restore', '']]) {
    const { exitCode, stderr } = await billingFromSources(words, { cwd });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: expect.stringContaining('needs the name of one folder') as unknown,
    });
  }
});

it('R2 the line of progress says what is done to which table, and how far', () => {
  expect(
    progressLine({ step: 'backup', table: 'payment_attempts', rows: 250_000, total: 1_000_000 }),
  ).toBe('writing payment_attempts ██████                   250,000 of 1,000,000');
});

it('R2 a key of the host of another type refuses the restore', async () => {
  const { database, dataSource } = await openBilling(sqlite.createDatabase, { host: 'rows' });
  await fill(database);
  const folder = join(newFolder('backup'), 'keys');
  await backup(dataSource, folder);
  const { exitCode, stderr } = await billing(['restore', folder], {
    cwd: newFolder('cwd'),
    env: {
      DATABASE_URL: `sqlite:${join(newFolder('sqlite'), 'other.sqlite')}`,
      BILLING_USER: 'accounts.id:integer',
    },
  });
  expect(exitCode).toBe(1);
  expect(stderr).toContain('user.id of type text, and billing here to accounts.id of type integer');
});
