import { readFileSync } from 'node:fs';
import { Column, DataSource, Entity, PrimaryGeneratedColumn } from 'typeorm';
import { addMigrations, bindHost, SqliteDataSource, tenantBilling } from '../../src';
import { opened } from '../support/data-source';
import { engineNamed } from '../support/engines';
import { newFolder } from '../support/test-run';

@Entity({ name: 'organizations', schema: 'core' })
class Organization {
  @PrimaryGeneratedColumn({ name: 'org_id' }) id!: number;
  @Column({ type: 'text' }) name!: string;
}

bindHost({ tenant: Organization });

/** The copies of the SQL of tenant billing's migrations. */
async function copies(
  dialect: 'postgres' | 'sqlite' | 'd1',
  dataSource?: DataSource,
): Promise<string> {
  const migrations = tenantBilling.migrations[dialect === 'postgres' ? 'postgres' : 'sqlite'];
  const out = newFolder('bound');
  const { written } = await addMigrations(migrations, {
    ...{ out, dialect, plain: true },
    ...(dataSource && { dataSource }),
  });
  return written.map((path) => readFileSync(path, 'utf8')).join('\n');
}

describe("copies of billing's SQL where the host's class is bound", () => {
  it.each([
    ['postgres', 'REFERENCES "core"."organizations" ("org_id")'],
    ['sqlite', 'REFERENCES "organizations" ("org_id")'],
    ['d1', 'REFERENCES "organizations" ("org_id")'],
  ] as const)('C4 H1 name its table and have the type of its key on %s', async (dialect, key) => {
    const text = await copies(dialect);
    expect(text.split(key)).toHaveLength(3);
    expect(text.match(/"tenant_id" integer NOT NULL/g)).toHaveLength(2);
    expect(text).not.toContain('"tenants"');
  });

  it('C4 H1 name it as the DataSource that is given does, and run there', async () => {
    const database = await engineNamed('sqlite').createDatabase({ host: 'none' });
    await database.exec(
      'CREATE TABLE app_organizations ("org_id" integer PRIMARY KEY AUTOINCREMENT NOT NULL, "name" text NOT NULL)',
    );
    const host = await opened(
      new SqliteDataSource({
        database: database.url.slice('sqlite:'.length),
        entities: [Organization],
        entityPrefix: 'app_',
      }),
    );
    const text = await copies('sqlite', host);
    expect(text.split('REFERENCES "app_organizations" ("org_id")')).toHaveLength(3);
    for (const [, sql = ''] of text.split('async down')[0]!.matchAll(/query\(`([^`]*)`\)/g)) {
      await database.exec(sql);
    }
    expect(await database.sql('SELECT "table" FROM pragma_foreign_key_list(\'plans\')')).toEqual(
      [],
    );
    expect(
      await database.sql('SELECT "table" FROM pragma_foreign_key_list(\'tenant_config\')'),
    ).toEqual([{ table: 'app_organizations' }]);
  });

  it('C4 are refused for another kind of database than the DataSource is on', async () => {
    const host = await opened(new SqliteDataSource({ database: ':memory:' }));
    await expect(copies('postgres', host)).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('the DataSource is on sqlite') as string,
    });
  });
});
