import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  HOST_TABLES,
  TENANT_IDS,
  USER_IDS,
  catalog,
  catalogOf,
  describeOn,
  engineNamed,
  engines,
  rowsOf,
} from './engines';
import type { TestDatabase } from './engines';
import { run } from './run';

describe.each(engines)('the test database on $name', ({ name, dialect, createDatabase }) => {
  it('is one of its own, of the engine asked for', async () => {
    const [first, second] = await Promise.all([
      createDatabase({ host: 'none' }),
      createDatabase({ host: 'none' }),
    ]);
    const place = ({ url, cwd }: TestDatabase): unknown => ({ url, cwd });
    expect(place(first)).not.toEqual(place(second));
    expect(first).toMatchObject({ engine: name, dialect });
    if (name === 'd1') {
      expect(first.url).toBe('d1:DB');
      expect(existsSync(join(first.cwd!, 'wrangler.jsonc'))).toBe(true);
    } else if (name === 'sqlite') {
      expect(existsSync(first.url.slice('sqlite:'.length))).toBe(true);
    } else {
      expect(first.url).toMatch(/^postgres(?:ql)?:\/\//);
      const [server] = await first.sql<{ v: number }>(
        `SELECT current_setting('server_version_num')::int AS v`,
      );
      expect(server?.v).toBeGreaterThanOrEqual(150_000);
    }

    await first.exec('CREATE TABLE a (x text); CREATE TABLE b (y text);');
    expect(await names(first, 'table')).toEqual(['a', 'b']);
    expect(await names(second, 'table')).toEqual([]);
  });

  it('holds the tables of a host, without rows', async () => {
    const database = await createDatabase();
    expect(await names(database, 'table')).toEqual([...HOST_TABLES].sort());
    for (const table of HOST_TABLES) expect(await rowsOf(database, table)).toEqual([]);
  });

  it('holds the rows of a host, with the ids that are exported', async () => {
    const database = await createDatabase({ host: 'rows' });
    expect((await rowsOf(database, 'tenants')).map(({ id }) => id)).toEqual(TENANT_IDS);
    expect((await rowsOf(database, 'user')).map(({ id }) => id)).toEqual(USER_IDS);
    for (const table of ['session', 'account']) {
      expect((await rowsOf(database, table)).map(({ userId }) => userId)).toEqual(USER_IDS);
    }
  });

  it('takes $1 in any order and more than once, and leaves quoted text alone', async () => {
    const database = await createDatabase({ host: 'none' });
    await database.exec('CREATE TABLE t (a text, b text, c text, d text)');
    await database.sql(`INSERT INTO t (a, b, c, d) VALUES ($2, $1, $2, '$1''s')`, ['one', 'two']);
    expect(await rowsOf(database, 't')).toEqual([{ a: 'two', b: 'one', c: 'two', d: "$1's" }]);
  });

  it('refuses a statement that breaks a foreign key, and cascades', async () => {
    const database = await createDatabase({ host: 'rows' });
    await expect(
      database.sql(
        `INSERT INTO "session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "userId")
         VALUES ('x', '2036-01-01', 'x', '2026-01-01', '2026-01-01', $1)`,
        ['nobody'],
      ),
    ).rejects.toThrow(/foreign key/i);
    await database.sql('DELETE FROM "user" WHERE "id" = $1', [USER_IDS[0]]);
    expect((await rowsOf(database, 'session')).map(({ userId }) => userId)).toEqual(
      USER_IDS.slice(1),
    );
  });

  it('closes, twice too', async () => {
    const database = await createDatabase({ host: 'none' });
    await database.close();
    await database.close();
    await expect(database.sql('SELECT 1')).rejects.toThrow(/closed/i);
  });

  describe('its catalog', () => {
    it('is the same for the same statements', async () => {
      const [first, second] = await Promise.all([createDatabase(), createDatabase()]);
      expect(await catalog(first)).toEqual(await catalog(second));
    });

    it.each(
      [
        ['a table', 'CREATE TABLE extra (id integer)'],
        ['a column', 'ALTER TABLE tenants ADD COLUMN extra text'],
        ['an index', 'CREATE INDEX extra ON tenants (name)'],
        ['a view', 'CREATE VIEW extra AS SELECT id FROM tenants'],
        ...(dialect === 'sqlite'
          ? [
              [
                'a trigger',
                'CREATE TRIGGER extra AFTER DELETE ON tenants BEGIN DELETE FROM "user"; END',
              ],
            ]
          : [
              ['a default', `ALTER TABLE tenants ALTER COLUMN name SET DEFAULT 'x'`],
              ['nullability', 'ALTER TABLE tenants ALTER COLUMN name DROP NOT NULL'],
              ['a type', 'ALTER TABLE tenants ALTER COLUMN name TYPE varchar(100)'],
              ['a check', 'ALTER TABLE tenants ADD CONSTRAINT extra CHECK (length(name) > 0)'],
              [
                'a foreign key not valid',
                'ALTER TABLE "session" ADD CONSTRAINT extra FOREIGN KEY ("userId") REFERENCES "user" ("id") NOT VALID',
              ],
              [
                'a trigger',
                'CREATE TRIGGER extra BEFORE UPDATE ON tenants FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
              ],
              ['row security', 'ALTER TABLE tenants ENABLE ROW LEVEL SECURITY'],
              ['a type of its own', `CREATE TYPE extra AS ENUM ('a')`],
              ['a sequence', 'CREATE SEQUENCE extra'],
              ['an extension', 'CREATE EXTENSION pg_trgm'],
              ['a comment', `COMMENT ON COLUMN tenants.name IS 'x'`],
            ]),
      ].map(([what = '', statement = '']) => ({ what, statement })),
    )('shows $what that was added', async ({ statement }) => {
      const database = await createDatabase();
      const before = await catalog(database);
      await database.exec(statement);
      expect(await catalog(database)).not.toEqual(before);
    });

    it('leaves out the list of applied migrations', async () => {
      const database = await createDatabase();
      const before = await catalog(database);
      await database.exec(
        dialect === 'sqlite'
          ? 'CREATE TABLE "migrations" (id integer PRIMARY KEY AUTOINCREMENT NOT NULL)'
          : 'CREATE TABLE "migrations" (id SERIAL NOT NULL PRIMARY KEY)',
      );
      expect(await catalog(database)).toEqual(before);
    });

    it('can be had of some tables only', async () => {
      const database = await createDatabase();
      const part = await catalogOf(database, ['session', 'tenants']);
      expect(new Set(part.map(({ table }) => table))).toEqual(new Set(['session', 'tenants']));
      expect(part.map(({ name: entry }) => entry)).toContain('session_userId_idx');
      await database.exec('CREATE TABLE extra (id integer)');
      expect(await catalogOf(database, ['session', 'tenants'])).toEqual(part);
    });
  });
});

describeOn('d1', 'U7 the test database on D1', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase({ host: 'rows' });
  });

  it('is what another process finds in its folder, which sees it and writes to it', async () => {
    const script = `require('wrangler').getPlatformProxy().then(async ({ env, dispose }) => {
      await env.DB.prepare('DELETE FROM "session" WHERE "userId" = ?').bind('${USER_IDS[0]}').run();
      const { results } = await env.DB.prepare('SELECT "userId" FROM "session" ORDER BY 1').all();
      console.log(JSON.stringify(results.map(({ userId }) => userId)));
      await dispose();
    });`;
    const { exitCode, stdout, stderr } = await run(['-e', script], {
      cwd: database.cwd!,
      env: { NODE_PATH: join(__dirname, '../../node_modules'), WRANGLER_SEND_METRICS: 'false' },
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(USER_IDS.slice(1));
    expect((await rowsOf(database, 'session')).map(({ userId }) => userId)).toEqual(
      USER_IDS.slice(1),
    );
  });

  it("is a real one, with D1's own ways", async () => {
    await expect(database.sql('BEGIN')).rejects.toThrow(/D1_ERROR.*transaction/s);
    await expect(database.sql('SELECT sqlite_version()')).rejects.toThrow('not authorized');
    expect(await database.sql('PRAGMA foreign_keys')).toEqual([{ foreign_keys: 1 }]);
    await database.exec('CREATE TABLE kinds (value text)');
    for (const value of [5, 'x', true, null, -0, Number.NaN]) {
      await database.sql('INSERT INTO kinds VALUES ($1)', [value]);
    }
    expect(await database.sql('SELECT value FROM kinds ORDER BY rowid')).toEqual(
      ['5.0', 'x', '1.0', null, '0.0', null].map((value) => ({ value })),
    );
  });

  it('keeps a batch together, and its bytes as they are', async () => {
    const binding = database.binding!;
    await database.exec('CREATE TABLE bytes (value blob UNIQUE)');
    const insert = binding.prepare('INSERT INTO bytes VALUES (?)');
    const [zero, one] = [new Uint8Array([0, 255]), new Uint8Array([1])];
    await expect(
      binding.batch([insert.bind(zero), insert.bind(one), insert.bind(one)]),
    ).rejects.toThrow(/D1_ERROR: UNIQUE constraint failed: bytes.value/);
    expect(await rowsOf(database, 'bytes')).toEqual([]);
    await binding.batch([insert.bind(zero), insert.bind(one)]);
    expect(await database.sql('SELECT hex(value) AS value FROM bytes ORDER BY 1')).toEqual([
      { value: '00FF' },
      { value: '01' },
    ]);
  });
});

async function names(database: TestDatabase, kind: string): Promise<string[]> {
  return (await catalog(database)).filter((entry) => entry.kind === kind).map(({ name }) => name);
}
