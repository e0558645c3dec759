import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BILLING_TABLES } from '../support/billing-tables';
import { catalog, enginesByUrl } from '../support/engines';
import { HostProject } from './host-history-project';
import { MIGRATIONS, appliedMigrations, billingTables } from './tables';

/** Younger than all of billing's. */
const HOST = 'CreateOwners1795500000000';
const TITLES = ['CreateTenantBilling', 'CreateUserBilling'];

describe.each(enginesByUrl)("a host's own migration history on $name", ({ createDatabase }) => {
  it.each([
    { form: 'extending', language: 'ts', words: [] },
    { form: 'plain', language: 'cjs', words: ['--plain'] },
    { form: 'extending', language: 'mjs', words: [] },
  ] as const)(
    "C4 T7 holds billing's, $form in $language: run, show, generate nothing and revert by TypeORM's CLI",
    async ({ language, words }) => {
      const database = await createDatabase({ host: 'none' });
      const host = await HostProject.make(database, language);
      const added = await host.billing('add', '--out', 'migrations', ...words);
      expect(added).toMatchObject({ exitCode: 0, stderr: '' });
      const files = host.migrationFiles();
      expect(files).toEqual([
        `1795500000000-create-owners.${language}`,
        expect.stringMatching(new RegExp(`^\\d{13}-create-tenant-billing\\.${language}$`)),
        expect.stringMatching(new RegExp(`^\\d{13}-create-user-billing\\.${language}$`)),
      ]);
      const names = [HOST, ...files.slice(1).map((file, at) => TITLES[at]! + file.slice(0, 13))];

      // A later one finds that the host has all.
      const again = await host.billing('add', '--out', 'migrations');
      expect(again.stdout).not.toContain('wrote');
      expect(host.migrationFiles()).toEqual(files);

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
      expect((await host.billing('migrate')).stdout).toContain('Nothing is pending');
      expect((await host.billing('check')).stdout).toContain('The tables match the entities.');
      expect((await host.billing('rollback')).stdout).toContain(`Reverted ${names[2]!}.`);
      expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
      expect(await catalog(database)).toEqual(before);
      expect(await appliedMigrations(database)).toEqual(names);

      for (let left = 2; left >= 0; left--) {
        expect(await host.typeorm('migration:revert')).toMatchObject({ exitCode: 0, stderr: '' });
        expect(await appliedMigrations(database)).toEqual(names.slice(0, left));
      }
      expect(await billingTables(database)).toEqual([]);
    },
  );

  it("C4 T7 takes over what the program has applied: its records' names where they fit", async () => {
    const database = await createDatabase({ host: 'none' });
    const host = await HostProject.make(database, 'cjs', '1700000000000');
    expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await host.billing('migrate')).toMatchObject({ exitCode: 0 });
    const applied = await catalog(database);

    expect(await host.billing('add', '--out', 'migrations')).toMatchObject({ exitCode: 0 });
    expect(host.migrationFiles().slice(1)).toEqual(
      MIGRATIONS.map((name, at) => `${name.slice(-13)}-${KEBAB[at]!}.cjs`),
    );
    expect((await host.typeorm('migration:run')).stdout).toContain('No migrations are pending');
    for (const _ of MIGRATIONS) {
      expect(await host.typeorm('migration:revert')).toMatchObject({ exitCode: 0, stderr: '' });
    }
    expect(await appliedMigrations(database)).toEqual(['CreateOwners1700000000000']);
    expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await catalog(database)).toEqual(applied);
  });

  it('C4 T7 takes over what the program has applied after a younger migration of the host', async () => {
    const database = await createDatabase({ host: 'none' });
    const host = await HostProject.make(database, 'cjs');
    expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await host.billing('migrate')).toMatchObject({ exitCode: 0 });
    const applied = await catalog(database);
    expect(await appliedMigrations(database)).toEqual([HOST, ...MIGRATIONS]);

    expect(await host.billing('add', '--out', 'migrations')).toMatchObject({ exitCode: 0 });
    const names = [
      HOST,
      ...host
        .migrationFiles()
        .slice(1)
        .map((file, at) => TITLES[at]! + file.slice(0, 13)),
    ];
    expect(Number(names[1]!.slice(-13))).toBeGreaterThan(1_795_500_000_000);
    expect(await host.typeorm('migration:run')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await catalog(database)).toEqual(applied);
    const revert = await host.typeorm('migration:revert');
    expect(revert).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await billingTables(database)).not.toContain('user_subscriptions');
    expect((await host.billing('status')).stdout).toMatch(/pending .*CreateUserBilling/);
  });

  it("C4 leaves a host's file as it is, and names its like", async () => {
    const database = await createDatabase({ host: 'none' });
    const host = await HostProject.make(database, 'ts');
    const out = join(host.folder, 'migrations');
    const [file = ''] = readdirSync(out);
    const before = readFileSync(join(out, file), 'utf8');
    expect(await host.billing('add', '--out', 'migrations')).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(out, file), 'utf8')).toBe(before);
    const other = database.dialect === 'postgres' ? 'sqlite' : 'postgres';
    const refused = await host.billing('add', '--out', 'migrations', '--dialect', other);
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain(`which is for ${database.dialect}`);
  });
});

const KEBAB = ['create-tenant-billing', 'create-user-billing'];
