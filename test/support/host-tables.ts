/**
 * The tables of a host application, as it owns them before any billing: `tenants`, as a typical
 * B2B service would write it, and Better Auth's four, word for word as better-auth 1.7.25's own
 * migration generator prints them for each dialect.
 */

/** The host's tables, parents first. */
export const HOST_TABLES = ['tenants', 'user', 'session', 'account', 'verification'] as const;

/** Ids of the three rows of `tenants`, where the host has rows. */
export const TENANT_IDS = [
  '018f3c5e-0000-7000-8000-000000000001',
  '018f3c5e-0000-7000-8000-000000000002',
  '018f3c5e-0000-7000-8000-000000000003',
] as const;

/** Ids of the three rows of `user`, in Better Auth's form; each has a session and an account. */
export const USER_IDS = [
  'aliceAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'bobBBBBBBBBBBBBBBBBBBBBBBBBBBBBBB',
  'carolCCCCCCCCCCCCCCCCCCCCCCCCCCCC',
] as const;

/** Better Auth's tables; only the words for a point in time and a truth differ by dialect. */
function betterAuth(words: { boolean: string; instant: string; now: string }): string {
  const { boolean, instant, now } = words;
  return `
create table "user" ("id" text not null primary key, "name" text not null, "email" text not null unique, "emailVerified" ${boolean} not null, "image" text, "createdAt" ${instant}${now} not null, "updatedAt" ${instant}${now} not null);
create table "session" ("id" text not null primary key, "expiresAt" ${instant} not null, "token" text not null unique, "createdAt" ${instant}${now} not null, "updatedAt" ${instant} not null, "ipAddress" text, "userAgent" text, "userId" text not null references "user" ("id") on delete cascade);
create table "account" ("id" text not null primary key, "accountId" text not null, "providerId" text not null, "userId" text not null references "user" ("id") on delete cascade, "accessToken" text, "refreshToken" text, "idToken" text, "accessTokenExpiresAt" ${instant}, "refreshTokenExpiresAt" ${instant}, "scope" text, "password" text, "createdAt" ${instant}${now} not null, "updatedAt" ${instant} not null);
create table "verification" ("id" text not null primary key, "identifier" text not null, "value" text not null, "expiresAt" ${instant} not null, "createdAt" ${instant}${now} not null, "updatedAt" ${instant}${now} not null);
create index "session_userId_idx" on "session" ("userId");
create index "account_userId_idx" on "account" ("userId");
create index "verification_identifier_idx" on "verification" ("identifier");
`;
}

/** The statements that make the host's tables. */
export const HOST_SCHEMA = {
  postgres: `
CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX tenants_created_at_idx ON tenants (created_at);
${betterAuth({ boolean: 'boolean', instant: 'timestamptz', now: ' default CURRENT_TIMESTAMP' })}`,
  sqlite: `
CREATE TABLE tenants (
  id text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  slug text NOT NULL UNIQUE,
  created_at text NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')),
  updated_at text NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now'))
);
CREATE INDEX tenants_created_at_idx ON tenants (created_at);
${betterAuth({ boolean: 'integer', instant: 'date', now: '' })}`,
} as const;

/** The statements that fill them; the same on both engines, with every time given. */
export const HOST_ROWS = [
  ...TENANT_IDS.map((id, index) => {
    const number = String(index + 1);
    return `INSERT INTO tenants (id, name, slug, created_at, updated_at) VALUES ('${id}', 'Tenant ${number}', 'tenant-${number}', '2026-01-0${number} 08:00:00.000', '2026-01-0${number} 08:00:00.000');`;
  }),
  ...USER_IDS.flatMap((id, index) => {
    const number = String(index + 1);
    const at = `'2026-02-0${number} 09:30:00.000'`;
    return [
      `INSERT INTO "user" ("id", "name", "email", "emailVerified", "image", "createdAt", "updatedAt") VALUES ('${id}', 'User ${number}', 'user${number}@example.com', '1', NULL, ${at}, ${at});`,
      `INSERT INTO "session" ("id", "expiresAt", "token", "createdAt", "updatedAt", "ipAddress", "userAgent", "userId") VALUES ('session-${number}', '2036-01-01 00:00:00.000', 'token-${number}', ${at}, ${at}, '192.0.2.${number}', 'test', '${id}');`,
      `INSERT INTO "account" ("id", "accountId", "providerId", "userId", "password", "createdAt", "updatedAt") VALUES ('account-${number}', '${id}', 'credential', '${id}', 'salt:hash-${number}', ${at}, ${at});`,
    ];
  }),
  `INSERT INTO "verification" ("id", "identifier", "value", "expiresAt", "createdAt", "updatedAt") VALUES ('verification-1', 'user1@example.com', 'code', '2036-01-01 00:00:00.000', '2026-02-01 09:30:00.000', '2026-02-01 09:30:00.000');`,
].join('\n');
