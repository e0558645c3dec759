import type { DataSource } from 'typeorm';
import { doctor } from '../../src';
import { openBilling } from '../support/data-source';
import { engines, TENANT_IDS, type TestDatabase } from '../support/engines';
import { DEFECTS, TEXT_DEFECTS, type TextDefect } from './sqlite-defects';
import { findsAndPutsRight, HEALTHY, roundsOf, titleOf } from './rounds';

const ID = '00000000-0000-4000-8000-000000000001';
const family = engines.filter(({ dialect }) => dialect === 'sqlite');

describe.each(family)('R5 the doctor on $name finds, and puts right,', (engine) => {
  const canTry = engine.name === 'sqlite';

  /** Makes the tables again with the texts of the defects, while they have no rows. */
  async function withText(database: TestDatabase, defects: readonly TextDefect[]): Promise<void> {
    const rows = await database.sql<{ type: string; name: string; tbl_name: string; sql: string }>(
      `SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name IN (SELECT value FROM json_each($1)) ORDER BY rowid`,
      [JSON.stringify(defects.map(({ table }) => table))],
    );
    for (const { type, name } of rows)
      if (type === 'table') await database.exec(`DROP TABLE ${name}`);
    for (const { type, name, sql } of rows) {
      let text = sql;
      for (const { table, from, to } of defects) {
        if (type !== 'table' || name !== table) continue;
        const before = text;
        text = text.replace(from, to);
        expect(text).not.toBe(before);
      }
      await database.exec(text);
    }
  }

  it.each(
    roundsOf(TEXT_DEFECTS.map((one) => ({ ...one, spoil: [] }))).map((round) => ({
      round,
      titles: round.map(({ title }) => title).join('; '),
    })),
  )('R5 in the text of a table: $titles', async ({ round }) => {
    await findsAndPutsRight(engine.createDatabase, round, {
      canTry,
      spoil: (database) => withText(database, round as unknown as TextDefect[]),
    });
  });

  it.each(
    roundsOf(DEFECTS).map((round) => ({
      round,
      titles: round.map(({ title }) => title).join('; '),
    })),
  )('R5 $titles', async ({ round }) => {
    await findsAndPutsRight(engine.createDatabase, round, { canTry });
  });

  it('R5 a column that is gone, with its CHECK and default, and one with another name', async () => {
    const { database, dataSource } = await openBilling(engine.createDatabase, { host: 'rows' });
    await database.exec(`INSERT INTO plans (id, name, sort_order) VALUES ('${ID}', 'Pro', 7)`);
    await database.exec('ALTER TABLE plans RENAME COLUMN sort_order TO position');
    expect((await doctor(dataSource)).findings).toMatchObject([
      { kind: 'column', problem: 'renamed', name: 'sort_order', is: 'position' },
    ]);
    await putRight(database, dataSource);
    expect(await database.sql('SELECT sort_order FROM plans')).toEqual([{ sort_order: 7 }]);
  });

  it('R5 two live subscriptions of one owner', async () => {
    const { database, dataSource } = await openBilling(engine.createDatabase, { host: 'rows' });
    await database.exec('DROP INDEX uq_subscriptions_live_tenant');
    await database.exec(`INSERT INTO plans (id, name) VALUES ('${ID}', 'Pro')`);
    for (const end of [1, 2]) {
      await database.exec(
        `INSERT INTO subscriptions (id, tenant_id, plan_id) VALUES ('${ID.slice(0, -1)}${end}', '${TENANT_IDS[0]}', '${ID}')`,
      );
    }
    const { findings } = await doctor(dataSource);
    expect(findings.map(titleOf)).toEqual([
      'rows broken subscriptions uq_subscriptions_live_tenant',
      'index missing subscriptions uq_subscriptions_live_tenant',
    ]);
    expect(findings[0]?.is).toMatch(
      /^1: several live subscriptions of one owner, found by SELECT /,
    );
    if (canTry)
      expect(findings[1]).toMatchObject({
        tried: 'fails',
        reason: expect.stringContaining('UNIQUE') as string,
      });
    await database.exec(`DELETE FROM subscriptions WHERE id LIKE '%2'`);
    await putRight(database, dataSource);
  });

  async function putRight(database: TestDatabase, dataSource: DataSource): Promise<void> {
    const { findings } = await doctor(dataSource);
    for (const sql of findings.flatMap((one) => one.sql)) await database.exec(sql);
    expect(await doctor(dataSource)).toEqual(HEALTHY);
  }
});
