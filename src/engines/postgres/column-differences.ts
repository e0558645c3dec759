import { quote } from '../../driver/sql/quote';
import { isNull } from '../broken-rows';
import type { Found } from '../examination';
import type { ColumnDetail, Part, TableParts } from './parts';

const NOTHING: ColumnDetail = {
  ...{ type: '', collation: null, notNull: false, notNullValid: true, default: null },
  ...{ identity: '', generated: '' },
};

/** The column as `CREATE TABLE` and `ADD COLUMN` have it. */
export function columnSql({ name, detail: { column = NOTHING } }: Part): string {
  const collation = column.collation === null ? '' : ` COLLATE ${column.collation}`;
  return `${quote(name)} ${column.type}${collation}${valueSql(column)}${column.notNull ? ' NOT NULL' : ''}`;
}

/** What a column has where no value is given. */
function valueSql({ default: value, identity, generated }: ColumnDetail): string {
  if (generated !== '')
    return ` GENERATED ALWAYS AS (${value ?? ''}) ${generated === 'v' ? 'VIRTUAL' : 'STORED'}`;
  if (identity !== '')
    return ` GENERATED ${identity === 'a' ? 'ALWAYS' : 'BY DEFAULT'} AS IDENTITY`;
  return value === null ? '' : ` DEFAULT ${value}`;
}

const typeSql = ({ type, collation }: ColumnDetail): string =>
  collation === null ? type : `${type} COLLATE ${collation}`;

/** A default where the migrations give none is the host's, as long as a value may still be given. */
export function columnDifferences(
  { label, path }: TableParts,
  part: Part,
  live: Part | undefined,
  alike: (live: Part, wanted: Part) => boolean,
): Found[] {
  const common = { owner: 'billing', table: label, name: part.name } as const;
  const column = quote(part.name);
  const alter = `ALTER TABLE ${path} ALTER COLUMN ${column}`;
  if (live === undefined) {
    return [
      {
        ...{ ...common, kind: 'column', problem: 'missing', is: 'no such column' },
        shouldBe: columnSql(part),
        sql: [`ALTER TABLE ${path} ADD COLUMN ${columnSql(part)}`],
      },
    ];
  }
  const { column: there = NOTHING } = live.detail;
  const { column: wanted = NOTHING } = part.detail;
  const changed = { ...common, problem: 'changed' } as const;
  if (there.generated !== wanted.generated) {
    return [
      {
        ...{ ...changed, kind: 'default', is: columnSql(live), shouldBe: columnSql(part) },
        // The values stay.
        sql:
          wanted.generated === '' ? [`${alter} DROP EXPRESSION`, ...defaultSql(alter, wanted)] : [],
      },
    ];
  }
  const found: Found[] = [];
  if (there.type !== wanted.type || there.collation !== wanted.collation) {
    const isType = there.type !== wanted.type;
    const cast = isType ? ` USING ${column}::${wanted.type}` : '';
    found.push({
      ...{ ...changed, kind: isType ? 'type' : 'collation', is: typeSql(there) },
      shouldBe: typeSql(wanted),
      sql: [`${alter} TYPE ${typeSql(wanted)}${cast}`],
    });
    // A default of another type stands in the way of the change.
    if (isType && there.default !== null && wanted.default !== null) {
      const steps = found.flatMap(({ sql }) => sql);
      const sql = [`${alter} DROP DEFAULT`, ...steps, ...defaultSql(alter, wanted)];
      return [...found.map((one) => ({ ...one, sql })), ...nullability()];
    }
  }
  if (there.identity !== wanted.identity && (wanted.identity !== '' || there.identity === 'a')) {
    found.push({
      ...{ ...changed, kind: 'default', is: columnSql(live), shouldBe: columnSql(part) },
      sql:
        wanted.identity === ''
          ? [`${alter} DROP IDENTITY`, ...defaultSql(alter, wanted)]
          : [`${alter} ADD${valueSql(wanted)}`],
    });
  } else if (
    wanted.default !== null &&
    there.default !== wanted.default &&
    (there.default === null || !alike(live, part))
  ) {
    found.push({
      ...{ ...changed, kind: 'default', problem: there.default === null ? 'missing' : 'changed' },
      is: there.default === null ? 'no default' : `DEFAULT ${there.default}`,
      shouldBe: `DEFAULT ${wanted.default}`,
      sql: defaultSql(alter, wanted),
    });
  }
  return [...found, ...nullability()];

  function nullability(): Found[] {
    const rule = { table: label, path, rule: part.name };
    if (wanted.notNull && there.notNull && !there.notNullValid) {
      return [
        {
          ...{ ...common, kind: 'nullability', problem: 'not valid', is: 'NOT NULL NOT VALID' },
          ...{ shouldBe: 'NOT NULL', sql: [`${alter} SET NOT NULL`] },
          rows: isNull(rule, part.name),
        },
      ];
    }
    if (there.notNull === wanted.notNull) return [];
    return [
      {
        ...{ ...changed, kind: 'nullability' },
        is: there.notNull ? 'NOT NULL' : 'NULL',
        shouldBe: wanted.notNull ? 'NOT NULL' : 'NULL',
        sql: [`${alter} ${wanted.notNull ? 'SET' : 'DROP'} NOT NULL`],
        ...(wanted.notNull && { rows: isNull(rule, part.name) }),
      },
    ];
  }
}

const defaultSql = (alter: string, { default: value }: ColumnDetail): string[] =>
  value === null ? [] : [`${alter} SET DEFAULT ${value}`];
