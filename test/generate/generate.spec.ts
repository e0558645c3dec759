import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { catalog, engines, enginesByUrl } from '../support/engines';
import type { Dialect, TestDatabase, TestEngine } from '../support/engines';
import { appliedMigrations } from '../cli/tables';
import { CHANGES, attempt } from './changes';
import { ProjectCopy } from './project-copy';
import { allRows, danglingKeys, fill, withColumnsOf } from './rows';
import type { Rows } from './rows';

const NOTHING = 'The migrations match the entities: nothing to generate.\n';

describe('T2 C3 db:generate', () => {
  it('writes nothing and says so in one line when there is nothing to do', async () => {
    const copy = new ProjectCopy();
    expect(await copy.generate('AddNothing')).toEqual({
      exitCode: 0,
      stdout: NOTHING,
      stderr: '',
    });
    expect(copy.newFiles()).toEqual({ postgres: [], sqlite: [] });
  });

  it('refuses a name that is none in one line', async () => {
    const copy = new ProjectCopy();
    for (const words of [[], ['add-something'], ['Add', 'Something']]) {
      const { exitCode, stdout, stderr } = await copy.generate(...words);
      expect({ words, exitCode, stdout }).toEqual({ words, exitCode: 1, stdout: '' });
      expect(stderr).toBe(
        `A migration's name is one word in PascalCase, not "${words.join(' ')}": run \`npm run db:generate -- AddSomething\`.\n`,
      );
    }
    expect(copy.newFiles()).toEqual({ postgres: [], sqlite: [] });
  });
});

