import { quote } from '../../driver/sql/quote';
import type { BrokenRows, Found } from '../examination';
import { isWeaker, rowsOf } from './broken-rows';
import { columnDifferences, columnSql } from './column-differences';
import { type Part, partOf, type PathOf, type TableParts } from './parts';

const of = ({ parts }: TableParts, kind: Part['kind']): Part[] =>
  parts.filter((part) => part.kind === kind);

/**
 * What differs between a table as it is and as the migrations make it. What it has besides is the host's,
 * and no difference.
 *
 * @param alike whether two texts mean the same, where they are not the same
 */
export function differences(
  live: TableParts | undefined,
  wanted: TableParts,
  pathOf: PathOf,
  alike: (live: Part, wanted: Part) => boolean,
): Found[] {
  if (live === undefined) return missingTable(wanted, pathOf);
  const relation = relationDifferences(live);
  if (relation.some(({ kind }) => kind === 'table')) return relation;
  return [
    ...relation,
    ...of(wanted, 'column').flatMap((part) =>
      columnDifferences(live, part, partOf(live, 'column', part.name), alike),
    ),
    ...(['constraint', 'index', 'trigger'] as const).flatMap((kind) =>
      of(wanted, kind).flatMap((part) => partDifferences(live, wanted, part, pathOf, alike)),
    ),
  ];
}

/** Its foreign keys come by themselves, after all tables. */
function missingTable(wanted: TableParts, pathOf: PathOf): Found[] {
  const { label, path } = wanted;
  const columns = of(wanted, 'column').map(columnSql);
  const rest = [...of(wanted, 'constraint'), ...of(wanted, 'index'), ...of(wanted, 'trigger')];
  const isKey = ({ detail }: Part): boolean => detail.type === 'f';
  return [
    {
      ...{ owner: 'billing', kind: 'table', problem: 'missing', table: label, name: label },
      is: 'no such table',
      shouldBe: `a table with ${columns.length} columns`,
      sql: [
        `CREATE TABLE ${path} (\n  ${columns.join(',\n  ')}\n)`,
        ...rest.filter((part) => !isKey(part)).map((part) => addSql(path, part, pathOf)),
      ],
    },
    ...rest.filter(isKey).map((part) => ({ ...missing(wanted, part, pathOf), rows: undefined })),
  ];
}

function relationDifferences({ label, path, parts }: TableParts): Found[] {
  const relation = parts.find(({ kind }) => kind === 'table')?.detail.relation;
  if (relation === undefined) return [];
  const setting = { owner: 'billing', kind: 'setting', table: label } as const;
  if (relation.kind !== 'r' && relation.kind !== 'p') {
    return [
      {
        ...{ owner: 'billing', kind: 'table', problem: 'changed', table: label, name: label },
        is: RELATIONS[relation.kind] ?? 'no table',
        shouldBe: 'a table',
        sql: [],
      },
    ];
  }
  const found: Found[] = [];
  if (relation.persistence === 'u') {
    found.push({
      ...{ ...setting, problem: 'changed', name: 'persistence' },
      is: 'UNLOGGED: empty after a crash, and on a replica',
      shouldBe: 'LOGGED',
      sql: [`ALTER TABLE ${path} SET LOGGED`],
    });
  }
  // With policies it is what the host wants; without one nobody but the owner sees a row.
  if (relation.rowSecurity && relation.policies === 0) {
    found.push({
      ...{ ...setting, problem: 'changed', name: 'row level security' },
      is: 'on, without a policy: only the owner sees and writes rows',
      shouldBe: 'off',
      sql: [`ALTER TABLE ${path} DISABLE ROW LEVEL SECURITY`],
    });
  }
  return found;
}

const RELATIONS: Readonly<Partial<Record<string, string>>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
};

function addSql(path: string, part: Part, pathOf: PathOf): string {
  if (part.kind === 'index') {
    return `CREATE ${part.detail.unique ? 'UNIQUE ' : ''}INDEX ${quote(part.name)} ON ${path} ${part.definition}`;
  }
  if (part.kind === 'trigger') return part.definition;
  return `ALTER TABLE ${path} ADD CONSTRAINT ${quote(part.name)} ${followed(part, pathOf)}`;
}

const followed = ({ definition, detail }: Part, pathOf: PathOf): string =>
  detail.references
    ? definition.replace(
        ` REFERENCES ${detail.references.label}(`,
        ` REFERENCES ${pathOf(detail.references.label).path} (`,
      )
    : definition;

function dropSql(path: string, { kind, name }: Part): string {
  if (kind === 'constraint') return `ALTER TABLE ${path} DROP CONSTRAINT ${quote(name)}`;
  if (kind === 'trigger') return `DROP TRIGGER ${quote(name)} ON ${path}`;
  return `DROP INDEX ${[...schemaOf(path), quote(name)].join('.')}`;
}

/** An index is in the schema of its table. */
const schemaOf = (path: string): string[] => {
  const schema = /^("(?:[^"]|"")*"|[^".]+)\./.exec(path)?.[1];
  return schema === undefined ? [] : [schema];
};

