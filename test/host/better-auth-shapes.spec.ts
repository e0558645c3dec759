import { UserSubscription, SubscriptionPlan, check, migrate, revert } from '../../src';
import { openHost } from './open-host';
import { POSTGRES_STAND_INS } from '../../src/host/stand-in-tables/postgres';
import { SQLITE_STAND_INS } from '../../src/host/stand-in-tables/sqlite';
import { catalog, engines } from '../support/engines';

/** The columns of `account` as Better Auth 1.7.25 makes it. */
const ACCOUNT =
  'id accountId providerId userId accessToken refreshToken idToken accessTokenExpiresAt refreshTokenExpiresAt scope password createdAt updatedAt'.split(
    ' ',
  );

/** `account` as Better Auth 1.7.0 to 1.7.2 make it; only the word for a point in time differs by dialect. */
const ACCOUNT_OF_1_7_0 = {
  postgres: accountWithIssuer('timestamptz', ' default CURRENT_TIMESTAMP'),
  sqlite: accountWithIssuer('date', ''),
};

function accountWithIssuer(instant: string, now: string): readonly string[] {
  return [
    'drop table "account"',
    `create table "account" ("id" text not null primary key, "issuer" text not null, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" ${instant}, "refreshTokenExpiresAt" ${instant}, "scope" text, "password" text, "createdAt" ${instant}${now} not null, "updatedAt" ${instant} not null)`,
    'create index "account_userId_idx" on "account" ("userId")',
    'create unique index "account_issuer_accountId_uidx" on "account" ("issuer", "accountId")',
  ];
}

const CASES = engines.flatMap((engine) =>
  ['1.7.0', '1.7.25'].map((version) => ({
    engine,
    name: engine.name,
    version,
  })),
);

describe.each(CASES)('U4 U8 Better Auth $version on $name', ({ engine, version }) => {
  it('U4 U8 billing attaches to its users, is deleted with them, and leaves its tables alone', async () => {
    const database = await engine.createDatabase();
    const changes = version === '1.7.0' ? ACCOUNT_OF_1_7_0[database.dialect] : [];
    for (const change of changes) await database.sql(change);
    const before = await catalog(database);
    await database.sql('INSERT INTO tenants (id, name, slug) VALUES ($1, $2, $2)', [
      '018f3c5e-0000-7000-8000-000000000001',
      'acme',
    ]);
    const at = '2026-02-01 09:30:00.000';
    await database.sql(
      `INSERT INTO "user" ("id", "name", "email", "emailVerified", "createdAt", "updatedAt") VALUES ('ada', 'Ada', 'ada@example.com', '1', $1, $1)`,
      [at],
    );
    const issuer = version === '1.7.0' ? [`, "issuer"`, `, 'local'`] : ['', ''];
    await database.sql(
      `INSERT INTO "account" ("id", "accountId", "providerId", "userId", "createdAt", "updatedAt"${issuer[0]}) VALUES ('a', 'ada', 'credential', 'ada', $1, $1${issuer[1]})`,
      [at],
    );
    const dataSource = await openHost(database, []);
    await migrate(dataSource);
    expect(await check(dataSource)).toEqual([]);
    const { manager } = dataSource;
    const price = { amount: 900, currency: 'EUR', billingInterval: 'month' } as const;
    const plan = await manager.save(
      manager.create(SubscriptionPlan, { code: 'pro', name: 'Pro', ...price }),
    );
    await manager.save(
      manager.create(UserSubscription, { userId: 'ada', planId: plan.id, ...price }),
    );
    await database.sql(`DELETE FROM "user" WHERE "id" = 'ada'`);
    expect(await database.sql('SELECT id FROM user_subscriptions')).toEqual([]);
    expect(await database.sql('SELECT "id" FROM "account"')).toEqual([]);
    await revert(dataSource, { all: true, discard: true });
    expect(await catalog(database)).toEqual(expect.arrayContaining([...before]));
  });
});

it.each([
  ['postgres', POSTGRES_STAND_INS],
  ['sqlite', SQLITE_STAND_INS],
] as const)('U4 the stand-in of "account" on %s is that of Better Auth 1.7.25', (_dialect, all) => {
  const statement = all.user.find((one) => one.includes('EXISTS "account" ('));
  const columns = [...(statement ?? '').matchAll(/^ {2}"(\w+)"/gm)].map(([, name]) => name);
  expect(columns).toEqual(ACCOUNT);
});