describe.each(CHANGES)('T2 C3 B3 db:generate for $title', (change) => {
  const copy = new ProjectCopy();

  beforeAll(async () => {
    for (const edit of change.edits) copy.edit(edit);
    const { exitCode, stdout, stderr } = await copy.generate('AddSomething');
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const { postgres, sqlite } = copy.newFiles();
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      [...postgres.map((file) => `postgres/${file}`), ...sqlite.map((file) => `sqlite/${file}`)]
        .map((file) => `wrote src/migrations/${file}`)
        .sort(),
    );
  });

  it('writes pairs of the same name and timestamp, and registers them', async () => {
    const { postgres, sqlite } = copy.newFiles();
    expect(postgres).toHaveLength(change.pairs);
    expect(sqlite).toEqual(postgres);
    for (const file of postgres) expect(file).toMatch(/^\d{13}-add-something[a-z-]*\.ts$/);
    for (const dialect of ['postgres', 'sqlite'] as const) {
      const migrations = await copy.newMigrations(dialect);
      for (const { name, up, down } of migrations) {
        expect(name).toMatch(/^AddSomething[A-Za-z]*\d{13}$/);
        expect([up.length, down.length]).not.toContain(0);
        expect(copy.list(dialect)).toMatch(new RegExp(`^import \\{ ${name} \\} from '`, 'm'));
        expect(copy.list(dialect)).toMatch(new RegExp(`^  ${name},$`, 'm'));
      }
    }
  });

  // Once is enough: the files of other changes differ in their SQL alone.
  if (change === CHANGES[0])
    it('writes what the compiler takes', async () => {
      const config = {
        extends: './tsconfig.json',
        compilerOptions: { types: ['node'], declaration: false },
        include: ['src/migrations'],
      };
      writeFileSync(join(copy.folder, 'tsconfig.migrations.json'), JSON.stringify(config));
      const tsc = require.resolve('typescript/bin/tsc');
      const words = [tsc, '--noEmit', '-p', 'tsconfig.migrations.json'];
      const output = await promisify(execFile)(process.execPath, words, { cwd: copy.folder });
      expect(output).toEqual({ stdout: '', stderr: '' });
    });

  it.each(enginesByUrl)(
    'keeps every row of every table on $name: up, down and up again',
    async (engine) => {
      const database = await filled(engine);
      const typed = async (...words: string[]) => {
        const { exitCode, stdout, stderr } = await copy.command(database.url, ...words);
        expect({ words, exitCode, stderr }).toEqual({ words, exitCode: 0, stderr: '' });
        return stdout;
      };
      const names = (await copy.newMigrations(engine.name)).map(({ name }) => name);
      const applied = await appliedMigrations(database);
      const before = await state(database);

      expect(JSON.parse(await typed('migrate', '--json'))).toMatchObject({ applied: names });
      const after = await state(database);
      expectKept(before.rows, after.rows);
      await expectChanged(database);

      const back = ['rollback', '--discard', '--to', String(applied.at(-1)), '--json'];
      expect(JSON.parse(await typed(...back))).toEqual({ reverted: [...names].reverse() });
      const reverted = await state(database);
      expect(reverted.catalog).toEqual(before.catalog);
      expectKept(before.rows, reverted.rows);
      expectLost(reverted.rows);
      expect(await danglingKeys(database)).toEqual([]);

      if (change.insufferable !== undefined) {
        await database.exec(change.insufferable.sql);
        const { exitCode, stderr } = await copy.command(database.url, 'migrate');
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(change.insufferable.by);
        expect(await appliedMigrations(database)).toEqual(applied);
        await database.exec(change.insufferable.undo);
        expect(await state(database)).toEqual(reverted);
      }

      await typed('migrate');
      expect(await state(database)).toEqual({ ...after, rows: expect.anything() as unknown });
      expectKept(before.rows, (await state(database)).rows);
      expect(await typed('check')).toBe('The tables match the entities.\n');
    },
  );

  it.each(engines.filter(({ dialect }) => dialect === 'sqlite'))(
    'keeps every row on $name where foreign keys are not turned off',
    async (engine) => {
      const database = await filled(engine);
      const migrations = await copy.newMigrations('sqlite');
      const before = await state(database);
      expect(await database.sql('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);

      await inTransaction(
        database,
        migrations.flatMap(({ up }) => up),
      );
      expectKept(before.rows, (await state(database)).rows);
      await expectChanged(database);

      await inTransaction(
        database,
        [...migrations].reverse().flatMap(({ down }) => down),
      );
      const reverted = await state(database);
      expect(reverted.catalog).toEqual(before.catalog);
      expectKept(before.rows, reverted.rows);
      expect(await danglingKeys(database)).toEqual([]);
    },
  );

  /** A database as it is before the change, with rows everywhere. */
  async function filled({ createDatabase }: TestEngine): Promise<TestDatabase> {
    const database = await createDatabase({ host: 'rows', billing: true });
    await fill(database);
    return database;
  }

  async function state(
    database: TestDatabase,
  ): Promise<{ catalog: readonly unknown[]; rows: Rows }> {
    return {
      catalog: await plainCatalog(database, change.loses !== undefined),
      rows: await allRows(database),
    };
  }

  /** Every row is there, with the values it had; only what the change itself takes may be gone. */
  function expectKept(before: Rows, rows: Rows): void {
    for (const [table, list] of Object.entries(before)) {
      expect({ table, rows: list.length }).not.toEqual({ table, rows: 0 });
    }
    expect(withColumnsOf(before, rows, change.loses)).toEqual(
      withColumnsOf(before, before, change.loses),
    );
  }

  function expectLost(rows: Rows): void {
    for (const [table = '', column = ''] of (change.loses ?? []).map((one) => one.split('.'))) {
      expect(new Set(rows[table]?.map((row) => row[column]))).toEqual(new Set([null]));
    }
  }

  /** The new column, CHECKs and indexes are there, and mean what they say. */
  async function expectChanged(database: TestDatabase): Promise<void> {
    expect(await danglingKeys(database)).toEqual([]);
    const entries = await catalog(database);
    for (const [name, text] of Object.entries(change.adds)) {
      const definition = entries.find((entry) => entry.name === name)?.definition;
      expect({ name, definition }).toEqual({
        name,
        definition: expect.stringMatching(text) as unknown,
      });
    }
    for (const { sql, by } of change.refused) {
      expect({ sql, answer: await attempt(database, sql) }).toEqual({
        sql,
        answer: expect.stringMatching(by) as unknown,
      });
    }
    for (const sql of change.taken ?? []) {
      expect({ sql, answer: await attempt(database, sql) }).toEqual({ sql, answer: 'taken' });
    }
    for (const { table, column, value } of change.fills ?? []) {
      const rows = (await allRows(database))[table];
      expect(new Set(rows?.map((row) => row[column]))).toEqual(new Set([value]));
    }
  }
});

async function inTransaction(database: TestDatabase, statements: readonly string[]): Promise<void> {
  const { binding } = database;
  if (binding) {
    await binding.batch(statements.map((statement) => binding.prepare(statement).bind()));
  } else {
    await database.exec('BEGIN');
    for (const statement of statements) await database.exec(statement);
    await database.exec('COMMIT');
  }
}

/**
 * The catalog without what has no meaning: white space, and the numbers that Postgres gives to
 * columns and never uses again. Where a column came back it stands last: then the order has none.
 */
async function plainCatalog(database: TestDatabase, anyOrder: boolean): Promise<unknown[]> {
  const entries = await catalog(database);
  return entries.map(({ kind, definition, ...rest }) => {
    const line = definition.replaceAll(/\s+/g, ' ');
    return { kind, ...rest, definition: PLAIN[database.dialect](kind, line, anyOrder) };
  });
}

const PLAIN: Record<Dialect, (kind: string, line: string, anyOrder: boolean) => unknown> = {
  postgres: (kind, line) => (kind === 'column' ? line.replace(/^\d+: /, '') : line),
  sqlite: (kind, line, anyOrder) =>
    kind === 'table' && anyOrder
      ? line
          .replaceAll(/^[^(]*\(|\)$/g, '')
          .split(/, ?(?="|CONSTRAINT)/)
          .map((part) => part.trim())
          .sort()
      : line,
};
