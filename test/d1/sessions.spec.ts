import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import {
  type D1Binding,
  type D1SessionBinding,
  D1DataSource,
  Plan,
  tenantBilling,
} from '../../src/d1';
import type { D1Statement } from '../../src/driver/d1/binding';
import type { D1Client } from '../support/d1-client';
import { opened } from '../support/data-source';
import { engineNamed, type TestDatabase } from '../support/engines';
import { assertProperty, runs } from '../support/runs';
import { Author, CountingSubscriber, entities } from './sessions/entities';
import { operations, separate } from './sessions/operations';

const seed = Number(process.env.FC_SEED ?? 20_261_125);

/** A binding that notes the values that it is sent, and can be broken. */
class Watched implements D1SessionBinding {
  readonly seen: string[] = [];
  isBroken = false;

  constructor(private readonly binding: D1Binding & Partial<D1SessionBinding>) {}

  prepare(sql: string): D1Statement {
    this.#note(sql);
    const statement = this.binding.prepare(sql);
    const bind = statement.bind.bind(statement);
    return Object.assign(statement, {
      bind: (...values: unknown[]) => {
        this.#note(JSON.stringify(values));
        return bind(...values);
      },
    });
  }

  batch(statements: D1Statement[]): ReturnType<D1Binding['batch']> {
    this.#note('batch');
    return this.binding.batch(statements);
  }

  getBookmark(): string | null {
    return this.binding.getBookmark?.() ?? null;
  }

  #note(text: string): void {
    this.seen.push(text);
    if (this.isBroken) throw new Error(`The binding of the shared DataSource was sent ${text}`);
  }
}

