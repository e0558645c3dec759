import { QueryFailedError, type QueryRunner } from 'typeorm';
import { pairs as pairsOf } from '../../driver/schema/renames';
import { quote } from '../../driver/sql/quote';
import type { Examination, Expected, Found, HostAddition } from '../examination';
import { alikeIn, type Pair } from './alike';
import { differences } from './differences';
import { type Part, type PathOf, readParts, type TableParts, type Target } from './parts';
import { foreignKeysOff, lackingRights, otherOwners } from './rights';
import { inSavepoint, makeScratch, type Scratch } from './scratch';

/** Where a table is. */
interface Located {
  readonly label: string;
  /** As a statement names it. */
  readonly path: string;
  /** Undefined if it is not there. */
  readonly oid: number | undefined;
  readonly schema: string | undefined;
}

const LOCATE = `
SELECT c.oid, c.oid::regclass::text AS "path", quote_ident(n.nspname) AS "schema"
FROM unnest($1::text[]) WITH ORDINALITY w (path, place)
LEFT JOIN pg_class c ON c.oid = to_regclass(w.path) LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY w.place`;

/** Compares billing's live tables with those that the applied migrations make on an empty database. */
export async function examinePostgres(expected: Expected): Promise<Examination> {
  const queryRunner = expected.dataSource.createQueryRunner();
  await queryRunner.startTransaction();
  try {
    // Nobody waits for this, and this waits for nobody.
    await queryRunner.query(`SET LOCAL lock_timeout = '1s'`);
    return await examine(queryRunner, expected);
  } finally {
    await queryRunner.rollbackTransaction();
    await queryRunner.release();
  }
}

async function examine(queryRunner: QueryRunner, expected: Expected): Promise<Examination> {
  const names = expected.tables.map(({ table }) => table);
  const hostLabels = expected.hosts.map(({ table }, index) =>
    names.includes(table) ? `host${index}:${table}` : table,
  );
  const located = await locate(queryRunner, expected, hostLabels);
  const own = located.slice(0, names.length);
  const hosts = located.slice(names.length);
  const pathOf: PathOf = (label) => {
    const found = located.find((one) => one.label === label);
    return { path: found?.path ?? label, isThere: found?.oid !== undefined };
  };
  const off = await foreignKeysOff(queryRunner);
  const scratch = await makeScratch(queryRunner, expected, hostLabels);
  const schemas = new Set(own.flatMap(({ schema }) => schema ?? []));
  if (!(scratch instanceof QueryFailedError)) for (const one of scratch.schemas) schemas.add(one);
  const live = await read(queryRunner, own, hosts, [...schemas]);
  const present = live.flatMap((one, index) => {
    const { oid } = own[index] ?? {};
    return one === undefined || oid === undefined ? [] : [{ ...one, oid }];
  });
  const common = [...off, ...otherOwners(present), ...(await lackingRights(queryRunner, present))];
  if (scratch instanceof QueryFailedError) {
    const object = 'what the migrations make';
    const reason = `Postgres refused the tables that it is compared on: ${scratch.message}`;
    // What the catalog alone tells: what is not valid, disabled, UNLOGGED, or hides rows.
    const alone = present.flatMap((one) => {
      const parts = one.parts.filter(({ name }) => /^(?:pk|uq|fk|ck|ix)_/.test(name));
      return differences(one, { ...one, parts }, pathOf, () => true);
    });
    return {
      found: [...alone, ...common],
      hosts: present.flatMap(additionsOf),
      unchecked: [{ object, reason }],
    };
  }
  const wanted = await readWanted(queryRunner, scratch, [...schemas]);
  const paired = own.map(({ label, path }, index) => ({
    live: live[index],
    wanted: { label, path, parts: wanted.get(label) ?? [] },
  }));
  const renames = await renameColumns(queryRunner, scratch, paired);
  const again =
    renames.length === 0 ? wanted : await readWanted(queryRunner, scratch, [...schemas]);
  const compared = paired.map((one) => ({
    live: one.live,
    wanted: { ...one.wanted, parts: again.get(one.wanted.label) ?? [] },
  }));
  const alike = await alikeIn(queryRunner, scratch, [...schemas], compared.flatMap(unequal));
  const found = compared
    // A migration that makes the table is not applied.
    .filter((one) => one.wanted.parts.length > 0)
    .flatMap((one) => differences(one.live, one.wanted, pathOf, (part) => alike.has(part)));
  return {
    found: [...renames, ...found, ...common],
    hosts: present.flatMap(additionsOf),
    unchecked: [],
  };
}

