import type { DataSource, EntityManager } from 'typeorm';
import { check, pendingSql, Plan, status, Subscription } from '../../../src/d1';
import { TENANT_IDS } from '../../support/host-tables';
import { Author, Book, Shelf, Tag } from './entities';

/** Something that a request does with its DataSource. `key` is in the values of all that it writes. */
export type Operation = (dataSource: DataSource, key: string) => Promise<unknown>;

/** An author of two books, one of them on a shelf, with a tag each. */
async function write(manager: EntityManager, key: string): Promise<void> {
  await manager.insert(Author, { id: key, name: `name ${key}` });
  await manager.insert(Shelf, { id: `shelf ${key}` }).catch(() => undefined);
  for (const number of [1, 2]) {
    await manager.insert(Book, {
      id: `${key} ${String(number)}`,
      title: `title ${key}`,
      author: { id: key } as never,
      shelf: number === 1 ? { id: `shelf ${key}` } : null,
    });
    await manager.insert(Tag, { id: `tag ${key} ${String(number)}` });
  }
  await manager
    .createQueryBuilder()
    .relation(Book, 'tags')
    .of(`${key} 1`)
    .add([`tag ${key} 1`, `tag ${key} 2`]);
}

const expectEqual = (actual: unknown, expected: unknown): void => {
  expect(actual).toEqual(expected);
};

const ids = (rows: readonly { id: string }[]): string[] => rows.map(({ id }) => id).sort();

const bookIds = (key: string): string[] => [`${key} 1`, `${key} 2`];

