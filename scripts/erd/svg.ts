import {
  HEADER,
  NAME_INDENT,
  ROW,
  TYPE_INDENT,
  rowCount,
  rowY,
  type Box,
  type Picture,
  type Relation,
} from './layout';
import type { Column } from './model';
import { STYLE } from './style';

/** Radius of a line's corners. */
const CORNER = 6;
const LEGEND_ROW = 21;

/** The picture as SVG: the same text for the same entities, whatever the machine. */
export function draw(picture: Picture): string {
  const { width, height, titles, boxes, relations } = picture;
  const names = boxes.filter(({ table }) => !table.host).map(({ table }) => table.name);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    '<title id="title">The billing tables and their relations</title>',
    `<desc id="description">Entity-relationship diagram of ${names.join(', ')}, and of the host's tables that they refer to.</desc>`,
    `<style>${STYLE}</style>`,
    `<rect class="page" width="${width}" height="${height}" rx="8"/>`,
    ...titles.map(({ text, x, y }) => `<text class="title" x="${x}" y="${y}">${text}</text>`),
    ...relations.map(line),
    ...relations.map(marks),
    ...boxes.map(drawTable),
    ...legend(picture.legend),
    '</svg>',
    '',
  ].join('\n');
}

function drawTable(box: Box): string {
  const { table, family, x, y, width, height } = box;
  const kind = table.host ? 'host' : family;
  const rows = table.columns.map((column) => drawColumn(box, column));
  if (table.host) {
    const last = y + height - 6 - (rowCount(table) - table.columns.length - 0.5) * ROW;
    rows.push(
      `<text class="aside" x="${x + NAME_INDENT}" y="${last + 4}">… its other columns</text>`,
    );
  }
  const caption = table.host ? 'the host’s' : table.entity;
  return [
    `<g class="${kind}">`,
    `<rect class="card" x="${x}" y="${y}" width="${width}" height="${height}" rx="6"/>`,
    `<path class="header" d="M${x} ${y + HEADER}v${6 - HEADER}a6 6 0 0 1 6 -6h${width - 12}a6 6 0 0 1 6 6v${HEADER - 6}z"/>`,
    `<text class="name" x="${x + 12}" y="${y + 20}">${table.name}</text>`,
    `<text class="entity" x="${x + width - 12}" y="${y + 20}">${caption}</text>`,
    ...rows,
    '</g>',
  ].join('\n');
}

function drawColumn(box: Box, column: Column): string {
  const { x, width } = box;
  const middle = rowY(box, column.name);
  const badges = [
    column.primary ? 'PK' : '',
    column.reference === undefined ? '' : 'FK',
    column.unique ? 'UQ' : '',
  ].filter(Boolean);
  return [
    ...badges.map((badge, index) => drawBadge(badge, x + 6 + index * 19, middle)),
    `<text class="column" x="${x + NAME_INDENT}" y="${middle + 4}">${column.name}</text>`,
    `<text class="type" x="${x + width - TYPE_INDENT}" y="${middle + 4}">${column.type}${column.nullable ? '<tspan class="null" dx="5">null</tspan>' : ''}</text>`,
  ].join('');
}

const drawBadge = (text: string, x: number, y: number): string =>
  `<rect class="badge ${text.toLowerCase()}" x="${x}" y="${y - 6}" width="17" height="12" rx="3"/>` +
  `<text class="mark" x="${x + 8.5}" y="${y + 3}">${text}</text>`;

const classOf = (onDelete: Relation['onDelete']): string =>
  onDelete.toLowerCase().replace(' ', '-');

/** From the parent to the child, so that the dashes of lines that share a lane fall together. */
function line({ parentX, parentY, lane, childX, childY, onDelete }: Relation): string {
  const down = Math.sign(childY - parentY);
  const out = Math.sign(lane - parentX) * CORNER;
  const back = Math.sign(childX - lane) * CORNER;
  const path =
    `M${parentX} ${parentY}H${lane - out}` +
    `Q${lane} ${parentY} ${lane} ${parentY + down * CORNER}V${childY - down * CORNER}` +
    `Q${lane} ${childY} ${lane + back} ${childY}H${childX}`;
  return `<path class="line ${classOf(onDelete)}" d="${path}"/>`;
}

/** Crow's feet: how many children a parent has, and whether a child must have a parent. */
function marks({ parentX, parentY, lane, childX, childY, optional, unique }: Relation): string {
  return (
    mark(parentX, parentY, Math.sign(lane - parentX), optional ? 'zero or one' : 'one') +
    mark(childX, childY, Math.sign(lane - childX), unique ? 'zero or one' : 'zero or more')
  );
}

type Cardinality = 'one' | 'zero or one' | 'zero or more';

/** At a table's edge; `out` is 1 where the line leaves to the right and -1 to the left. */
function mark(x: number, y: number, out: number, cardinality: Cardinality): string {
  const bar = (distance: number): string =>
    `<path class="sign" d="M${x + out * distance} ${y - 5}v10"/>`;
  const ring = (distance: number): string =>
    `<circle class="sign ring" cx="${x + out * distance}" cy="${y}" r="3.5"/>`;
  if (cardinality === 'one') return bar(6) + bar(10);
  if (cardinality === 'zero or one') return bar(6) + ring(12);
  return `<path class="sign" d="M${x} ${y - 5}L${x + out * 11} ${y}L${x} ${y + 5}"/>${ring(14.5)}`;
}

const LINES = [
  ['CASCADE', 'deleted with its parent'],
  ['RESTRICT', 'keeps its parent from being deleted'],
  ['SET NULL', 'loses the reference'],
] as const;
const BADGES = [
  ['PK', 'primary key'],
  ['FK', 'foreign key'],
  ['UQ', 'unique'],
] as const;

function legend({ x, y, width }: Picture['legend']): string[] {
  const text = (left: number, top: number, words: string): string =>
    `<text class="legend" x="${x + left}" y="${top + 4}">${words}</text>`;
  const row = (index: number): number => y + 40 + index * LEGEND_ROW;
  const sample = (top: number, cardinality: Cardinality, words: string): string =>
    `<path class="line cascade" d="M${x + 50} ${top}H${x + 14}"/>` +
    `<path class="edge" d="M${x + 14} ${top - 8}v16"/>` +
    mark(x + 14, top, 1, cardinality) +
    text(62, top, words);
  return [
    `<text class="heading" x="${x}" y="${y + 14}">Legend</text>`,
    ...BADGES.map(
      ([badge, words], index) =>
        drawBadge(badge, x + index * 112, row(0)) + text(22 + index * 112, row(0), words),
    ),
    ...LINES.map(
      ([onDelete, words], index) =>
        `<path class="line ${classOf(onDelete)}" d="M${x} ${row(index + 1)}h50"/>` +
        text(62, row(index + 1), `${onDelete}: ${words}`),
    ),
    sample(row(4), 'one', 'exactly one parent'),
    sample(row(5), 'zero or one', 'one or none'),
    sample(row(6), 'zero or more', 'any number of children'),
    `<rect class="host-sample" x="${x}" y="${row(7) - 7}" width="50" height="14" rx="3"/>`,
    text(62, row(7), 'the host’s: never made, altered or dropped'),
    `<path class="edge" d="M${x} ${y + 22}h${width}"/>`,
  ];
}