async function locate(
  queryRunner: QueryRunner,
  { tables, hosts }: Expected,
  hostLabels: readonly string[],
): Promise<Located[]> {
  const wanted = [...tables, ...hosts].map(({ schema, table }) =>
    [schema, table].flatMap((name) => (name === undefined ? [] : quote(name))).join('.'),
  );
  const rows = (await queryRunner.query(LOCATE, [wanted])) as {
    readonly oid: number | null;
    readonly path: string | null;
    readonly schema: string | null;
  }[];
  const labels = [...tables.map(({ table }) => table), ...hostLabels];
  return rows.map(({ oid, path, schema }, index) => ({
    label: labels[index] ?? '',
    path: path ?? wanted[index] ?? '',
    oid: oid ?? undefined,
    schema: schema ?? undefined,
  }));
}

const targets = (located: readonly Located[]): Target[] =>
  located.flatMap(({ oid, label }) => (oid === undefined ? [] : [{ oid, label }]));

async function read(
  queryRunner: QueryRunner,
  own: readonly Located[],
  hosts: readonly Located[],
  schemas: readonly string[],
): Promise<(TableParts | undefined)[]> {
  const parts = await readParts(queryRunner, targets(own), targets(hosts), schemas);
  return own.map(({ label, path, oid }) =>
    oid === undefined
      ? undefined
      : { label, path, parts: parts.filter(({ table }) => table === label) },
  );
}

async function readWanted(
  queryRunner: QueryRunner,
  scratch: Scratch,
  schemas: readonly string[],
): Promise<ReadonlyMap<string, readonly Part[]>> {
  const parts = await readParts(queryRunner, [...scratch.tables.values()], scratch.hosts, schemas);
  return new Map(
    [...scratch.tables.keys()].map((name) => [name, parts.filter(({ table }) => table === name)]),
  );
}

/** Parts of one name whose texts differ, and may yet mean the same. */
const unequal = ({ live, wanted }: { live: TableParts | undefined; wanted: TableParts }): Pair[] =>
  wanted.parts.flatMap((part) => {
    const there = live?.parts.find((one) => one.kind === part.kind && one.name === part.name);
    if (there === undefined) return [];
    const isSame =
      there.definition === part.definition &&
      there.detail.column?.default === part.detail.column?.default;
    return isSame ? [] : [{ live: there, wanted: part }];
  });

/**
 * A column more and one less that are otherwise the same, and that something of the same name uses: it has
 * another name in the live table. The scratch then gets that name, so that what uses it is alike.
 */
async function renameColumns(
  queryRunner: QueryRunner,
  scratch: Scratch,
  tables: readonly { live: TableParts | undefined; wanted: TableParts }[],
): Promise<Found[]> {
  const found: Found[] = [];
  for (const { live, wanted } of tables) {
    if (live === undefined) continue;
    for (const [name, there] of columnRenames(live, wanted)) {
      const [to, from] = [quote(name), quote(there)];
      await inSavepoint(queryRunner, () =>
        queryRunner.query(
          `ALTER TABLE ${scratch.schema}.${quote(wanted.label)} RENAME COLUMN ${to} TO ${from}`,
        ),
      );
      found.push({
        ...{ owner: 'billing', kind: 'column', problem: 'renamed', table: wanted.label, name },
        ...{ is: there, shouldBe: name },
        sql: [`ALTER TABLE ${live.path} RENAME COLUMN ${from} TO ${to}`],
      });
    }
  }
  return found;
}

function columnRenames(live: TableParts, wanted: TableParts): ReadonlyMap<string, string> {
  const columns = ({ parts }: TableParts): Part[] => parts.filter(({ kind }) => kind === 'column');
  const onlyIn = (one: TableParts, other: TableParts): Part[] =>
    columns(one).filter(({ name }) => columns(other).every((part) => part.name !== name));
  return pairsOf(onlyIn(wanted, live), onlyIn(live, wanted), (column, other) => {
    if (JSON.stringify(column.detail) !== JSON.stringify(other.detail)) return 0;
    const isUsed = wanted.parts.some(
      (part) =>
        part.detail.columns?.includes(column.name) === true &&
        live.parts.some(
          (one) => one.name === part.name && one.detail.columns?.includes(other.name) === true,
        ),
    );
    return isUsed ? 2 : 0;
  });
}

/** What is not a part of the table's own definition: the comparison with the entities lists the others. */
function additionsOf({ label, parts }: TableParts): HostAddition[] {
  return parts.flatMap(({ kind, name, definition, detail }): HostAddition[] => {
    if (kind === 'policy' || kind === 'rule') return [{ table: label, kind, name, definition }];
    if (kind === 'heir') return [{ table: label, kind: 'table', name, definition: 'inherits' }];
    const { rowSecurity = false, policies = 0, settings = [] } = detail.relation ?? {};
    const all = [...settings, ...(rowSecurity && policies > 0 ? ['row level security'] : [])];
    return kind === 'table'
      ? all.map((setting) => ({
          table: label,
          kind: 'setting',
          name: setting,
          definition: setting,
        }))
      : [];
  });
}