/** Reads what was written in all ways that make statements of their own. */
const READS: Readonly<Record<string, Operation>> = {
  async lazyOfFound({ manager }, key) {
    const author = await manager.findOneByOrFail(Author, { id: key });
    const books = await author.books;
    expectEqual(ids(books), bookIds(key));
    const [first] = books.filter(({ id }) => id === `${key} 1`);
    expectEqual((await first!.author).id, key);
    expectEqual(ids(await first!.tags), [`tag ${key} 1`, `tag ${key} 2`]);
  },
  async lazyOfCreated({ manager }, key) {
    const author = manager.create(Author, { id: key });
    expectEqual(ids(await author.books), bookIds(key));
    const empty = manager.create(Author);
    empty.id = key;
    expectEqual(ids(await empty.books), bookIds(key));
    const [of] = manager.getRepository(Author).create([{ id: key }]);
    expectEqual(ids(await of!.books), bookIds(key));
  },
  async lazyOfNested({ manager }, key) {
    const book = manager.create(Book, { id: `${key} 1`, author: { id: key } as never });
    expectEqual(ids(await (await book.author).books), bookIds(key));
  },
  async lazyOfMerged({ manager }, key) {
    const target = manager.create(Author, { id: 'nobody' });
    const merged = manager.merge(Author, target, { id: key, books: [{ id: `${key} 2` }] as never });
    const [book] = await merged.books;
    expectEqual((await book!.author).id, key);
  },
  async lazyOfPreloaded({ manager }, key) {
    const author = await manager.preload(Author, { id: key, name: 'other' });
    expectEqual(ids(await author!.books), bookIds(key));
  },
  async lazyAfterTransaction(dataSource, key) {
    const author = await dataSource.transaction((manager) =>
      manager.findOneByOrFail(Author, { id: key }),
    );
    expectEqual(ids(await author.books), bookIds(key));
    const created = await dataSource.transaction((manager) =>
      Promise.resolve(manager.create(Author, { id: key })),
    );
    expectEqual(ids(await created.books), bookIds(key));
  },
  async relations({ manager }, key) {
    for (const relationLoadStrategy of ['join', 'query'] as const) {
      const [book] = await manager.find(Book, {
        where: { author: { id: key }, shelf: { id: `shelf ${key}` } },
        relations: { author: true, tags: true },
        relationLoadStrategy,
      });
      expectEqual((await book!.tags).length, 2);
      expectEqual(book!.shelf?.id, `shelf ${key}`);
      expectEqual(ids(await (await book!.author).books), bookIds(key));
    }
  },
  async relationIds({ manager }, key) {
    const [book] = await manager.find(Book, {
      where: { id: `${key} 1` },
      loadRelationIds: true,
    });
    expectEqual((await (book!.tags as unknown as Promise<string[]>)).length, 2);
    const [counted] = await manager
      .createQueryBuilder(Book, 'book')
      .loadRelationIdAndMap('book.tagIds', 'book.tags')
      .loadAllRelationIds({ relations: ['author'] })
      .where('book.id = :id', { id: `${key} 1` })
      .getMany();
    expectEqual((counted as unknown as { tagIds: string[] }).tagIds.length, 2);
  },
  async pages({ manager }, key) {
    const [books, count] = await manager.findAndCount(Book, {
      where: { author: { id: key } },
      relations: { tags: true },
      order: { id: 'ASC' },
      skip: 1,
      take: 1,
    });
    expectEqual([ids(books), count], [[`${key} 2`], 2]);
    expectEqual(await manager.existsBy(Book, { id: `${key} 1` }), true);
    expectEqual(await manager.sum(Book, 'sold', { id: `${key} 1` }), 0);
  },
  async cached({ manager }, key) {
    for (let turn = 0; turn < 2; turn += 1) {
      const books = await manager.find(Book, { where: { author: { id: key } }, cache: true });
      expectEqual(ids(books), bookIds(key));
    }
    await manager.dataSource.queryResultCache!.remove([`cache ${key}`]);
  },
  async ofRelation({ manager }, key) {
    const tags = await manager
      .createQueryBuilder()
      .relation(Book, 'tags')
      .of(`${key} 1`)
      .loadMany<Tag>();
    expectEqual(tags.length, 2);
    const books = manager.getRepository(Author).createQueryBuilder('author');
    expectEqual(
      await books
        .innerJoin((query) => query.from(Book, 'b').select('b.id', 'id'), 'b', 'b.id = :id')
        .where('author.id = :key', { key, id: `${key} 1` })
        .clone()
        .getCount(),
      1,
    );
  },
  async raw(dataSource, key) {
    const rows: unknown = await dataSource.query('SELECT id FROM author WHERE id = ?', [key]);
    expectEqual(rows, [{ id: key }]);
    expectEqual(await dataSource.manager.query('SELECT 1 AS one'), [{ one: 1 }]);
    expectEqual(await dataSource.sql`SELECT id FROM author WHERE id = ${key}`, rows);
  },
  async queryRunner(dataSource, key) {
    const runner = dataSource.createQueryRunner();
    try {
      expectEqual(await runner.hasTable('author'), true);
      const author = await runner.manager.findOneByOrFail(Author, { id: key });
      expectEqual((await author.books).length, 2);
      const created = runner.manager.create(Author, { id: key });
      expectEqual((await created.books).length, 2);
    } finally {
      await runner.release();
    }
  },
  async trees(dataSource, key) {
    const shelves = dataSource.getTreeRepository(Shelf);
    const parent = await shelves.save({ id: `parent ${key}` });
    await shelves.save({ id: `child ${key}`, parent });
    expectEqual(ids(await shelves.findDescendants(parent)), [`child ${key}`, `parent ${key}`]);
    expectEqual((await shelves.findDescendantsTree(parent)).children.length, 1);
    await shelves.countAncestors(parent);
  },
  async customRepository({ manager }, key) {
    const authors = manager.getRepository(Author).extend({
      named(id: string) {
        return this.findOneByOrFail({ id });
      },
    });
    expectEqual((await (await authors.named(key)).books).length, 2);
    const again = manager.withRepository(authors);
    expectEqual((await again.named(key)).id, key);
  },
};

