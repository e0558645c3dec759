import { type DataSource, Like } from 'typeorm';
import { opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';
import {
  createHostDataSource,
  Document,
  Draft,
  Entry,
  HOST_OWN_TABLES,
  Page,
  Setting,
} from './host-classes';

describe.each(engines)(
  "B1 a host's own entities on $name",
  ({ dialect, transactions, createDatabase }) => {
    const interactive = transactions === 'interactive';
    let database: TestDatabase;
    let dataSource: DataSource;

    beforeAll(async () => {
      database = await createDatabase({ host: 'none' });
      await database.exec(HOST_OWN_TABLES[database.dialect]);
      dataSource = await opened(createHostDataSource(database));
    });

    it('B1 save() gives a new one complete: id, default and timestamps', async () => {
      const documents = dataSource.getRepository(Document);
      const saved = await documents.save(documents.create({ title: 'new' }));
      expect(saved).toMatchObject({ copies: 3, createdAt: expect.any(Date) as unknown });
      expect(await documents.findOneByOrFail({ id: saved.id })).toEqual(saved);
    });

    it('B1 save() of a changed one gives its new stamp', async () => {
      const documents = dataSource.getRepository(Document);
      const saved = await documents.save(documents.create({ title: 'before' }));
      const before = saved.updatedAt;
      await new Promise((resolve) => setTimeout(resolve, 5));
      saved.title = 'after';
      await documents.save(saved);
      expect(saved.updatedAt > before).toBe(true);
      expect(await documents.findOneByOrFail({ id: saved.id })).toEqual(saved);
    });

    it('B1 save() gives the defaults of all types, and saving again keeps them', async () => {
      const settings = dataSource.getRepository(Setting);
      const saved = await settings.save(settings.create({ id: 's' }));
      expect(saved).toEqual({
        id: 's',
        ...{ theme: 'light', clock: "o'clock", layout: { a: 1 }, shown: true, note: null },
      });
      saved.note = 'changed';
      await settings.save(saved);
      expect(await settings.findOneByOrFail({ id: 's' })).toEqual(saved);
    });

    it('B1 many are removed at once', async () => {
      const drafts = dataSource.getRepository(Draft);
      const many = Array.from({ length: 150 }, (_, index) => ({ id: `d${index}`, title: 'many' }));
      await drafts.insert([...many, { id: 'other', title: 'kept' }]);
      await drafts.remove(await drafts.findBy({ title: 'many' }));
      expect(await drafts.find()).toMatchObject([{ id: 'other' }]);
      await drafts.clear();
    });

    it('B1 a soft delete is seen, and can be taken back', async () => {
      const drafts = dataSource.getRepository(Draft);
      await drafts.insert([
        { id: 'lower', title: 'abc' },
        { id: 'upper', title: 'ABC' },
      ]);
      await drafts.softDelete({ title: Like('ab%') });
      expect(await drafts.find()).toMatchObject([{ id: 'upper' }]);
      await drafts.restore({ id: 'lower' });
      const lower = await drafts.findOneByOrFail({ id: 'lower' });
      expect((await drafts.softRemove(lower)).deletedAt).toBeInstanceOf(Date);
      expect(await drafts.countBy({ id: 'lower' })).toBe(0);
      expect((await drafts.recover(lower)).deletedAt).toBeNull();
      expect(await drafts.findOneByOrFail({ id: 'lower' })).toEqual(lower);
    });

    it('B1 an upsert gives what the row has that it finds', async () => {
      const documents = dataSource.getRepository(Document);
      const { id } = await documents.save(documents.create({ title: 'there', copies: 9 }));
      const given: Partial<Document> = { id, title: 'new' };
      await documents.upsert(given, ['id']);
      expect(given.copies).toBe(9);
      expect(await documents.findOneByOrFail({ id })).toMatchObject({ title: 'new', copies: 9 });
    });

    it('B1 an upsert of several gives each the key of its own row', async () => {
      const documents = dataSource.getRepository(Document);
      const ids = ['00000001', '00000002'].map((start) => `${start}-0000-4000-8000-000000000000`);
      await documents.insert([
        { id: ids[1]!, title: 'old', code: 'second', copies: 2 },
        { id: ids[0]!, title: 'old', code: 'first', copies: 1 },
      ]);
      const rows: Partial<Document>[] = [
        { title: 'new', code: 'second' },
        { title: 'new', code: 'first' },
      ];
      const { identifiers } = await documents.upsert(rows, ['code']);
      expect(identifiers).toEqual([{ id: ids[1] }, { id: ids[0] }]);
      expect(rows).toMatchObject([
        { id: ids[1], copies: 2 },
        { id: ids[0], copies: 1 },
      ]);
    });

    // On Postgres TypeORM's own builder gives such a row the key of another.
    if (dialect !== 'postgres') {
      it('B1 an upsert that may pass over a row gives none of the keys', async () => {
        const documents = dataSource.getRepository(Document);
        await documents.insert([
          { title: 'old', code: 'third' },
          { title: 'older', code: 'fourth' },
        ]);
        const passedOver: Partial<Document>[] = [
          { title: 'old', code: 'third' },
          { title: 'newer', code: 'fourth' },
        ];
        await documents.upsert(passedOver, {
          conflictPaths: ['code'],
          skipUpdateIfNoValuesChanged: true,
        });
        expect(passedOver.map(({ id }) => id)).toEqual([undefined, undefined]);
        expect(await documents.findBy({ code: 'fourth' })).toMatchObject([{ title: 'newer' }]);
      });
    }

    it('B1 several that are inserted keep their keys, in whatever order the database has them', async () => {
      const documents = dataSource.getRepository(Document);
      const rows: Partial<Document>[] = [9, 8].map((digit) => ({
        id: `1000000${digit}-0000-4000-8000-000000000000`,
        title: String(digit),
        copies: digit,
      }));
      const before = rows.map(({ id, copies }) => ({ id, copies }));
      await documents.insert(rows);
      expect(rows).toMatchObject(before);
    });

    it('B1 a number from the database is known after insert(), and save() has it or is refused', async () => {
      const entries = dataSource.getRepository(Entry);
      const { identifiers } = await entries.insert([{ text: 'one' }, { text: 'two' }]);
      expect(identifiers).toEqual(await database.sql('SELECT id FROM entries ORDER BY id'));
      const saving = entries.save(entries.create({ text: 'three' }));
      if (interactive) {
        const { id } = await saving;
        expect(await entries.findOneBy({ id })).toEqual({ id, text: 'three' });
      } else {
        await expect(saving).rejects.toMatchObject({
          code: 'NOT_SUPPORTED',
          message: expect.stringMatching(
            /^The generated id of Entry is unknown .* give the entity an id/,
          ) as unknown,
        });
        expect(await entries.count()).toBe(2);
        // Where nobody asks for the number, nothing stands in the way.
        await dataSource.transaction((manager) =>
          manager
            .createQueryBuilder()
            .insert()
            .into(Entry)
            .values({ text: 'three' })
            .updateEntity(false)
            .execute(),
        );
      }
      expect(await entries.countBy({ text: 'three' })).toBe(1);
    });

    // On Postgres TypeORM takes the database's own number, whatever the entity says.
    if (dialect !== 'postgres') {
      it('B1 a number that is given is kept, though the database would make one', async () => {
        const entries = dataSource.getRepository(Entry);
        await entries.save({ id: 77, text: 'own' });
        expect(await entries.findOneBy({ id: 77 })).toEqual({ id: 77, text: 'own' });
      });
    }

    it('B1 a version is counted, or its update is refused where it would be unknown', async () => {
      const pages = dataSource.getRepository(Page);
      const page = await pages.save(pages.create({ id: 'p', text: 'one' }));
      expect(page.version).toBe(1);
      page.text = 'two';
      if (interactive) {
        await pages.save(page);
        expect(page.version).toBe(2);
      } else {
        await expect(pages.save(page)).rejects.toMatchObject({ code: 'NOT_SUPPORTED' });
        await pages.update({ id: 'p', version: 1 }, { text: 'two' });
      }
      expect(await pages.find()).toEqual([{ id: 'p', text: 'two', version: 2 }]);
    });

    it('B1 the number of rows written is returned, but not for a write that is held', async () => {
      const documents = dataSource.getRepository(Document);
      await documents.insert([{ title: 'x' }, { title: 'x' }]);
      expect((await documents.update({ title: 'x' }, { copies: 4 })).affected).toBe(2);
      const held = await dataSource.transaction((manager) =>
        manager.update(Document, { title: 'x' }, { copies: 5 }),
      );
      expect(held.affected).toBe(interactive ? 2 : undefined);
      expect((await documents.delete({ title: 'x', copies: 5 })).affected).toBe(2);
    });
  },
);