describe('B1 a DataSource on a D1 session', () => {
  let database: TestDatabase;
  let client: D1Client;
  let base: D1DataSource;
  let shared: Watched;
  let count = 0;

  beforeAll(async () => {
    database = await engineNamed('d1').createDatabase({ host: 'rows', billing: true });
    client = database.binding as D1Client;
    shared = new Watched(client);
    // With a cache, TypeORM would read in the transaction that makes tables.
    const all = [...tenantBilling.entities, ...entities];
    const maker = new D1DataSource({ database: client, entities: all, synchronize: true });
    await (await maker.initialize()).destroy();
    base = await opened(
      new D1DataSource({
        database: shared,
        entities: all,
        migrations: tenantBilling.migrations.sqlite,
        subscribers: [CountingSubscriber],
        cache: true,
      }),
    );
    await base.queryResultCache!.synchronize();
  });

  beforeEach(() => {
    shared.isBroken = true;
    shared.seen.length = 0;
  });

  const open = (start?: string): { watched: Watched; session: DataSource } => {
    const watched = new Watched(client.withSession(start));
    return { watched, session: base.withSession(watched) };
  };

  it.each(Object.keys(operations))(
    'B1 sends nothing to the binding of the shared DataSource: %s',
    async (name) => {
      const { watched, session } = open();
      const key = `k${String((count += 1))}`;
      await operations[name]!(session, key);
      expect(shared.seen).toEqual([]);
      expect(watched.seen.length).toBeGreaterThan(0);
    },
  );

  it('B1 sends nothing to another session, whatever several do at a time', async () => {
    const names = fc.array(fc.constantFrom(...Object.keys(separate)), {
      minLength: 1,
      maxLength: 3,
    });
    await assertProperty(
      fc.asyncProperty(fc.array(names, { minLength: 2, maxLength: 3 }), async (requests) => {
        const all = await Promise.all(
          requests.map(async (work) => {
            const { watched, session } = open();
            const label = `r${String((count += 1))}x`;
            for (const [index, name] of work.entries()) {
              await separate[name]!(session, label + String(index));
            }
            return { watched, label };
          }),
        );
        expect(shared.seen).toEqual([]);
        for (const { watched } of all) {
          const labels = all.filter(({ label }) => watched.seen.join('\n').includes(label));
          expect(labels.map((one) => one.watched === watched)).toEqual([true]);
        }
      }),
      { seed, numRuns: runs(3, 100) },
    );
  });

  it('B1 leaves the shared DataSource to its own binding, with its own managers and entities', async () => {
    const { watched, session } = open();
    await session.manager.insert(Author, { id: 'of both', name: 'both' });
    watched.seen.length = 0;
    shared.isBroken = false;
    const author = await base.manager.findOneByOrFail(Author, { id: 'of both' });
    expect(await author.books).toEqual([]);
    expect(await base.manager.create(Author, { id: 'of both' }).books).toEqual([]);
    expect(watched.seen).toEqual([]);
    expect(shared.seen).toHaveLength(6);
    expect(session.getRepository(Author)).toBe(session.getRepository(Author));
    expect(session.getRepository(Author)).not.toBe(base.getRepository(Author));
    expect(session.getMetadata(Author)).toBe(base.getMetadata(Author));
  });

  it('B1 passes on the bookmark, with which the next session sees what this one wrote', async () => {
    const binding = client.withSession('first-primary');
    const first = base.withSession(binding);
    expect(first.getBookmark()).toBeNull();
    await first.getRepository(Plan).insert({ name: 'bookmarked' });
    const bookmark = first.getBookmark();
    expect(bookmark).toMatch(/^[0-9a-f]+(?:-[0-9a-f]+)+$/);
    expect(binding.getBookmark()).toBe(bookmark);
    const next = base.withSession(client.withSession(bookmark!));
    expect(await next.getRepository(Plan).countBy({ name: 'bookmarked' })).toBe(1);
    expect(next.getBookmark()! > bookmark!).toBe(true);
    expect(first.getBookmark()).toBe(bookmark);
  });

  it('B1 is closed without the shared DataSource, and is not opened again', async () => {
    const { session } = open();
    const other = open().session;
    expect(session.isInitialized).toBe(true);
    await expect(session.initialize()).rejects.toMatchObject({ code: 'INVALID_CALL' });
    await session.destroy();
    expect(session.isInitialized).toBe(false);
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ code: 'DATA_SOURCE_CLOSED' });
    await expect(session.initialize()).rejects.toMatchObject({
      code: 'INVALID_CALL',
      message: expect.stringMatching(/after destroy\(\) call withSession\(\) again/) as string,
    });
    expect(await other.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    shared.isBroken = false;
    expect(await base.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('B1 keeps options that are set on it to itself', () => {
    const { session } = open();
    session.setOptions({ maxQueryExecutionTime: 1, logging: true });
    expect(session.options.maxQueryExecutionTime).toBe(1);
    expect(base.options.maxQueryExecutionTime).toBeUndefined();
    expect(base.options.logging).toBeUndefined();
  });

  it.each([
    ['a binding without a session', () => client, /was given a D1 binding without a session/],
    ['a bookmark', () => 'first-primary', /was given "first-primary", which is no D1 session/],
    ['nothing', () => undefined, /was given undefined/],
    ['null', () => null, /was given null/],
    ['another object', () => ({ getBookmark: () => null }), /was given another object/],
  ])('B1 refuses %s in the place of a session', (_what, given, message) => {
    expect.assertions(1);
    try {
      base.withSession(given() as unknown as D1SessionBinding);
    } catch (error) {
      expect(error).toMatchObject({
        code: 'INVALID_CALL',
        message: expect.stringMatching(message) as string,
      });
    }
  });

  it('B1 refuses a session of a session, and a DataSource that is not open', async () => {
    const refusal = (code: string): unknown => expect.objectContaining({ code });
    const binding = client.withSession();
    const session = base.withSession(binding);
    expect(() => session.withSession(client.withSession())).toThrow(
      refusal('INVALID_CALL') as Error,
    );
    const closed = new D1DataSource({ database: client, entities });
    expect(() => closed.withSession(binding)).toThrow(refusal('DATA_SOURCE_CLOSED') as Error);
    await closed.initialize();
    expect(closed.withSession(binding).isInitialized).toBe(true);
    await closed.destroy();
    expect(() => closed.withSession(binding)).toThrow(refusal('DATA_SOURCE_CLOSED') as Error);
  });
});