const WRITES: Readonly<Record<string, Operation>> = {
  async saves({ manager }, key) {
    const author = await manager.findOneByOrFail(Author, { id: key });
    author.name = `changed ${key}`;
    await manager.save(author);
    await manager.save(Author, { id: key, name: `again ${key}` });
    const book = manager.create(Book, { id: `new ${key}`, title: `new ${key}` });
    book.author = Promise.resolve(manager.create(Author, { id: `second ${key}`, name: key }));
    await manager.save(book);
    expectEqual(await manager.countBy(Author, { name: key }), 1);
    await manager.softRemove(book);
    await manager.recover(book);
    await manager.remove(book);
    expectEqual(await manager.countBy(Book, { id: `new ${key}` }), 0);
  },
  async plainWrites({ manager }, key) {
    await manager.update(Book, { id: `${key} 1` }, { sold: 3 });
    await manager.increment(Book, { id: `${key} 1` }, 'sold', 2);
    await manager.upsert(Book, { id: `${key} 1`, title: `title ${key}` }, ['id']);
    await manager.softDelete(Book, { id: `${key} 2` });
    await manager.restore(Book, { id: `${key} 2` });
    expectEqual((await manager.findOneByOrFail(Book, { id: `${key} 1` })).sold, 5);
    await manager.insert(Author, { id: `gone ${key}`, name: 'gone' });
    await manager.delete(Author, { id: `gone ${key}` });
  },
  async transactions(dataSource, key) {
    await dataSource.transaction(async (manager) => {
      await manager.save(manager.create(Author, { id: `t ${key}`, name: key }));
      await manager.getRepository(Tag).insert({ id: `t ${key}` });
    });
    await expect(
      dataSource.transaction(async (manager) => {
        await manager.insert(Author, { id: `rolled back ${key}`, name: key });
        throw new Error('on purpose');
      }),
    ).rejects.toThrow('on purpose');
    expectEqual(await dataSource.manager.countBy(Author, { id: `t ${key}` }), 1);
    expectEqual(await dataSource.manager.countBy(Author, { id: `rolled back ${key}` }), 0);
  },
  async builders(dataSource, key) {
    const builder = (): ReturnType<typeof dataSource.createQueryBuilder> =>
      dataSource.createQueryBuilder();
    const id = `b ${key}`;
    await builder().insert().into(Author).values({ id, name: key }).execute();
    await builder().update(Author).set({ name: 'b' }).where('id = :id', { id }).execute();
    await builder().softDelete().from(Book).where('id = :id', { id }).execute();
    await builder().restore().from(Book).where('id = :id', { id }).execute();
    await builder().delete().from(Author).where('id = :id', { id }).execute();
    expectEqual(await dataSource.getRepository(Author).countBy({ id }), 0);
  },
  async billing({ manager }, key) {
    const plan = await manager.save(manager.create(Plan, { name: key }));
    const subscriptions = manager.getRepository(Subscription);
    const slot = key.replaceAll(' ', '-');
    await subscriptions.save(
      subscriptions.create({ tenantId: TENANT_IDS[0], plan, status: 'active', slot }),
    );
    const found = await subscriptions.findOneOrFail({ where: { slot }, relations: { plan: true } });
    expectEqual(found.plan?.name, key);
    await subscriptions.update({ id: found.id, version: found.version }, { quantity: 2 });
    await expect(manager.insert(Plan, { name: key, trialDays: -1 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
  },
};

/** They read what others wrote, and change nothing that is there. */
const OTHERS: Readonly<Record<string, Operation>> = {
  async allTrees(dataSource) {
    await dataSource.getTreeRepository(Shelf).findTrees();
  },
  async schema(dataSource) {
    expectEqual(await check(dataSource), []);
    expectEqual(await dataSource.showMigrations(), false);
    expectEqual((await status(dataSource)).map(({ state }) => state).includes('pending'), false);
    expectEqual(await pendingSql(dataSource), []);
    expectEqual(await dataSource.runMigrations(), []);
    await dataSource.driver.createSchemaBuilder().log();
    await dataSource.synchronize();
  },
};

/** The operations that touch only what they wrote. */
export const separate: Readonly<Record<string, Operation>> = {
  ...Object.fromEntries(
    Object.entries({ ...READS, ...WRITES }).map(([name, operation]): [string, Operation] => [
      name,
      async (dataSource, key) => {
        await write(dataSource.manager, key);
        await operation(dataSource, key);
      },
    ]),
  ),
};

export const operations = { ...separate, ...OTHERS };
