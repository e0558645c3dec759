import { USER_TABLES } from '../support/billing-tables';
import { closeAfterwards } from '../support/closing';
import { catalogOf, rowsOf, type CatalogEntry } from '../support/engines';
import { fetchLocal } from '../support/loopback';
import { hosts, type BetterAuthHost } from './better-auth-hosts';

/** The tables that Better Auth's own tool makes. */
const TABLES = ['user', 'session', 'account', 'verification'];
const OWNED = USER_TABLES.filter((table) => table !== 'subscription_plans');
const PASSWORD = 'correct horse battery staple';

describe.each(hosts)('U4 Better Auth on $name', ({ start }) => {
  let host: BetterAuthHost;
  let catalogBefore: readonly CatalogEntry[];
  /** Signed up before the first migration, and signed in all along. */
  let resident: Visitor;

  beforeAll(async () => {
    host = await start();
    closeAfterwards(() => host.close());
  });

  /** A browser: it sends the cookies that it was given. */
  class Visitor {
    #cookies = new Map<string, string>();

    async send(path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
      const response = await fetchLocal(`${host.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          origin: 'http://localhost',
          'content-type': 'application/json',
          cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; '),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
        if (/max-age=0/i.test(cookie)) this.#cookies.delete(name);
        else this.#cookies.set(name, value);
      }
      return { status: response.status, body: await response.json() };
    }

    /** The answer to a request that has to succeed. */
    async ok<Body = unknown>(path: string, body?: unknown): Promise<Body> {
      const answer = await this.send(path, body);
      expect({ path, ...answer }).toMatchObject({ status: 200 });
      return answer.body as Body;
    }

    signUp = (email: string): Promise<{ user: { id: string } }> =>
      this.ok('/api/auth/sign-up/email', { email, password: PASSWORD, name: 'Ada' });

    /** A copy, whose cookies stay as they are now. */
    copy(): Visitor {
      const copy = new Visitor();
      copy.#cookies = new Map(this.#cookies);
      return copy;
    }

    async email(): Promise<string | undefined> {
      const session = await this.ok<{ user: { email: string } } | null>('/api/auth/get-session');
      return session?.user.email;
    }
  }

  async function rows(tables: readonly string[]): Promise<Record<string, unknown>> {
    const found: Record<string, unknown> = {};
    for (const table of tables) found[table] = await rowsOf(host.database, table);
    return found;
  }

  const countOf = async (tables: readonly string[], user: string): Promise<number[]> => {
    const counts: number[] = [];
    for (const table of tables) {
      const column =
        table === 'user' ? 'id' : ['session', 'account'].includes(table) ? 'userId' : 'user_id';
      const found = await host.database.sql(
        `SELECT 1 AS "one" FROM "${table}" WHERE "${column}" = $1`,
        [user],
      );
      counts.push(found.length);
    }
    return counts;
  };

  /** Everything that a user does, from the first visit on, but leaving. */
  async function live(stage: string): Promise<{ visitor: Visitor; id: string }> {
    const email = `${stage}@example.com`;
    const newEmail = `new-${stage}@example.com`;
    const visitor = new Visitor();
    expect(await visitor.email()).toBeUndefined();
    const { user } = await visitor.signUp(email);
    expect(await visitor.email()).toBe(email);
    expect(await countOf(['user', 'session', 'account'], user.id)).toEqual([1, 1, 1]);

    const kept = visitor.copy();
    await visitor.ok('/api/auth/sign-out', {});
    expect(await visitor.email()).toBeUndefined();
    expect(await kept.email()).toBeUndefined();
    expect(await countOf(['session'], user.id)).toEqual([0]);

    const signIn = (address: string, password: string): ReturnType<Visitor['send']> =>
      visitor.send('/api/auth/sign-in/email', { email: address, password });
    expect(await signIn(email, 'not the password')).toMatchObject({ status: 401 });
    expect(await signIn(email, PASSWORD)).toMatchObject({ status: 200 });
    expect(await visitor.email()).toBe(email);

    await visitor.ok('/api/auth/change-email', { newEmail });
    expect(await visitor.email()).toBe(newEmail);
    expect(
      await new Visitor().send('/api/auth/sign-in/email', { email, password: PASSWORD }),
    ).toMatchObject({ status: 401 });
    expect(await signIn(newEmail, PASSWORD)).toMatchObject({ status: 200 });
    expect(
      await new Visitor().send('/api/auth/sign-up/email', {
        email: newEmail,
        password: PASSWORD,
        name: 'Eve',
      }),
    ).toMatchObject({ status: 422 });
    return { visitor, id: user.id };
  }

  async function leave({ visitor, id }: { visitor: Visitor; id: string }): Promise<void> {
    expect(
      await visitor.send('/api/auth/delete-user', { password: 'not the password' }),
    ).toMatchObject({ status: 400 });
    expect(await countOf(['user'], id)).toEqual([1]);
    await visitor.ok('/api/auth/delete-user', { password: PASSWORD });
    expect(await visitor.email()).toBeUndefined();
    expect(await countOf(['user', 'session', 'account'], id)).toEqual([0, 0, 0]);
  }

  /** Better Auth's tool has nothing to change, and the catalog entries of its tables are the same. */
  async function expectSameTables(): Promise<void> {
    expect(await new Visitor().ok('/host/migrate', {})).toEqual([]);
    expect(await catalogOf(host.database, TABLES)).toEqual(catalogBefore);
  }

  it('U4 works on the tables of its own tool, before up', async () => {
    expect(await new Visitor().ok('/host/migrate', {})).toEqual(expect.arrayContaining(TABLES));
    catalogBefore = await catalogOf(host.database, TABLES);
    expect(catalogBefore.filter(({ kind }) => kind === 'table')).toHaveLength(TABLES.length);

    await leave(await live('before'));
    resident = new Visitor();
    await resident.signUp('resident@example.com');
    await expectSameTables();
  });

  it('U4 works after up, on the same tables and rows, and a deleted user takes the billing rows along', async () => {
    const before = await rows(TABLES);
    expect(await new Visitor().ok('/billing/up', {})).toHaveLength(1);
    expect(await rows(TABLES)).toEqual(before);
    await expectSameTables();

    expect(await resident.email()).toBe('resident@example.com');
    const [{ id: stays } = { id: '' }] = await host.database.sql<{ id: string }>(
      `SELECT "id" FROM "user"`,
    );
    const ada = await live('after-up');
    await ada.visitor.ok('/billing/subscribe', { user: stays });
    await ada.visitor.ok('/billing/subscribe', { user: ada.id });
    expect(await countOf(OWNED, ada.id)).toEqual([1, 1, 1]);
    // Signing out, in and changing the address leave them alone.
    await live('neighbour');
    expect(await countOf(OWNED, ada.id)).toEqual([1, 1, 1]);

    await leave(ada);
    expect(await countOf(OWNED, ada.id)).toEqual([0, 0, 0]);
    expect(await countOf(OWNED, stays)).toEqual([1, 1, 1]);
    expect(await rowsOf(host.database, 'subscription_plans')).toHaveLength(1);
    await expectSameTables();
  });

  it('U4 U8 works after down, on the same tables and rows', async () => {
    const before = await rows(TABLES);
    expect(await new Visitor().ok('/billing/down', {})).toHaveLength(1);
    expect(await catalogOf(host.database, USER_TABLES)).toEqual([]);
    expect(await rows(TABLES)).toEqual(before);
    await expectSameTables();

    expect(await resident.email()).toBe('resident@example.com');
    await leave(await live('after-down'));
    expect(await resident.email()).toBe('resident@example.com');
    await expectSameTables();
  });
});
