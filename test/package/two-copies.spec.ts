import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installPackage, linkPackages, packProject, run } from './packed-project';
import { newFolder } from '../support/test-run';

/** Prints, as JSON, what became of each step. */
const SCRIPT = `
const { DataSource } = require('typeorm');
const copies = [require('typeorm-billing'), require(process.argv[2])];
const outcome = (work) => work.then((all) => all.length, ({ code, message }) => [code, message]);

async function open(DataSourceOf, { userBilling }) {
  const dataSource = await new DataSourceOf.SqliteDataSource({
    database: ':memory:',
    entities: userBilling.entities,
    migrations: userBilling.migrations.sqlite,
  }).initialize();
  await dataSource.query('CREATE TABLE "user" ("id" text NOT NULL PRIMARY KEY)');
  return dataSource;
}

(async () => {
  const result = {};
  for (const [index, copy] of copies.entries()) {
    const dataSource = await open(copy, copy);
    result['own ' + index] = await outcome(copy.migrate(dataSource));
    result['other ' + index] = await outcome(copies[1 - index].check(dataSource));
  }
  const mixed = await open(copies[0], copies[1]);
  result.mixed = await outcome(copies[0].migrate(mixed));
  const plans = mixed.getRepository(copies[1].SubscriptionPlan);
  result.insert = await outcome(plans.insert({ code: 'pro', name: 'Pro' }));
  result.save = await outcome(plans.save({ code: 'pro', name: 'Pro' }));
  console.log(JSON.stringify(result));
})();
`;

describe('H4 C4 two copies of the package in one process', () => {
  it('H4 C4 each works by itself, and what mixes them is refused with where both are', async () => {
    const { consumer, installed } = await packProject();
    const other = newFolder('consumer');
    const second = await installPackage(other);
    linkPackages(other, ['class-validator', 'reflect-metadata', 'sqlite3', 'typeorm', 'uuid']);
    writeFileSync(join(consumer, 'two.cjs'), SCRIPT);
    const output = await run(process.execPath, ['two.cjs', second], consumer);

    const refusal = (what: string, from: string, to: string): unknown => [
      'CONFIGURATION_INVALID',
      expect.stringMatching(
        new RegExp(
          `^${what} is of the copy .* in ${from}.*, and .* in ${to}.*: import both from one`,
        ),
      ),
    ];
    expect(JSON.parse(output)).toEqual({
      'own 0': 1,
      'own 1': 1,
      'other 0': refusal('The DataSource', installed, second),
      'other 1': refusal('The DataSource', second, installed),
      mixed: refusal('\\w+', second, installed),
      insert: refusal('SubscriptionPlan', second, installed),
      save: refusal('SubscriptionPlan', second, installed),
    });
  });

  it('H1 C4 require() and import are one copy, whose binding they share', async () => {
    const { consumer } = await packProject();
    const script = `
      import { createRequire } from 'node:module';
      import * as imported from 'typeorm-billing';
      import * as worker from 'typeorm-billing/d1';
      const required = createRequire(import.meta.url)('typeorm-billing');
      const { Column, Entity, PrimaryColumn } = createRequire(import.meta.url)('typeorm');
      class Organization {}
      PrimaryColumn('integer')(Organization.prototype, 'id');
      Entity('organizations')(Organization);
      required.bindHost({ tenant: Organization });
      console.log(JSON.stringify([
        imported.Plan === required.Plan,
        worker.Plan === required.Plan,
        imported.tenantBilling.entities.map(({ name }) => name),
        (await worker.sqlScripts(worker.tenantBilling.migrations.sqlite, { dialect: 'd1' }))
          .some(({ forward }) => forward.includes('"organizations"')),
      ]));`;
    writeFileSync(join(consumer, 'one.mjs'), script);
    const output = await run(process.execPath, ['one.mjs'], consumer);
    expect(JSON.parse(output)).toEqual([
      true,
      true,
      ['Plan', 'Subscription', 'TenantConfig'],
      true,
    ]);
  });
});