const kindOf = ({ kind, detail }: Part): Found['kind'] =>
  detail.type === 'f' ? 'foreign key' : (kind as Found['kind']);

export const describe = ({ kind, definition, detail }: Part): string =>
  kind === 'index' ? `${detail.unique ? 'UNIQUE ' : ''}INDEX ${definition}` : definition;

/** Only the text of a trigger has its name in it. */
const renamed = (part: Part, name: string): Part =>
  part.kind === 'trigger'
    ? { ...part, definition: part.definition.replace(part.name, name) }
    : part;

const missing = (table: TableParts, part: Part, pathOf: PathOf): Found => ({
  ...{ owner: 'billing', kind: kindOf(part), problem: 'missing' },
  ...{ table: table.label, name: part.name },
  is: `no such ${kindOf(part)}`,
  shouldBe: describe(part),
  sql: [addSql(table.path, part, pathOf)],
  rows: rowsOf(table, part, pathOf),
});

function partDifferences(
  live: TableParts,
  wanted: TableParts,
  part: Part,
  pathOf: PathOf,
  alike: (live: Part, wanted: Part) => boolean,
): Found[] {
  const there = partOf(live, part.kind, part.name);
  const common = {
    owner: 'billing',
    kind: kindOf(part),
    table: live.label,
    name: part.name,
  } as const;
  const again =
    there === undefined ? [] : [dropSql(live.path, there), addSql(live.path, part, pathOf)];
  if (there === undefined) {
    const other = live.parts.find(
      (one) =>
        one.kind === part.kind &&
        partOf(wanted, one.kind, one.name) === undefined &&
        one.detail.valid !== false &&
        one.detail.unique === part.detail.unique &&
        describe(renamed(one, part.name)) === describe(part),
    );
    if (other === undefined) return [missing(live, part, pathOf)];
    return [
      {
        ...{ ...common, problem: 'renamed', is: other.name, shouldBe: part.name },
        sql: [renameSql(live.path, other, part.name)],
      },
    ];
  }
  const isSame =
    there.detail.unique === part.detail.unique &&
    (there.definition === part.definition || alike(there, part));
  if (!isSame) {
    const rows = isWeaker(there, part) ? rowsOf(live, part, pathOf) : undefined;
    return [
      {
        ...common,
        problem: 'changed',
        is: describe(there),
        shouldBe: describe(part),
        sql: again,
        rows,
      },
    ];
  }
  const rows = rowsOf(live, part, pathOf);
  if (there.detail.enforced === false) {
    return [
      {
        ...common,
        problem: 'not valid',
        is: 'NOT ENFORCED',
        shouldBe: describe(part),
        sql: again,
        rows,
      },
    ];
  }
  if (there.detail.valid === false) {
    const sql =
      part.kind === 'index'
        ? again
        : [`ALTER TABLE ${live.path} VALIDATE CONSTRAINT ${quote(part.name)}`];
    const is = part.kind === 'index' ? 'invalid: a build of it did not end' : 'NOT VALID';
    return [{ ...common, problem: 'not valid', is, shouldBe: describe(part), sql, rows }];
  }
  return disabled(live, there, common, rows);
}

/** `D` is disabled, `R` fires only in a session that replicates. */
const isOff = (enabled: string | undefined): boolean => enabled === 'D' || enabled === 'R';

function disabled(
  { path }: TableParts,
  there: Part,
  common: Pick<Found, 'owner' | 'kind' | 'table' | 'name'>,
  rows: BrokenRows | undefined,
): Found[] {
  if (there.kind === 'trigger' && isOff(there.detail.enabled)) {
    return [
      {
        ...{ ...common, problem: 'disabled', is: 'disabled', shouldBe: 'enabled' },
        sql: [`ALTER TABLE ${path} ENABLE TRIGGER ${quote(there.name)}`],
      },
    ];
  }
  const off = (there.detail.triggers ?? []).filter(({ enabled }) => isOff(enabled));
  if (off.length === 0) return [];
  return [
    {
      ...{ ...common, problem: 'disabled', shouldBe: 'enforced' },
      is: `not enforced: its triggers on ${[...new Set(off.map(({ table }) => table))].join(' and ')} are disabled`,
      sql: off.map(({ table, name }) => `ALTER TABLE ${table} ENABLE TRIGGER ${quote(name)}`),
      rows,
    },
  ];
}

function renameSql(path: string, { kind, name }: Part, to: string): string {
  if (kind === 'index') {
    return `ALTER INDEX ${[...schemaOf(path), quote(name)].join('.')} RENAME TO ${quote(to)}`;
  }
  return kind === 'trigger'
    ? `ALTER TRIGGER ${quote(name)} ON ${path} RENAME TO ${quote(to)}`
    : `ALTER TABLE ${path} RENAME CONSTRAINT ${quote(name)} TO ${quote(to)}`;
}
