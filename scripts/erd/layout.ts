import type { Column, Family, OnDelete, Table } from './model';
import { route, type Line } from './route';

/** Where each table stands: for each family its two columns, from the top. */
const PLACES: Readonly<Record<Family['name'], readonly [readonly string[], readonly string[]]>> = {
  tenant: [
    ['plans', 'tenant_config'],
    ['tenants', 'subscriptions'],
  ],
  user: [
    ['subscription_plans', 'user', 'direct_debit_tokens'],
    ['user_subscriptions', 'payment_attempts'],
  ],
};

/** All lengths in pixels. */
export const ROW = 19;
export const HEADER = 30;
const PADDING = 6;
const TABLE_GAP = 34;
const MARGIN = 62;
const GUTTER = 108;
const TITLE = 68;
const TOP = 0;
/** Of the legend in svg.ts. */
const LEGEND = 210;
/** Widths of a character of the monospaced fonts in use, at the sizes in use, rounded up. */
const NAME_CHARACTER = 7.4;
const TYPE_CHARACTER = 6.8;

/** From the left edge of a table to the names of its columns: room for the badges. */
export const NAME_INDENT = 48;
/** From the types to the right edge. */
export const TYPE_INDENT = 10;

export interface Box {
  readonly family: Family['name'];
  readonly table: Table;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Relation extends Line {
  readonly onDelete: OnDelete;
  /** The child's column may be NULL. */
  readonly optional: boolean;
  /** A parent has one child at most. */
  readonly unique: boolean;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly titles: readonly { readonly text: string; readonly x: number; readonly y: number }[];
  readonly boxes: readonly Box[];
  readonly relations: readonly Relation[];
  /** Where there is room for the legend: below the shorter column of the last family. */
  readonly legend: { readonly x: number; readonly y: number; readonly width: number };
}

/** Rows that a table shows: a host's has one more, for the columns that are not ours to know. */
export const rowCount = ({ columns, host }: Table): number => columns.length + (host ? 1 : 0);

/** Middle of a column's row. */
export function rowY({ table, y }: Box, column: string): number {
  const index = table.columns.findIndex(({ name }) => name === column);
  if (index === -1) throw new Error(`${table.name} has no column ${column}.`);
  return y + HEADER + PADDING + (index + 0.5) * ROW;
}

/** Gives every table its place and every foreign key its line. */
export function layOut(families: readonly Family[]): Picture {
  const tables = families.flatMap((family) => family.tables);
  const width = Math.ceil(Math.max(...tables.flatMap(({ columns }) => columns.map(widthOf))));
  const xs = [MARGIN, MARGIN + width + GUTTER] as const;
  const boxes: Box[] = [];
  const relations: Relation[] = [];
  const titles: Picture['titles'][number][] = [];
  let top = TOP;
  let legend = { x: 0, y: 0, width };
  for (const family of families) {
    titles.push({ text: family.title, x: MARGIN, y: top + TITLE - 18 });
    const placed = PLACES[family.name].map((names, side) =>
      stack(family, names, { x: xs[side] ?? 0, y: top + TITLE, width }),
    );
    const own = placed.flat();
    for (const { name } of family.tables) {
      if (own.filter(({ table }) => table.name === name).length !== 1) {
        throw new Error(`Give the table ${name} one place in scripts/erd/layout.ts.`);
      }
    }
    boxes.push(...own);
    relations.push(...relate(own, { left: MARGIN, width, gutter: GUTTER }));
    const bottoms = placed.map((column) => Math.max(...column.map(({ y, height }) => y + height)));
    const shorter = bottoms.indexOf(Math.min(...bottoms));
    legend = { x: xs[shorter] ?? 0, y: (bottoms[shorter] ?? 0) + TABLE_GAP, width };
    top = Math.max(...bottoms);
  }
  const right = xs[1] + width + MARGIN;
  const height = Math.max(top, legend.y + LEGEND) + TABLE_GAP;
  return { width: right, height, titles, boxes, relations, legend };
}

function widthOf({ name, type, nullable }: Column): number {
  const typeLength = type.length + (nullable ? ' null'.length : 0);
  return (
    NAME_INDENT + name.length * NAME_CHARACTER + 14 + typeLength * TYPE_CHARACTER + TYPE_INDENT
  );
}

function stack(
  family: Family,
  names: readonly string[],
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): Box[] {
  let top = y;
  return names.map((name) => {
    const table = family.tables.find((one) => one.name === name);
    if (table === undefined) throw new Error(`There is no table ${name} to place.`);
    const height = HEADER + 2 * PADDING + rowCount(table) * ROW;
    const box = { family: family.name, table, x, y: top, width, height };
    top += height + TABLE_GAP;
    return box;
  });
}

function relate(
  boxes: readonly Box[],
  room: { readonly left: number; readonly width: number; readonly gutter: number },
): Relation[] {
  const keys = boxes.flatMap((child) =>
    child.table.columns.flatMap((column) => {
      const { reference } = column;
      const parent = boxes.find(({ table }) => table.name === reference?.table);
      if (reference === undefined) return [];
      if (parent === undefined) throw new Error(`${reference.table} is in another family.`);
      return [
        {
          child: { x: child.x, y: rowY(child, column.name) },
          parent: { x: parent.x, y: rowY(parent, reference.column) },
          onDelete: reference.onDelete,
          optional: column.nullable,
          unique: column.unique,
        },
      ];
    }),
  );
  // Lines to one point share a lane if they mean the same there.
  return route(keys, room, ({ onDelete, optional }) => `${onDelete} ${String(optional)}`);
}
