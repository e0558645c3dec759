import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES } from '../support/billing-tables';
import { catalog, enginesByUrl } from '../support/engines';
import { HostProject } from './host-history-project';
import { MIGRATIONS, appliedMigrations, billingTables } from './tables';

/** Younger than all of billing's. */
const HOST = 'CreateOwners1795500000000';
const TITLES = ['CreateTenantBilling', 'CreateUserBilling'];
const KEBAB = ['create-tenant-billing', 'create-user-billing'];

const MORE = `class More1795500000001 {
  async up(queryRunner) { await queryRunner.query('CREATE TABLE more (id int)'); }
  async down(queryRunner) { await queryRunner.query('DROP TABLE more'); }
}
module.exports = { More1795500000001 };`;

/** The names of the host's first migration and of those that `add` wrote, by the timestamps of their files. */
const namesOf = (files: readonly string[]): string[] => [
  HOST,
  ...files.slice(1).map((file, at) => TITLES[at]! + file.slice(0, 13)),
];

describe.each(enginesByUrl)(
  "a host's own migration history on $name",
  ({ name, createDatabase }) => {
    it("C4 T7 holds billing's: both programs run, show, generate nothing and revert", async () => {
      const database = await createDatabase({ host: 'none' });
      const host = await HostProject.make(database, 'cjs');
      const added = await host.billing('add', '--out', 'migrations', '-d', 'data-source.cjs');
      expect(added).toMatchObject({ exitCode: 0, stderr: '' });
      const names = namesOf(host.migrationFiles());

      expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await appliedMigrations(database)).toEqual(names);
      expect(await billingTables(database)).toEqual([...BILLING_TABLES].sort());
      const shown = await host.typeorm('migration:show');
      expect(shown.stdout.match(/\[.\] .*/g)).toEqual(
        names.map((name, index) => `[X] ${String(index + 1)} ${name}`),
      );
      const generated = await host.typeorm('migration:generate', 'migrations/more');
      expect(generated.stdout).toContain('No changes in database schema were found');

      // The program knows them without the host's DataSource, and reverts and applies them.
      const before = await catalog(database);
      const status = await host.billing('status', '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({
        migrations: names.map((name) => ({ name, state: 'applied' })),
      });
      expect((await host.billing('check')).stdout).toContain('The tables match the entities.');
      expect((await host.billing('rollback')).stdout).toContain(`Reverted ${names[2]!}.`);
      expect(await host.steps('run', 'revert', 'run')).toEqual([names, names.slice(0, 2), names]);
      expect(await catalog(database)).toEqual(before);
      expect(await host.typeorm('migration:revert')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await appliedMigrations(database)).toEqual(names.slice(0, 2));
    });

    // The SQL of a copy is the engine's; how a language is written and loaded is the same on each.
    it.each([
      { form: 'plain', language: 'ts', words: ['--plain'] } as const,
      ...(name === enginesByUrl[0]?.name
        ? ([
            { form: 'extending', language: 'ts', words: [] },
            { form: 'extending', language: 'mjs', words: [] },
          ] as const)
        : []),
    ])(
      "C4 T7 holds billing's, $form in $language, and all goes up, down and up",
      async ({ language, words }) => {
        const database = await createDatabase({ host: 'none' });
        const host = await HostProject.make(database, language);
        const out = join(host.folder, 'migrations');
        const [own = ''] = host.migrationFiles();
        const text = readFileSync(join(out, own), 'utf8');
        await host.billing('add', '--out', 'migrations', ...words);
        const files = host.migrationFiles();
        expect(files).toEqual([
          `1795500000000-create-owners.${language}`,
          ...KEBAB.map(
            (title) => expect.stringMatching(`^\\d{13}-${title}\\.${language}$`) as string,
          ),
        ]);
        const names = namesOf(files);
        const back = [2, 1, 0].map((left) => names.slice(0, left));
        const steps = ['run', 'generate', 'revert', 'revert', 'revert', 'run'] as const;
        expect(await host.steps(...steps)).toEqual([names, [], ...back, names]);

        // A later one finds that the host has all, and those of another database are refused.
        const again = await host.billing('add', '--out', 'migrations');
        expect(again.stdout).not.toContain('wrote');
        const other = database.dialect === 'postgres' ? 'sqlite' : 'postgres';
        const refused = await host.billing('add', '--out', 'migrations', '--dialect', other);
        expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
        expect(refused.stderr).toContain(`which is for ${database.dialect}`);
        expect(host.migrationFiles()).toEqual(files);
        expect(readFileSync(join(out, own), 'utf8')).toBe(text);
      },
    );

    it('C4 T7 reverts its own beside what the program has applied, and takes that over', async () => {
      const database = await createDatabase({ host: 'none' });
      const host = await HostProject.make(database, 'cjs');
      host.write('migrations/1795500000001-more.cjs', MORE);
      await host.steps('run');
      expect(await host.billing('migrate')).toMatchObject({ exitCode: 0 });
      const applied = await catalog(database);
      const [reverted] = await host.steps('revert', 'run');
      expect(reverted?.sort()).toEqual([HOST, ...MIGRATIONS].sort());
      expect(await catalog(database)).toEqual(applied);
      expect((await host.billing('status')).stdout.match(/applied/g)).toHaveLength(4);

      const copied = await host.billing('add', '--out', 'migrations', '--plain');
      expect(copied.stderr).toMatch(/^CreateTenantBilling\d+ is applied, .*without --plain/);
      expect(await host.billing('add', '--out', 'migrations')).toMatchObject({ exitCode: 0 });
      const files = host.migrationFiles().filter((file) => file.includes('billing'));
      const hosts = [HOST, 'More1795500000001'];
      const own = files.map((file, at) => TITLES[at]! + file.slice(0, 13));
      // TypeORM's own has the new records take the place of the old ones; ours knows them by the old.
      const isOwn = database.dialect === 'postgres';
      const [ran = []] = await host.steps('run');
      expect(ran.sort()).toEqual([...hosts, ...(isOwn ? own : MIGRATIONS)].sort());
      expect(await catalog(database)).toEqual(applied);
      const [, left] = await host.steps('revert', 'revert');
      expect(left).toEqual(hosts);
      expect(await billingTables(database)).toEqual([]);
      expect((await host.billing('status')).stdout).toMatch(/pending .*CreateUserBilling/);
    });

    it('C4 T7 takes over the records of earlier versions, by their names where they fit', async () => {
      const database = await createDatabase({ host: 'none' });
      const host = await HostProject.make(database, 'cjs', '1700000000000');
      const own = 'CreateOwners1700000000000';
      await host.steps('run');
      expect(await host.billing('migrate')).toMatchObject({ exitCode: 0 });
      await database.exec('UPDATE migrations SET id = id + 1000000010 WHERE id < 0');
      const applied = await catalog(database);

      expect(await host.billing('add', '--out', 'migrations')).toMatchObject({ exitCode: 0 });
      expect(host.migrationFiles().slice(1)).toEqual(
        MIGRATIONS.map((name, at) => `${name.slice(-13)}-${KEBAB[at]!}.cjs`),
      );
      const all = [own, ...MIGRATIONS];
      const back = [all.slice(0, 2), [own], all];
      expect(await host.steps('run', 'revert', 'revert', 'run')).toEqual([all, ...back]);
      expect(await catalog(database)).toEqual(applied);
    });
  },
);
