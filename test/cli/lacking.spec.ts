import { DataSource } from 'typeorm';
import { migrate, Plan, SqliteDataSource, tenantBilling, userBilling } from '../../src';
import type { Arguments } from '../../src/cli/arguments';
import { commands } from '../../src/cli/commands';
import { D1DataSource } from '../../src/d1';
import { PostgresDataSource } from '../../src/data-sources/postgres';
import { opened } from '../support/data-source';
import { engines, type TestDatabase } from '../support/engines';
import { MIGRATIONS } from './tables';

const SENTENCE = `The DataSource has entities of billing, but lacks the migration(s) ${MIGRATIONS.join(', ')}: run \`npx typeorm-billing add --out <folder of your migrations>\`, and apply what it writes.`;

const NO_WORDS = {} as Arguments;

/** A host's, with billing's entities and without its migrations. */
function hostOn({ engine, url, binding }: TestDatabase, options: object = {}): Promise<DataSource> {
  const all = { entities: [...tenantBilling.entities, ...userBilling.entities], ...options };
  if (binding !== undefined) return opened(new D1DataSource({ ...all, database: binding }));
  return opened(
    engine === 'postgres'
      ? new DataSource({
          ...{ type: 'postgres', url, installExtensions: false, uuidExtension: 'pgcrypto' },
          ...all,
        })
      : new SqliteDataSource({ ...all, database: url.slice('sqlite:'.length) }),
  );
}

describe.each(engines)("a DataSource that lacks billing's migrations, on $name", (engine) => {
  it('C4 T6 check and migrate say so, until they are applied', async () => {
    const database = await engine.createDatabase();
    const warnings: unknown[] = [];
    const logger = { log: (level: string, message: unknown) => warnings.push([level, message]) };
    const host = await hostOn(database);
    const checked = await commands.check(host, NO_WORDS);
    expect(checked).toMatchObject({ exitCode: 1, json: { lacking: MIGRATIONS } });
    expect(checked.text.split('\n\n')[0]).toBe(SENTENCE);
    const migrated = await commands.migrate(host, NO_WORDS);
    expect(migrated).toMatchObject({ exitCode: 0, json: { lacking: MIGRATIONS, applied: [] } });
    expect(migrated.text).toBe(`${SENTENCE}\n\nNothing is pending; nothing was changed.`);
    Object.assign(host.logger, logger);
    await migrate(host);
    expect(warnings).toEqual([['warn', SENTENCE]]);

    // What cannot be compared does not hide it.
    Object.assign(host.getMetadata(Plan), { synchronize: false });
    const incomplete = await commands.check(host, NO_WORDS);
    expect(incomplete.text).toContain(`${SENTENCE}\n\nNot all could be compared`);
    expect(incomplete.json).toMatchObject({ lacking: MIGRATIONS });
    Object.assign(host.getMetadata(Plan), { synchronize: true });

    // Applied by another DataSource, they are no longer missing.
    const list = engine.dialect;
    const migrations = [...tenantBilling.migrations[list], ...userBilling.migrations[list]];
    await migrate(await hostOn(database, { migrations }));
    const after = await commands.check(host, NO_WORDS);
    expect(after).toMatchObject({ exitCode: 0, text: 'The tables match the entities.' });
    expect(after.json).not.toHaveProperty('lacking');
  });

  it("C4 T6 migration:generate is refused on this package's own", async () => {
    const database = await engine.createDatabase();
    const { entities } = (await hostOn(database)).options;
    const own =
      engine.name === 'postgres'
        ? await opened(
            new PostgresDataSource({
              ...{ type: 'postgres', url: database.url, installExtensions: false },
              ...(entities && { entities }),
            }),
          )
        : await hostOn(database);
    await expect(own.driver.createSchemaBuilder().log()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('a generated migration would make their tables') as string,
    });
  });
});
