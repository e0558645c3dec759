import { join } from 'node:path';
import { catalog, enginesByUrl, rowsOf } from '../support/engines';
import { newFolder } from '../support/test-run';
import { billing, typeorm } from './programs';

const PLAN = `INSERT INTO plans (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'Pro')`;

describe.each(enginesByUrl)('R1 a rollback by the commands on $name', ({ createDatabase }) => {
  it('R1 exits with 1 and lists what it would drop, until it is told to', async () => {
    const database = await createDatabase({ billing: true });
    await database.exec(PLAN);
    const cwd = newFolder('rollback-rows');
    const env = { DATABASE_URL: database.url, BILLING_FAMILIES: 'tenant' };
    await database.exec(`DELETE FROM migrations WHERE name LIKE 'CreateUser%'`);
    const before = [await catalog(database), await rowsOf(database, 'plans')];

    const refused = await billing(['rollback', '--all'], { cwd, env });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^Reverting CreateTenantBilling\d+ would drop rows: plans \(1 row\)\. It was not reverted: .*--discard.*\n$/,
    );
    const byTypeorm = await typeorm(['migration:revert'], { cwd, env });
    expect(byTypeorm.exitCode).toBe(1);
    expect(byTypeorm.stderr).toContain('would drop rows: plans (1 row)');
    const unknown = await billing(['rollback'], { cwd, env: { ...env, BILLING_ROLLBACK: 'yes' } });
    expect(unknown).toMatchObject({ exitCode: 1, stdout: '' });
    expect(unknown.stderr).toMatch(/^BILLING_ROLLBACK is "yes": use discard, /);
    expect([await catalog(database), await rowsOf(database, 'plans')]).toEqual(before);

    const discarding = { ...env, BILLING_ROLLBACK: 'discard' };
    const reverted = await typeorm(['migration:revert'], { cwd, env: discarding });
    expect(reverted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await billing(['migrate'], { cwd, env })).toMatchObject({ exitCode: 0 });
    await database.exec(PLAN);
    const done = await billing(['rollback', '--discard'], { cwd, env });
    expect(done).toMatchObject({ exitCode: 0, stderr: '' });
    expect(done.stdout).toMatch(/^Reverted CreateTenantBilling\d+\.\n$/);
  });

  it('R1 R2 writes the rows to a folder first, and restore puts them back after the next migrate', async () => {
    const database = await createDatabase({ billing: true });
    await database.exec(PLAN);
    const cwd = newFolder('rollback-backup');
    const env = { DATABASE_URL: database.url };
    const rows = await rowsOf(database, 'plans');
    const ended = { exitCode: 0, stderr: '' };

    const [byProgram, byTypeorm] = [join(cwd, 'by-program'), join(cwd, 'by-typeorm')];
    const words = ['rollback', '--all', '--backup', byProgram];
    expect(await billing(words, { cwd, env })).toMatchObject(ended);
    expect(await billing(['migrate'], { cwd, env })).toMatchObject(ended);
    expect(await rowsOf(database, 'plans')).toEqual([]);
    expect(await billing(['restore', byProgram], { cwd, env })).toMatchObject({ exitCode: 0 });
    expect(await rowsOf(database, 'plans')).toEqual(rows);

    // A folder that has something is left as it is, and nothing is dropped.
    const again = await billing(words, { cwd, env });
    expect(again).toMatchObject({ exitCode: 1, stdout: '' });
    expect(await rowsOf(database, 'plans')).toEqual(rows);

    // The later migration has no rows.
    expect(await typeorm(['migration:revert'], { cwd, env })).toMatchObject(ended);
    const choice = { ...env, BILLING_ROLLBACK: `backup:${byTypeorm}` };
    expect(await typeorm(['migration:revert'], { cwd, env: choice })).toMatchObject(ended);
    expect(await billing(['migrate'], { cwd, env })).toMatchObject(ended);
    expect(await billing(['restore', byTypeorm], { cwd, env })).toMatchObject({ exitCode: 0 });
    expect(await rowsOf(database, 'plans')).toEqual(rows);
  });
});
