import { FAMILIES } from '../../src/host/families';
import { POSTGRES_STAND_INS } from '../../src/host/stand-in-tables/postgres';
import { SQLITE_STAND_INS } from '../../src/host/stand-in-tables/sqlite';
import { catalog, engines } from '../support/engines';

const STATEMENTS = { postgres: POSTGRES_STAND_INS, sqlite: SQLITE_STAND_INS };
const TABLES = { tenant: ['tenants'], user: ['account', 'session', 'user', 'verification'] };

const CASES = engines.flatMap((engine) =>
  FAMILIES.map((family) => ({ engine, name: engine.name, family })),
);

describe.each(CASES)('T4 the stand-in tables on $name', ({ engine, family }) => {
  it(`T4 those of the ${family} family are made without the other's, once`, async () => {
    const database = await engine.createDatabase({ host: 'none' });
    const statements = STATEMENTS[engine.dialect][family];
    for (const statement of statements) await database.exec(statement);
    const made = await catalog(database);
    const tables = made.flatMap(({ kind, name }) => (kind === 'table' ? name : []));
    expect(tables.sort()).toEqual(TABLES[family]);
    for (const statement of statements) await database.exec(statement);
    expect(await catalog(database)).toEqual(made);
    await database.close();
  });
});
