import type { QueryRunner } from 'typeorm';
import { quote } from '../../driver/sql/quote';
import type { Found } from '../examination';
import type { TableParts } from './parts';

interface RightRow {
  readonly label: string;
  readonly role: string;
  readonly isOwner: boolean;
  /** What is missing, in the order of {@link RIGHTS}. */
  readonly missing: readonly string[];
}

/** What a service needs on each of billing's tables. */
const RIGHTS = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/** Postgres enforces a foreign key with the rights of the owner of the table that it reads or writes. */
const MISSING = `
SELECT t.label AS "label", pg_get_userbyid(r.role) AS "role", r.role = c.relowner AS "isOwner",
  ARRAY(SELECT p FROM unnest($3::text[]) WITH ORDINALITY n (p, place) WHERE NOT has_table_privilege(r.role, c.oid, p) ORDER BY place) AS "missing"
FROM unnest($1::oid[], $2::text[]) t (oid, label) JOIN pg_class c ON c.oid = t.oid
CROSS JOIN LATERAL (SELECT DISTINCT role FROM unnest(ARRAY[c.relowner, (SELECT oid FROM pg_roles WHERE rolname = current_user)]) role) r`;

/** Rights that the connected user, or the owner of a table, lacks. */
export async function lackingRights(
  queryRunner: QueryRunner,
  tables: readonly (TableParts & { readonly oid: number })[],
): Promise<Found[]> {
  const rows = (await queryRunner.query(MISSING, [
    tables.map(({ oid }) => oid),
    tables.map(({ label }) => label),
    RIGHTS,
  ])) as RightRow[];
  return rows
    .filter(({ missing }) => missing.length > 0)
    .map(({ label, role, isOwner, missing }) => ({
      ...{
        owner: 'billing',
        kind: 'right',
        problem: 'missing',
        table: label,
        name: missing.join(', '),
      },
      is: `${isOwner ? 'the owner' : 'the user'} ${role} has no right to ${missing.join(', ')}`,
      shouldBe: `${RIGHTS.join(', ')} for whoever reads and writes billing's rows`,
      sql: [
        `GRANT ${missing.join(', ')} ON ${tables.find((one) => one.label === label)?.path ?? quote(label)} TO ${quote(role)}`,
      ],
      // GRANT by one who may not grant is only a warning.
      ineffective: `SELECT 1 WHERE NOT (${missing.map((right) => `has_table_privilege(${text(role)}, ${text(tables.find((one) => one.label === label)?.path ?? label)}, '${right}')`).join(' AND ')})`,
    }));
}

/** Tables that another role owns than most of them: that one alone can migrate. */
export function otherOwners(tables: readonly TableParts[]): Found[] {
  const owners = new Map<string, TableParts[]>();
  for (const table of tables) {
    const owner = table.parts.find(({ kind }) => kind === 'table')?.detail.relation?.owner ?? '';
    owners.set(owner, [...(owners.get(owner) ?? []), table]);
  }
  const [main, ...others] = [...owners].sort(([, a], [, b]) => b.length - a.length);
  return others.flatMap(([owner, owned]) =>
    owned.map(({ label, path }): Found => ({
      ...{ owner: 'billing', kind: 'ownership', problem: 'changed', table: label, name: label },
      is: `${owner} owns it`,
      shouldBe: `${main?.[0] ?? ''} owns it, as most of billing's tables: one role has to change them all`,
      sql: [`ALTER TABLE ${path} OWNER TO ${quote(main?.[0] ?? '')}`],
    })),
  );
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const ROLES = `
SELECT s.setdatabase <> 0 AS "ofDatabase", CASE WHEN s.setrole <> 0 THEN pg_get_userbyid(s.setrole) END AS "role", current_database() AS "database",
  current_setting('session_replication_role') AS "now"
FROM (SELECT 1) one LEFT JOIN pg_db_role_setting s ON s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND 'session_replication_role=replica' = ANY (s.setconfig)`;

/** Foreign keys are not enforced in a session whose `session_replication_role` is `replica`. */
export async function foreignKeysOff(queryRunner: QueryRunner): Promise<Found[]> {
  const rows = (await queryRunner.query(ROLES)) as {
    readonly ofDatabase: boolean | null;
    readonly role: string | null;
    readonly database: string;
    readonly now: string;
  }[];
  const found = rows
    .filter(({ ofDatabase }) => ofDatabase !== null)
    .map(({ ofDatabase, role, database }): Found => {
      const [of, who] =
        role === null
          ? [`DATABASE ${quote(database)}`, `the database ${database}`]
          : [
              `ROLE ${quote(role)}${ofDatabase ? ` IN DATABASE ${quote(database)}` : ''}`,
              `the role ${role}`,
            ];
      return off(
        `replica for ${who}: no foreign key and no trigger fires`,
        `ALTER ${of} RESET session_replication_role`,
      );
    });
  if (found.length > 0 || rows.every(({ now }) => now !== 'replica')) return found;
  return [
    off(
      'replica in this session: no foreign key and no trigger fires',
      'SET session_replication_role = origin',
    ),
  ];
}

const off = (is: string, sql: string): Found => ({
  ...{ owner: 'host', kind: 'setting', problem: 'off', name: 'session_replication_role' },
  ...{ is, shouldBe: 'origin', sql: [sql] },
});
