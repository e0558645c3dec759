import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { catalogOf, engineNamed, rowsOf } from '../support/engines';
import { run } from '../support/run';
import { newFolder } from '../support/test-run';
import { installPackage, linkPackages } from './packed-project';

/** A service on Postgres, as a Lambda is built: no other driver is installed. */
const SERVICE = `
require('reflect-metadata');
const { DataSource } = require('typeorm');
const { BillingSubscriber, Plan, check, compare, migrate, revert, tenantBilling } =
  require('typeorm-billing');

async function main() {
  const dataSource = new DataSource({
    type: 'postgres',
    url: process.env.DATABASE_URL,
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    entities: tenantBilling.entities,
    migrations: tenantBilling.migrations.postgres,
    subscribers: [BillingSubscriber],
  });
  await dataSource.initialize();
  const applied = (await migrate(dataSource)).length;
  const plans = dataSource.getRepository(Plan);
  const { id } = await plans.save(plans.create({ name: 'Pro', priceMonthly: 1900 }));
  const names = [
    (await plans.findOneByOrFail({ id })).name,
    (await dataSource.getRepository('Plan').findOneByOrFail({ id })).name,
  ];
  const recorded = await dataSource.query('SELECT name FROM migrations');
  const refusal = await plans.save(plans.create({ name: '' })).catch((error) => error);
  const { differences, hosts, unchecked } = await compare(dataSource);
  const statements = await check(dataSource);
  const reverted = (await revert(dataSource, { discard: true })).length;
  await dataSource.destroy();
  return {
    ...{ applied, names, recorded, refusal: refusal.message, code: refusal.code },
    ...{ differences, hosts, unchecked, statements, reverted },
  };
}

main().then(
  (result) => console.log(JSON.stringify(result)),
  (error) => {
    console.error(error);
    process.exitCode = 1;
  },
);
`;

describe('C4 a bundle of the packed package for Postgres', () => {
  it('C4 is made and runs, minified, where neither sqlite3 nor wrangler is installed', async () => {
    const folder = newFolder('bundle');
    await installPackage(folder);
    linkPackages(folder, ['class-validator', 'pg', 'reflect-metadata', 'typeorm', 'uuid']);
    writeFileSync(join(folder, 'service.cjs'), SERVICE);
    const missing = './not-installed.cjs';
    const { warnings } = buildSync({
      absWorkingDir: folder,
      entryPoints: ['service.cjs'],
      outfile: join(folder, 'bundle', 'service.cjs'),
      bundle: true,
      minify: true,
      platform: 'node',
      logLevel: 'silent',
      // TypeORM is a link to where both are installed.
      alias: { sqlite3: missing, wrangler: missing },
    });
    expect(warnings.map(({ text }) => text)).toEqual([]);

    const database = await engineNamed('postgres').createDatabase();
    const host = await catalogOf(database, ['tenants', 'user']);
    // Away from the packages that it was made of.
    const cwd = newFolder('deployed');
    const env = { DATABASE_URL: database.url };
    const ran = await run([join(folder, 'bundle', 'service.cjs')], { cwd, env });
    expect(ran).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toEqual({
      applied: 1,
      names: ['Pro', 'Pro'],
      recorded: [{ name: expect.stringMatching(/^CreateTenantBilling\d{13}$/) as string }],
      refusal: expect.stringMatching(/^A row for plans breaks its rules: name is ""/) as string,
      code: 'VALIDATION_FAILED',
      differences: [],
      hosts: [],
      unchecked: [],
      statements: [],
      reverted: 1,
    });
    expect(await rowsOf(database, 'migrations')).toEqual([]);
    expect(await catalogOf(database, ['plans', 'subscriptions'])).toEqual([]);
    expect(await catalogOf(database, ['tenants', 'user'])).toEqual(host);
  });
});
